import type { Words } from "../en/index.js";

export const resultWords: Words["result"] = {
  model: "模型",
  quick: "快速模型",
  interval: (range) => `95 % 置信区间 ${range}`,
  scoreWith: (score, interval) => `${score}（${interval}）`,
  fewSamples: (n, about) => `样本太少，给不出数字：${n} / 大约 ${about} 个。`,
  fewRecordings: (n, about) => `录制次数太少，给不出数字：${n} / 大约 ${about} 次。`,
  onTest: (samples) => `基于 ${samples} 个未用于训练的测试样本。`,
  fewTest: (samples) => `测试集只有 ${samples} 个样本，准确率不可靠。快速模型的交叉验证使用全部样本：`,
  relabelled: (changed, all) =>
    `${all} 个标签中有 ${changed} 个是您在看到预测之后修改的。如果原来的标签正确，这个准确率就偏高。`,
  withOldLabels: (said) => `按原来的标签：${said}`,
  none: "还没有得分。请给两个类别各添加至少五个样本，或开始训练。",
  untested: "这次训练使用了全部样本，没有留下样本用于测试。",
  against: (own, other) => `${own} 对 ${other}。`,
  stop: "。",
  cellHelp: "点击单元格查看其样本。",
  cell: (count, truth, predicted) => `${count} 个 ${truth} 被预测为 ${predicted}`,
  noneWrong: "没有错误的预测。",
  unlisted: "这次训练没有保存这些预测的列表。",
  relabel: (label) => `改为 ${label}`,
  moved: (label) => `已移到 ${label}。快速模型会立即学习；其他模型要重新训练才会学习。`,
  more: (count) => `再显示 ${count} 个`,
  scores: "详细得分",
  report: "完整报告",
  closeList: "关闭列表",
};
