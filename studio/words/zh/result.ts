import type { Words } from "../en/index.js";
import { percent } from "../percent.js";

export const resultWords: Words["result"] = {
  model: "模型",
  quick: "快速模型",
  metrics: {
    ...{ accuracy: "准确率", f1: "F1 分数", r2: "R²", miou: "平均交并比" },
    ...{ map: "平均精度均值", word_accuracy: "词准确率" },
  },
  interval: (low, high) => `95 % 置信区间 ${low} 至 ${high}`,
  onTest: (samples) => `在 ${samples} 个模型没有学过的测试样本上。`,
  fewTest: (samples) => `这次训练只用了 ${samples} 个样本测试，数字不可靠。快速模型的交叉验证使用全部样本：`,
  relabelled: (changed, all) =>
    `${all} 个标签中有 ${changed} 个是在看到预测之后修改的。如果原来的标签是对的，这个准确率就偏高。`,
  withOldLabels: (value, interval) => `按原来的标签：${value}（${interval}）。`,
  fewGroups: "录制太少，无法给出区间。",
  none: "还没有数字。请给两个类别各添加至少五个样本，或者训练。",
  untested: "这次训练用全部样本学习，没有样本可供测试。",
  verdict: {
    positive: "迁移有帮助",
    neutral: "迁移没有明显影响",
    negative: "迁移有害",
    inconclusive: "还无法判断迁移是否有帮助",
  },
  points: (gain) => `${gain < 0 ? "−" : "+"}${Math.abs(100 * gain).toFixed(0)} 个百分点`,
  fromScratch: (transfer, scratch) => `使用基础模型 ${transfer}，不使用 ${scratch}。`,
  confusion: "混淆矩阵",
  confusionHelp: "行是真实类别，列是预测类别。点击单元格查看其样本。",
  trueClass: "真实类别",
  cell: (count, truth, predicted) => `${count} 个 ${truth} 被预测为 ${predicted}`,
  pairs: "最容易混淆的类别",
  worst: "先看最差",
  noneWrong: "没有预测错误。",
  unlisted: "这次训练没有列出这些预测。",
  predicted: (label, score) => (score === undefined ? `预测：${label}` : `预测：${label}，${percent(score)}`),
  truth: (label) => `真实：${label}`,
  relabel: (label) => `改为 ${label}`,
  moved: (label) => `已归入 ${label}。快速模型会立即学习，训练则要重新进行。`,
  more: (count) => `再显示 ${count} 个`,
  report: "完整报告",
  closeList: "关闭列表",
};
