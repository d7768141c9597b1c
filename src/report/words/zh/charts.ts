/** 中文：训练曲线上的文字。 */
import type { chartsEn } from "../en/charts.js";

const items: Readonly<Record<string, string>> = { pictures: "图片", texts: "文本", rows: "行" };

export const chartsZh: typeof chartsEn = {
  loss: "损失",
  lossNote: "按轮次，单位 nat；越低越好",
  lossNoteNumbers: "按轮次；越低越好",
  accuracyNote: "按轮次；越高越好",
  train: "训练",
  validation: "验证",
  candidate: (line) => `${line}（候选）`,
  epoch: "轮次",
  finder: (stage) => `学习率搜索，${stage}`,
  finderNote: (rate) => `按学习率；选定 ${rate}`,
  smoothed: "平滑后的损失",
  step: "步",
  trainingLoss: "训练损失",
  trainingLossNote: "按步",
  lossLine: "损失",
  lossTerms: { boxes: "框", classification: "分类", dice: "Dice" },
  learningRate: "学习率",
  learningRateNote: "按步；学习率最高的一组",
  rate: "学习率",
  throughput: "吞吐量",
  throughputNote: (unit) => `按步，每秒${items[unit] ?? "样本"}数`,
  aSecond: "每秒",
  memory: "内存",
  memoryNote: "按步，进程占用的 MB",
};
