/** 中文：关于数据和训练的警告。 */

import { type Names, thousands } from "../../../../core/messages/counted.js";
import { itemZh } from "../../../../core/messages/item-zh.js";
import { scoreText } from "../../../../core/messages/metric-en.js";
import type {
  PredictedShares,
  Samples,
  Undivided,
  WithAndWithout,
  warningEn,
} from "../../../../core/messages/warning-en.js";
import { baselineNames } from "../../../../core/results/baseline-names.js";
import { metrics } from "../../../../core/results/metric.js";
import { integer } from "../../../charts/numbers.js";
import { itemsZh } from "../../items.js";
import { baselineZh } from "../baseline.js";
import { modelZh, scoresZh } from "./strategy-zh.js";

const withAndWithout = ({ metric = "accuracy", n, with: its, without }: WithAndWithout): string => {
  const score = (value: number): string => scoreText(value, metrics[metric].sentenceScale);
  return `${integer(n)} 个验证样本的${metric === "r2" ? " R² " : "准确率"}为 ${score(its)}，不加入时为 ${score(without)}`;
};
const besideGroups: Readonly<Record<string, string>> = {
  row: "，该列不作为输入；用 --categories 可以把它作为输入",
};
const samplesOf = ({ samples, unit }: Samples): string => itemsZh.count(samples, unit);
const recordedBy = { time: "按时间", name: "按名称", "file time": "按文件时间" } as const;
const recordings = (v: { readonly recordings: number; readonly by: keyof typeof recordedBy }): string =>
  `${integer(v.recordings)} 次录制（${recordedBy[v.by]}）`;
const pictures = (n: number): string => itemsZh.count(n, "picture");
export const listed = ({ names, more }: Names): string =>
  `${names.map((name) => `“${itemZh(name)}”`).join("、")}${more > 0 ? `，另有 ${more} 个` : ""}`;
const predictedShares = ({ names, more, source_only, adapted }: PredictedShares): string =>
  `两个模型预测的比例（source-only、适应后）：${names
    .map((name, k) => `${JSON.stringify(name)} ${source_only[k]} %、${adapted[k]} %`)
    .join("；")}${more > 0 ? `，另有 ${more} 个类别` : ""}`;
/** 只有与测试样本相似，测试分数才会偏高。 */
const optimistic = ({ test }: { readonly test?: number }): string =>
  test === 0 ? "验证分数可能偏高，测试分数不受影响" : "测试分数可能偏高";

/** “测试集”，或“另一个数据子集（其中 3 个与测试集）”。 */
const otherSplit = ({ samples, test }: Samples & { readonly test?: number }): string =>
  test === samples
    ? "测试集中的样本"
    : `另一个数据子集中的样本${test ? `（其中 ${integer(test)} 个与测试集中的样本）` : ""}`;

const undividedZh: Readonly<Record<Undivided, string>> = {
  "one-row": "，连一个样本也放不下",
  coupled: "，而这个批次不能拆分：它的损失不是各样本损失之和",
  "not-a-batch": "",
};

