/** 中文：同一主干网络上多个任务的报告。 */
import { html } from "../../html.js";
import type { tasksEn } from "../en/tasks.js";

const weightings: Readonly<Record<string, string>> = { fixed: "固定", uncertainty: "按不确定性" };

export const tasksZh: typeof tasksEn = {
  kind: (n) => `同一主干网络上的 ${n} 个任务`,
  weighting: (kind) => `加权方式：${weightings[kind] ?? kind}`,
  footer: "置信区间是 95 % 的 Wilson 区间，只针对一次训练的测试图片。",
  matrixOf: (task) => html`混淆矩阵：${task}`,
  each: "各任务的测试得分",
  scores: "各任务的得分",
  task: "任务",
  classes: "类别数",
  train: "训练",
  test: "测试",
  accuracy: "准确率",
  interval: "95 % 区间",
  alone: "单独训练",
  gain: "增益",
  frequent: "总是回答最常见的类别",
  macroF1: "宏平均 F1",
  weight: "权重",
  mean: (accuracy) => `平均准确率 ${accuracy}。`,
  learnt: "权重是学到的。",
  epochs: "轮次",
  best: (epoch, kept) => (kept ? "保留最后一轮的权重" : `验证最好的是第 ${epoch} 轮`),
  trained: "可训练参数",
  ofParameters: (n) => `共 ${n} 个参数`,
};
