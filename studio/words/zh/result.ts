import type { Words } from "../en/index.js";
import { percent } from "../percent.js";

const metricsZh: Readonly<Record<string, string>> = {
  ...{ accuracy: "准确率", f1: "F1 分数", r2: "R²", miou: "平均交并比" },
  ...{ map: "平均精度均值", word_accuracy: "词准确率" },
};

export const resultWords: Words["result"] = {
  model: "模型",
  quick: "快速模型",
  metrics: metricsZh,
  interval: (low, high) => `95 % 置信区间 ${low} 至 ${high}`,
  scoreWith: (score, interval) => `${score}（${interval}）`,
  fewSamples: (n, about) => `样本太少，给不出数字：${n} / 大约 ${about} 个。`,
  fewRecordings: (n, about) => `录制次数太少，给不出数字：${n} / 大约 ${about} 次。`,
  guessing: (metric, value) => `猜测的${metricsZh[metric] ?? metric}为 ${value}。`,
  betterThanGuessing: (metric, value) => `比猜测好：猜测的${metricsZh[metric] ?? metric}为 ${value}。`,
  asGuessing: (metric, value) => `不比猜测好：猜测的${metricsZh[metric] ?? metric}为 ${value}。`,
  onTest: (samples) => `基于 ${samples} 个未用于训练的测试样本。`,
  fewTest: (samples) => `测试集只有 ${samples} 个样本，准确率不可靠。快速模型的交叉验证使用全部样本：`,
  relabelled: (changed, all) =>
    `${all} 个标签中有 ${changed} 个是您在看到预测之后修改的。如果原来的标签正确，这个准确率就偏高。`,
  withOldLabels: (said) => `按原来的标签：${said}`,
  none: "还没有得分。请给两个类别各添加至少五个样本，或开始训练。",
  untested: "这次训练使用了全部样本，没有留下样本用于测试。",
  verdict: {
    positive: "迁移有帮助",
    neutral: "迁移没有明显影响",
    negative: "迁移有害",
    inconclusive: "还无法判断迁移是否有帮助",
  },
  versus: {
    positive: "比最好的其他模型更好",
    neutral: "与最好的其他模型没有明显差别",
    negative: "比最好的其他模型更差",
    inconclusive: "还无法判断是否比最好的其他模型更好",
  },
  ofBoth: (own, other) => `这个模型 ${own}，另一个 ${other}。`,
  verdictEnd: "。",
  points: (gain) => `${gain < 0 ? "−" : "+"}${Math.abs(100 * gain).toFixed(0)} 个百分点`,
  fromScratch: (transfer, scratch) => `使用基础模型 ${transfer}，不使用 ${scratch}。`,
  confusion: "混淆矩阵",
  confusionHelp: "行是真实类别，列是预测类别。点击单元格查看其样本。",
  trueClass: "真实类别",
  cell: (count, truth, predicted) => `${count} 个 ${truth} 被预测为 ${predicted}`,
  pairs: "最容易混淆的类别",
  worst: "最差的预测在前",
  noneWrong: "没有错误的预测。",
  unlisted: "这次训练没有保存这些预测的列表。",
  predicted: (label, score) => (score === undefined ? `预测：${label}` : `预测：${label}，${percent(score)}`),
  truth: (label) => `真实：${label}`,
  relabel: (label) => `改为 ${label}`,
  moved: (label) => `已移到 ${label}。快速模型会立即学习；其他模型要重新训练才会学习。`,
  more: (count) => `再显示 ${count} 个`,
  report: "完整报告",
  closeList: "关闭列表",
};