export const warningZh: typeof warningEn = {
  "split-by-time": (v) =>
    `按“${v.column}”的时间划分：${v.validation_from} 之前的 ${thousands(v.train)} 行用于训练，${v.test_from} 之前的 ${thousands(v.validation)} 行用于验证，其后的 ${thousands(v.test)} 行用于测试${v.gap > 0 ? `；${thousands(v.gap)} 行作为间隔略去` : ""}${v.missing > 0 ? `；略去 ${thousands(v.missing)} 行没有时间的数据` : ""}`,
  "split-ignores-dates": ({ column }) =>
    `划分是随机的，而各行在“${column}”中有日期：要用较早的行训练、用较晚的行测试，请加上 --split-by ${column}`,
  "earlier-value-better": (v) =>
    `${baselineZh(baselineNames[v.earlier])}在验证集上更好：R² ${v.score.toFixed(3)}，本模型为 ${v.own.toFixed(3)}`,
  "source-columns-unknown": (v) => `不使用源表“${v.source}”中目标表没有的列：${listed(v)}`,
  "source-rows-unusable": (v) => `略去源表“${v.source}”的 ${thousands(v.rows)} 行：${listed(v)}没有可用的值`,
  "source-rows-of-target": (v) =>
    `略去源表“${v.source}”的 ${thousands(v.rows)} 行：目标表中有${v.nearly ? "几乎" : ""}相同的行，其中 ${thousands(v.held)} 行在其验证集或测试集中`,
  "source-rows-of-groups": (v) =>
    `略去源表“${v.source}”的 ${thousands(v.rows)} 行：其“${v.column}”也出现在目标表中`,
  "source-harmed": (v) => {
    const [gain, low, high] = [-v.gain, -v.high, -v.low].map((one) =>
      v.metric === "r2" ? one.toFixed(3) : (100 * one).toFixed(1),
    );
    const unit = v.metric === "r2" ? "" : " 个百分点";
    return `源表“${v.source}”有害：只用目标表的模型在测试集上高 ${gain}${unit}（95 % 置信区间 ${low} 至 ${high}）；请去掉 --with`;
  },
  "data-of-run-changed": ({ data }) => `“${data}”在那次训练之后有改动：不使用它的测试集`,
  "data-of-run-gone": ({ data }) => `那次训练的数据不在“${data}”：不使用它的测试集`,
  "samples-of-sums-unknown": ({ source }) =>
    `无法知道“${source}”是否包含某些测试样本：文件没有记录它计入了哪些样本`,
  "samples-of-several-sources": ({ samples }) => `略去 ${samples} 个样本：前面的来源中已有相同的样本`,
  "one-holder": (v) =>
    `“${v.holder}”声称拥有 ${integer(v.samples)} 个样本中的 ${integer(v.claimed)} 个：模型的预测由它一方决定`,
  "holder-left-out": (v) => `略去“${v.holder}”：加入它的特征之和时，${withAndWithout(v)}`,
  "samples-in-sums": (v) =>
    `拿到此文件的人${v.samples <= v.dims ? "能" : "往往能"}判断自己手中的样本是否计入：${integer(v.samples)} 个样本，${integer(v.dims)} 个方向；方向较少则难以判断，但准确率降低：--directions ${v.directions}`,
  "test-samples-in-sums": ({ samples }) => `略去 ${samples} 个测试样本：某个来源中有相同的样本`,

  "test-differs": (v) =>
    `测试集与其他样本的差异超出偶然范围：${integer(v.test.n)} 个测试样本的准确率为 ${(100 * v.test.accuracy).toFixed(1)} %，${v.other.by === "validation" ? `${integer(v.other.n)} 个验证样本` : `其余 ${integer(v.other.n)} 个样本（交叉验证）`}的准确率为 ${(100 * v.other.accuracy).toFixed(1)} %（p ${v.p < 0.001 ? "< 0.001" : `= ${v.p.toFixed(3)}`}）；不要只依赖这个测试集；更多样本能使其可靠，换一个随机种子则不能`,
  "folds-missing": ({ folds }) => `没有 ${folds} 折交叉验证：样本的组太少；请标注更多组，或去掉 --folds`,
  "near-copies-divided": (v) =>
    `${samplesOf(v)}几乎相同，但合在一起对任何一个数据子集都太多，只能分开：${optimistic(v)}`,
  "near-copies-across-splits": (v) => `${samplesOf(v)}与${otherSplit(v)}几乎相同：${optimistic(v)}`,
  "copies-left-out": (v) => `略去 ${samplesOf(v)}：与验证集或测试集中的${itemsZh.many(v.unit)}完全相同`,
  "copies-across-splits": (v) => `${samplesOf(v)}与${otherSplit(v)}相同：${optimistic(v)}`,
  "task-splits-differ": (v) =>
    `各任务给定的划分对${samplesOf(v)}不一致（相同、近似相同或同组）：按训练集、验证集、测试集的顺序取靠后的一个，其中 ${integer(v.test)} 个归入测试集`,
  "one-class-predicted": ({ name, unit }) =>
    `适应后的模型把目标中的全部${itemsZh.many(unit)}都预测为 ${JSON.stringify(name)}：没有用处。请用更低的学习率、另一种方法，或给出一些带标签的样本`,
  "domains-alike": ({ shares_differ }) =>
    `两个领域的差别不大于源领域两半之间的差别，因此保留 source-only${shares_differ ? "。各类别的比例不同：先用源数据训练模型，再用 engraft adapt MODEL TARGET --method label-shift 修正" : ""}`,
  "domains-too-small": ({ unit, groups }) =>
    `${itemsZh.many(unit)}${groups ? "的组" : ""}太少，无法判断两个领域是否不同，因此保留 source-only`,
  "equal-shares-expected": (v) =>
    `source-only 在目标领域中几乎没有找到类别 ${JSON.stringify(v.absent)} 的${itemsZh.many(v.unit)}，因此选择时假定各类别同样常见。若并非如此，适应后的模型可能不如 source-only：请用 --check 20 检查。${predictedShares(v)}`,
  "source-only-scores-higher": (v) =>
    `按不用目标标签的得分，source-only 高于您选择的映射：请用 --check 20 检查适应后的模型。${predictedShares(v)}`,
  "trust-of-old-layer": "新模型没有预测集和置信度阈值：原来的属于旧的预测",
  "copies-with-other-labels": (v) =>
    `${itemsZh.count(v.copies, v.unit ?? "picture")}与其他${itemsZh.many(v.unit ?? "picture")}完全相同而标签不同：${listed(v)}`,
  "contradicting-samples": ({ pairs, unit, more }) =>
    `${pairs
      .map(
        ({ classes: [a, b], ids: [x, y], samples }) =>
          `${itemsZh.count(samples, unit)}同时在 ${JSON.stringify(a)} 和 ${JSON.stringify(b)} 中，例如“${itemZh(x!)}”和“${itemZh(y!)}”`,
      )
      .join("；")}${more > 0 ? `；另有 ${integer(more)} 对类别` : ""}。哪个是对的？请只保留一个`,
  "groups-across-splits": (v) =>
    `${integer(v.groups)} 个组的 ${samplesOf(v)}分处给定划分的两侧：${optimistic(v)}；不给定划分，同组的样本就会放在同一侧`,
  "equal-rows": (v) =>
    `${integer(v.rows)} 行中有 ${integer(v.copies)} 行与其他行相同，因此没有把相同的行放在划分的同一侧：如果它们互为副本，测试分数就会过高`,
  "near-rows": (v) =>
    `${integer(v.rows)} 行中有 ${integer(v.near)} 行的数值与其他行几乎相同，像是对同一对象的重复测量：它们归为一组`,
  "equal-inputs": (v) =>
    `${integer(v.rows)} 行中有 ${integer(v.copies)} 行的 ${JSON.stringify(v.input)} 与其他行${v.nearly ? "几乎" : ""}相同；数量太多，无法都放在划分的同一侧：对于 ${JSON.stringify(v.input)} 为新内容的行，测试分数可能过高`,
  "repeated-samples": (v) =>
    `略去 ${samplesOf(v)}：文字与已有的样本相同${v.across > 0 ? `，其中 ${integer(v.across)} 个与另一数据子集中的样本相同` : ""}`,
  "teacher-learnt-test": (v) =>
    `测试集的 ${samplesOf(v)}中，教师模型 ${v.teacher} 学过 ${integer(v.samples - v.unseen)} 个：${v.unseen === 0 ? "不给它评分" : `只用其余 ${integer(v.unseen)} 个给它评分，其分数不能与学生模型比较`}`,
  "teacher-samples-unknown": (v) =>
    `教师模型 ${v.teacher} 可能学过测试集的 ${samplesOf(v)}中的一部分，这样其分数就会过高：模型旁没有训练它的运行`,
  "teacher-guesses": (v) =>
    `测试集的 ${samplesOf(v)}中，教师模型 ${v.teacher} 只答对 ${integer(v.right)} 个，总是回答最常见的类别可答对 ${integer(v.guessed)} 个：学生模型学到的是错误答案。教师模型的类别是否顺序不同或含义不同？`,
  "rounds-diverged": (v) =>
    `${v.models.join("、")} 发散：${integer(v.rounds)} 轮之后，训练样本上的损失为 ${v.loss.toFixed(2)}，高于什么都没学到的输出头的 ${v.guessing.toFixed(2)}。请用小于 ${v.lr} 的 --lr`,
  "update-lowers-score": (v) =>
    `去掉第 ${v.client} 个客户端（共 ${v.clients} 个）最后一轮的更新，${v.model} 更好：加入该更新时，${withAndWithout(v)}${v.more > 0 ? `；另有 ${v.more} 个客户端也是如此` : ""}`,
  "base-learnt-test": (v) =>
    `测试集的 ${samplesOf(v)}中，基础模型 ${v.base} 学过 ${integer(v.learnt)} 个，因此测试分数可能过高：请按它那次运行的方式划分数据（--split-seed），或换一个基础模型`,

  "pictures-incomplete": (v) =>
    `略去 ${pictures(v.pictures)}：其中 ${integer(v.objects)} 个对象无法使用，否则会被当作背景学习：${listed(v)}`,
  "boxes-in-corner": (v) =>
    `全部 ${integer(v.boxes)} 个边界框都在图片左上角 ${v.width} % × ${v.height} % 的范围内：请检查坐标的单位`,
  "polygons-of-one-length": (v) =>
    `全部 ${integer(v.lines)} 个轮廓都有 ${v.corners} 个角：关键点的行与此相似，需要在 ${v.file} 中写明 ${v.option}`,
  "masks-deep-classes": ({ values }) => `掩码为 16 位且取值很少，按类别编号读取：${values}`,
  "masks-maybe-objects":
    "每个掩码中的编号从 1 开始，且每个编号只有一个区域：按类别读取；如果它们是对象编号，请把掩码存为 16 位",
  "masks-missing-numbers": ({ values }) => `有的类别编号在任何掩码中都没有出现：${values}`,
  "masks-soft-edges": (v) =>
    `掩码的边缘有过渡：${v.levels} 个取值，占像素的 ${v.percent} %；不小于 ${v.least} 的取值为对象`,

  "classes-without-test": (v) =>
    `测试集中没有 ${integer(v.classes)} 个类别的图片：${listed(v)}；测试结果不能说明这些类别`,
  "columns-beside-pictures": (v) =>
    `只有图片是输入，以下列不参与学习：${listed(v)}。用 --inputs ${v.inputs} 可以一起学习`,
  "labels-without-test": (v) => `测试集中没有类别 ${listed(v)} 的文本：测试结果不能说明这些类别`,
  "types-without-training": (v) => `训练集中没有类型 ${listed(v)} 的实体：模型不会找到它们`,

  "characters-without-class": (v) => `训练文本中没有的字符，按错误计算：${listed(v)}`,
  "rare-characters": (v) => `在训练文本中出现不到 5 次的字符，模型很难学会：${listed(v)}`,
  "transcripts-too-long": (v) => `略去文本长于帧数所能表达的片段：${listed(v)}`,
  "clips-too-long": (v) =>
    `略去 ${v.clips} 个片段，因为基础模型最多接受 ${v.seconds} 秒（请把它们按句子切开，或使用接受任意长度的基础模型）：${listed(v)}`,
  "all-blank": ({ epochs, of }) =>
    `在 ${of} 轮中的 ${epochs} 轮之后模型仍然什么也没有识别出来：可能是学习率不合适、片段的帧数不够表达文本，或文本与片段不对应`,

  "tokens-unknown": ({ unknown, tokens }) =>
    `${tokens} 个词元中有 ${unknown} 个（${((100 * unknown) / tokens).toFixed(1)} %）不在基础模型的词表中：模型学不到它们`,
  "chats-left-out": (v) => `略去 ${v.all} 个对话中不符合模板的 ${v.chats} 个：${v.reason}`,
  "default-chat-template":
    "基础模型没有对话模板：对话写成“User: …”和“Assistant: …”两种行，模型文件夹中也这样注明",
  "chats-cut": (v) =>
    `${v.all} 个对话中有 ${v.cut} 个超过 ${v.length} 个词元，其后的内容不参与学习${v.mayGrow ? "；可以用 --max-length 增大上限" : ""}`,
  "answers-without-end": ({ answers }) =>
    `${answers} 个回答的末尾没有特殊词元：模型学不会停止；请使用在每个回答之后加上特殊词元的模板`,
  "special-tokens-as-text": ({ times }) => `消息中出现 ${times} 次特殊词元：按普通文本学习`,

  "empty-class-folder": ({ folder, unit = "picture" }) => `文件夹“${folder}”中没有${itemsZh.many(unit)}`,
  "pictures-outside-classes": ({ pictures, unit = "picture" }) =>
    `略去不在任何类别文件夹中的 ${itemsZh.count(pictures, unit)}`,
  "first-frame-only": (v) => `${pictures(v.pictures)}是动画或有多页，只用第一帧：${listed(v)}`,
  "column-tells-target": (v) =>
    `${v.empty ? `仅凭“${v.column}”列是否为空` : `仅凭“${v.column}”列`}就能知道“${v.target}”的 ${v.share} %：它在答案之前就已知吗？用 --ignore 可以略去它`,
  "column-counts-in-order": (v) =>
    `“${v.column}”列给各行编号，而“${v.target}”随行的顺序变化：对以后的行来说分数偏高。--split-by ${JSON.stringify(v.column)} 用最后的行来测试；用 --ignore 可以略去它`,
  "columns-tell-classes": (v) =>
    `有些列各自对应“${v.target}”的一个类别：${listed(v)}。它们在答案之前就已知吗？用 --ignore 可以略去它们`,
  "columns-add-up": (v) =>
    `每一行中“${v.first}”与“${v.second}”之和都等于“${v.target}”：它们在答案之前就已知吗？用 --ignore 可以略去它们`,
  "masks-left-out": (v) =>
    `略去图片旁的 ${integer(v.masks)} 个掩膜：${listed(v)}；用 --task ${v.task} 可以学习它们`,
  "codes-among-numbers": (v) =>
    `“${v.column}”列有 ${integer(v.rows)} 行的值为 ${listed(v)}，其余都在 ${v.least} 到 ${v.largest} 之间：如果它表示没有值，请把单元格留空`,
  "numbers-with-units": (v) =>
    `“${v.column}”列的数值带有单位（“${v.value}”），按文字处理：要按数值学习，请去掉单位`,
  "split-stated": (v) => `${listed(v)}列说明了划分，不作为输入`,
  "parts-of-clips": (v) =>
    `${itemsZh.count(v.clips, "clip")}比列表中“${v.begin}”到“${v.end}”的部分更长，并且整段使用：${listed(v)}；如果只指该部分，请先剪切音频`,
  "column-gives-groups": (v) =>
    `同一个“${v.column}”的${itemsZh.many(v.unit)}放在同一划分中（${integer(v.groups)} 个组）${besideGroups[v.unit] ?? ""}`,
  "column-gives-few-groups": (v) =>
    `同一个“${v.column}”的${itemsZh.many(v.unit)}可能分在几个划分中，因为它的 ${integer(v.groups)} 个值太少或大小不均：模型可能会在学过的对象上测试；用 --group-from ${v.column} 可以把它们放在一起`,
  "recordings-give-groups": (v) =>
    `${recordings(v)}：同一次录制的${itemsZh.many(v.unit)}放在同一划分中；如果它们彼此无关，请用 --group-from none`,
  "few-recordings": (v) =>
    `${recordings(v)}太少或大小太不均，无法划分：模型可能会在学过的录制上测试；用 --group-from recordings 可以把每次录制放在同一划分中`,
  "one-recording": (v) =>
    `${v.names.length > 0 ? `${listed(v)}的` : ""}所有${itemsZh.many(v.unit)}似乎${v.names.length > 1 ? "各" : ""}来自一次录制（${recordedBy[v.by]}）：如果是这样，模型会在学过的内容上测试；请添加其他样本，或用 --group-from 指明分组`,
  "dates-read": (v) => `${listed(v)}列中的日期读作天数、月份、星期和小时`,
  "values-not-dates": (v) =>
    `“${v.column}”列中有 ${integer(v.values)} 个值不是日期，按缺失处理：${listed(v)}`,
  "dates-unclear": (v) =>
    `${listed(v)}列中的日期看不出日和月谁在前，或前后矛盾，仍作为文本：请写成 2024-03-31 的形式`,
  "dates-unread": (v) =>
    `${listed(v)}列可能含有不能识别的日期或时间（“${v.example}”）：日期请写成 2024-03-31，时间请写成 13.5（小时）`,
  "currencies-mixed": (v) =>
    `“${v.column}”列的金额有多种货币（${v.marks.join(" ")}），按同一种货币比较：请先换算，或用 --ignore 略去该列`,
  "class-called-missing": ({ name }) =>
    `有一个类别叫“${name}”，它通常表示没有标签：如果是这样，请把该字段留空`,
  "empty-labels": ({ cells }) =>
    `标签列中有 ${integer(cells)} 个空单元格，按 0 计算：如果那里的标签未知，请删除该行`,
  "words-have-language": ({ prefix }) => `每个词都以“${prefix}”开头，已略去`,
  "entities-inside-words": (v) =>
    `${v.of} 个实体中有 ${integer(v.entities)} 个的起点或终点在词的中间，第一个是 ${v.first}：位置从 0 开始按字符计数，第二个位置在实体之后`,
  "rows-rejected": (v) =>
    `略去 ${integer(v.rows)} 行：标注者的回答是 ${v.answers.map((one) => `“${one}”`).join("或")}`,
  "header-repeated": ({ rows }) => `略去 ${integer(rows)} 行：它们重复了列名`,
  "classes-of-one-row": (v) =>
    `有 ${integer(v.classes)} 个类别只有一行：${listed(v)}。它只能用于学习或测试，不能两者兼有：这一行是样本吗？`,
  "folders-in-each-class": (v) =>
    `类别是 ${v.classes} 个文件夹 ${v.outer.map((one) => `“${one}”`).join("、")}，每个都含有 ${v.inner.map((one) => `“${one}”`).join("、")}：如果后者才是类别，请给出其中一个外层文件夹，或给出一个列表`,
  "amounts-as-classes": (v) =>
    `${v.least} 到 ${v.largest} 之间的 ${v.classes} 个整数被当作类别：用 --task ${v.task} 可以把它们作为数值来学习`,
  "row-of-sums": (v) => `${v.row} 写着“${v.text}”：如果它是其他行的合计，请删除；现在它和其他行一样计算`,
  "labels-called-missing": (v) =>
    `略去 ${samplesOf(v)}：标签是“${v.name}”，它通常表示没有标签；如果它是一个类别，请换一个名称`,
  "dots-separate-thousands": (v) => `${listed(v)}列中的点号是千位分隔符：“${v.from}”读作 ${v.to}`,
  "dots-unclear": (v) =>
    `${listed(v)}列中的点号可能是千位分隔符：“${v.from}”读作 ${v.from}，而不是 ${v.to}；如果应是后者，请去掉点号`,
  "percent-mixed": (v) =>
    `“${v.column}”列中有 ${integer(v.values)} 个值带百分号，其他值没有：${listed(v)}按去掉百分号读取`,
  "values-not-numbers": (v) =>
    `“${v.column}”列中有 ${integer(v.values)} 个值不是数字，按缺失处理：${listed(v)}`,

  "base-changed": (v) =>
    `${v.base} 在模型库中已改变：它的文件有 ${v.megabytes} MB，目录中写的是 ${v.recorded} MB；请先查看它的页面，或使用较早的提交：${v.earlier}`,
  "license-unknown": ({ base }) =>
    `${base} 没有说明已知的许可证：分享由它得到的模型之前请询问其作者，或换用目录中的基础模型`,
  "memory-may-run-short": (v) => `训练可能需要 ${v.needed} 内存，可用的只有 ${v.there}`,
  "memory-needs-smaller-batch": (v) =>
    `训练可能需要 ${v.needed} 内存，可用的只有 ${v.there}：--batch-size ${v.batch} --accumulate ${v.accumulate} 需要的内存较少，结果相同`,
  "gpu-lost": ({ why }) => `GPU 已丢失（${why}）；训练从最近的检查点起在 CPU 上继续`,
  "gpu-memory-in-parts": ({ rows, parts }) =>
    `GPU 内存不足以同时处理 ${integer(rows)} 个样本；训练从最近的检查点继续，每个批次分为 ${integer(parts)} 部分，梯度相加：除舍入外结果相同`,
  "gpu-memory-on-cpu": ({ because }) =>
    `GPU 内存不足${undividedZh[because]}；训练从最近的检查点起在 CPU 上继续`,
  "gpu-buffers-small": ({ limit, batch, rows }) =>
    `此 GPU 的一个缓冲区最多容纳 ${limit}：大小为 ${integer(batch)} 的批次每次处理 ${integer(rows)} 个样本，梯度相加：除舍入外结果相同`,
  "batch-statistics-noisy": (v) =>
    `批大小为 ${v.batch} 时使用批统计量（--batch-norm train）：少于 ${v.from} 个样本的批统计量多半是噪声，通常会降低准确率；请使用 --batch-norm frozen 或更大的 --batch-size（梯度累积在此无效）`,
  "study-of-versions": (v) =>
    `其中有些训练使用 Engraft ${v.before}，其余使用 ${v.now}：各行的差别可能来自版本；重新开始一项研究即可统一版本`,
  "versions-differ": (v) => `训练开始时使用 ${v.name} ${v.before}，现在是 ${v.now}：结果的最后几位可能不同`,
  "better-model": (v) => {
    const [own, other] = v.models.map(({ name }) => modelZh(name));
    return `按验证集，${other!.trimStart()}优于${own!.trimEnd()}：${scoresZh(v)}。${own!.trimStart()}是指定的，因此保留。要得到${other!.trimEnd()}：${v.command}`;
  },
  "rate-lowered": (v) =>
    `${v.stage} 以 ${Number(v.now.toPrecision(2))} 的最高学习率（原为 ${Number(v.before.toPrecision(2))}）重新开始：${v.score === null ? "第一轮发散" : `第一轮使验证得分从 ${v.start.toFixed(3)} 降到 ${v.score.toFixed(3)}`}`,
  "head-cut-by-budget": (v) =>
    v.unit === "samples"
      ? `为了不超过 ${v.budget} s 的时间预算，分类头只用 ${v.total} 个训练样本中的 ${v.done} 个求解：效果可能不如不限时间时`
      : `为了不超过 ${v.budget} s 的时间预算，分类头的求解在 ${v.total} ${v.unit === "passes" ? "遍" : "次尝试"}中的第 ${v.done} ${v.unit === "passes" ? "遍" : "次"}后结束：效果可能不如不限时间时`,
  "model-cut-by-budget": (v) => `为了不超过 ${v.budget} s 的时间预算，略去了这个模型：${v.model}`,
  "training-cut-by-budget": (v) =>
    `${v.budget} s 的时间预算不够训练：模型就是冻结的基础模型加上求解得到的分类头`,
  "fewer-steps-for-budget": (v) =>
    `每步需要 ${v.ms} 毫秒：为了${v.steps > v.planned ? "用足时间预算" : "在时间预算内结束"}，${v.stage} 大约训练 ${v.steps} 步，而不是 ${v.planned} 步，其余的学习率计划按此调整`,
};
