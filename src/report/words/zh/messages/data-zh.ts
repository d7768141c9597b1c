/** 中文：数据中略去的部分，以及可能与本意不同的读法。 */
import type { dataEn } from "../../../../core/messages/data-en.js";
import { type Message, type MessageTable, writeMessage } from "../../../../core/messages/message.js";
import { integer } from "../../../charts/numbers.js";
import { itemsZh } from "../../items.js";
import { noteZh } from "./note-zh.js";
import { listed } from "./warning-zh.js";

const pictures = (n: number): string => itemsZh.count(n, "picture");
/** 列不用作输入的原因都是附注。 */
const noteOf = (one: { readonly code: string }): string =>
  writeMessage(noteZh as unknown as MessageTable, one as Message);
const boxless = { anywhere: "所有图片中", train: "训练集中", test: "测试集中（因此没有得分）" } as const;

export const dataZh: typeof dataEn = {
  "classes-named-like-splits": (v) =>
    `${listed(v)}中直接是${itemsZh.many(v.unit)}，而不是类别文件夹：按类别处理，不按划分处理`,
  "folders-beside-split": (v) => `略去${listed(v)}：与“train”并列的文件夹中，只有“val”和“test”是划分`,
  "links-not-followed": (v) =>
    `没有跟随 ${integer(v.links)} 个符号链接，因为它们指回已读过的文件夹：${listed(v)}`,
  "data-in-folder": (v) => `${itemsZh.many(v.unit)}在“${v.folder}”中：其中的文件夹是类别或划分`,
  "files-of-other-splits": (v) => `略去的文件：文件名所示的划分不是训练集、验证集或测试集：${listed(v)}`,
  "pictures-without-row": (v) => `略去 ${pictures(v.pictures)}：${v.lists} 中没有对应的行：${listed(v)}`,

  "quotes-as-text": ({ file }) =>
    `“${file}”中的引号按文字读取，因为并非每一行的引号都括住整个值；用 --quotes standard 可以按括号读取`,
  "bytes-left-out": (v) => `略去“${v.file}”的以下列，因为其内容既不是图片也不是声音：${listed(v)}`,
  "decimal-commas": (v) => `${listed(v)}列中的逗号是小数点：“${v.from}”读作 ${v.to}`,
  "unclear-commas": (v) =>
    `${listed(v)}列中的逗号可能是小数点，也可能是千位分隔符（“${v.from}”）：按文字处理；请用小数点书写，或去掉逗号`,
  "columns-left-out": ({ columns }) =>
    `不使用以下列：${columns.map(({ name, why, message }) => `“${name}”（${message ? noteOf(message) : why}）`).join("、")}`,
  "unlabelled-rows": ({ rows }) => `略去 ${integer(rows)} 行：类别为 -1，表示没有类别`,
  "numbered-classes": (v) =>
    `数据中的类别叫 ${listed(v)}，模型、报告和模型卡片也这样称呼：可用 --class-names A,B,… 命名`,

  "labels-never": (v) => `训练集中没有样本带有 ${v.labels} 个标签：${listed(v)}；模型永远不会预测它们`,
  "labels-always": (v) => `训练集中每个样本都带有 ${v.labels} 个标签：${listed(v)}；模型总会预测它们`,
  "samples-without-labels": (v) =>
    `${v.of} 个样本中有 ${integer(v.samples)} 个没有标签：视为不属于任何标签的样本`,
  "one-label-each":
    "每条文本恰好有一个标签：若要训练每条文本一个类别的分类器，请用 --target 而不是 --labels 指定列",

  "pictures-without-annotation": (v) => `略去 ${pictures(v.pictures)}，因为没有对应的标注：${listed(v)}`,
  "pictures-without-mask": (v) => `略去 ${pictures(v.pictures)}，因为没有对应的掩膜：${listed(v)}`,
  "classes-without-boxes": (v) =>
    `${boxless[v.where]}有 ${integer(v.classes)} 个类别没有边界框：${listed(v)}`,
  "boxes-cut-off": (v) => `${integer(v.boxes)} 个边界框超出图片，已在图片边缘截断，第一个在 ${v.first}`,
  "rotation-of-boxes": (v) =>
    `${pictures(v.pictures)}带有 EXIF 旋转：边界框按旋转${v.after ? "后" : "前"}的图片理解，${v.decided ? "依据是其他图片的尺寸" : "依据是这种格式的惯例"}`,
  "lines-with-four-corners": ({ lines }) =>
    `${integer(lines)} 行有四个角：按多边形读取，使用其外接的水平边界框`,
  "annotations-without-split": (v) =>
    `略去 ${integer(v.files)} 个标注文件，因为 ImageSets/Main 的列表中没有它们：${listed(v)}`,
  "objects-without-outline": ({ objects }) => `${integer(objects)} 个对象没有轮廓：不计入其边界框内的像素`,
  "sentences-cut": (v) =>
    `${v.of} 个句子中有 ${v.sentences} 个超过 ${v.tokens} 个词元：其后的 ${v.words} 个词不会被读取，按 O 计算`,
};
