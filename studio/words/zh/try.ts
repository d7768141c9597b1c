import type { Words } from "../en/index.js";
import { nouns } from "./samples.js";

/** Measure word and noun of a kind, such as 张图片. */
const of = (kind: string): string => nouns(kind).join("");
/** Noun of a kind, such as 图片. */
const noun = (kind: string): string => nouns(kind)[1];

export const tryWords: Words["try"] = {
  model: "模型",
  quick: "快速模型",
  quickOf: (count) => `快速模型，${count}`,
  noQuick: "这类数据没有快速模型。请先训练一个模型：",
  chooseRun: "请选择一次训练来试用它的模型。",

  twoClasses: (count) => `请建立两个类别，每个类别放入 ${count}。之后会自动开始预测。`,
  needs: (name, kind, n) => `${name} 还需要 ${n} ${of(kind)}。`,
  learning: "快速模型正在学习……",
  features: (done, total) => `正在查看样本：${done} / ${total}`,
  failed: "快速模型已停止。",
  noWebAssembly: "此浏览器不支持 WebAssembly，无法运行模型。请使用较新的浏览器。",
  again: "重试",

  camera: "使用摄像头",
  cameraView: "实时画面",
  stopCamera: "关闭摄像头",
  file: "试一个文件",
  triedPicture: "要试的图片",
  pasteHelp: "也可以把图片粘贴或拖放到这里。",
  pause: "暂停",
  goOn: "继续",

  unsure: "不确定",
  noText: "模型没有写出文本。",
  atLimit: (tokens) => `文本达到 ${tokens} 个词元的上限而停止。`,
  all: (n) => `显示全部 ${n} 个`,
  fewer: "收起",
  usedForTraining: (kind) => `这${of(kind)}已用于训练。`,
  mayBeUsed: (kind) => `这${of(kind)}在项目中，模型训练时可能用过。`,
  usedForTest: (kind) => `这${of(kind)}属于测试集，没有用于训练。`,
  wrong: "不对？它是……",
  added: (name) => `已加入 ${name}。`,

  accuracy: (range) => `准确率，交叉验证（95 % 置信区间 ${range}）`,
  mayBe: (range) => `准确率可能在 ${range} 之间。`,
  recordAgain: "请换几个地方，再录制每个类别。",
  withoutGroups: (kind) => `如果有几${of(kind)}内容相同，对新${noun(kind)}的准确率会更低。`,
  nearCopies: (kind, n) => `${n} ${of(kind)}与其他${noun(kind)}几乎相同，准确率把它们算作一${of(kind)}。`,
  earlier: (count) => `这是根据之前的 ${count}得出的。`,
  learningNew: "快速模型正在学习新的改动……",
  noScore: ({ reason, classes }, kind) => {
    if (reason?.code === "no-score-one-class") return "暂无准确率：需要两个类别。";
    if (reason?.code === "no-score-few-samples") return `暂无准确率：需要更多${noun(kind)}。`;
    const single = classes.filter(({ groups }) => groups < 2);
    if (single.length < classes.length)
      return `暂无准确率：${single.map(({ name }) => name).join("、")} 只录制了一次。请换个地方再录一次。`;
    return "暂无准确率：每个类别只录制了一次。请换个地方再录一次。";
  },

  check: "检查",
  copies: (kind, n) => `${n} ${of(kind)}是重复的。`,
  contradictions: (kind, n, a, b) => `${n} ${of(kind)}同时在 ${a} 和 ${b} 中。哪个是对的？`,
  silent: (n) => `${n} 段录音没有声音。`,
  unreadable: (kind, n) => `${n} ${of(kind)}无法读取。`,
  suspects: (n) => `${n} 个标签可能有误。`,
  look: "查看",
  oneRecording: "每个类别只录制了一次。请换个地方再录一次。",
  oneRecordingOf: (name) => `${name} 只录制了一次。请换个地方再录一次。`,
  suspectsTitle: "这个标签对吗？",
  place: (at, n) => `${at} / ${n}`,
  given: (name) => `它的类别是 ${name}。`,
  predicted: (name, share) => `快速模型认为是 ${name}（${share}）。`,
  othersOfRecording: (n) => `同一段录制的另外 ${n} 个样本随之更改。`,
  itIs: (name) => `它是 ${name}`,
  keep: (name) => `保留 ${name}`,
  suspectKeys: "快捷键：Enter 选第一个按钮，K 保留，1–9 选择类别。",
};
