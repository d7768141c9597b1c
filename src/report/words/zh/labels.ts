/** 中文：多标签分类的报告。 */

import type { labelsEn } from "../en/labels.js";
import { itemsZh } from "../items.js";

export const labelsZh: typeof labelsEn = {
  kind: "多标签分类",
  footer: (items, seeds) => `95 % 置信区间按测试${items}（有分组时按组）计算，比例用 Wilson 区间；${seeds}。`,
  figure: "微平均 F1",
  more: (macro, range, share, of, shares) =>
    `宏平均 F1 ${macro}（${range}）；${of}中有 ${share} 的标签全部正确（${shares}）。`,
  ways: {
    probe: "线性探针：只训练分类头",
    frequent: "总是预测最常见的标签",
    tf_idf: "TF-IDF 上的逻辑回归，不用网络",
    log_mel: "对数梅尔统计量上的逻辑回归，不用预训练网络",
    pixels: "像素上的逻辑回归，不用网络",
    scratch: "从头训练",
  },
  microF1: "微平均 F1",
  macroF1: "宏平均 F1",
  allRight: "标签全部正确",
  wrongDecisions: "错误标签",
  meanAveragePrecision: "平均精确率均值（mAP）",

  byLabel: "各标签的得分",
  byLabelNote: "最弱的在前。概率达到阈值才预测该标签；平均精确率和 AUROC 只看概率。",
  label: "标签",
  haveIt: "真实",
  predicted: "预测",
  right: "正确",
  averagePrecision: "平均精确率",
  threshold: "阈值",
  none: "无",
  everyRight: "所有标签都正确。",
  missed: "漏报的",
  wronglyPredicted: "误报的",

  labels: "标签",
  thresholds: "阈值",
  byValidation: "每个标签取验证集上 F1 最高的阈值",
  fixed: (value) => `每个标签都是 ${value}`,
  noLabel: "无标签",
  noLabelWords: (n, kind, predicted) =>
    `测试集中有 ${itemsZh.count(n, kind)}没有标签，模型对 ${predicted} 个没有预测任何标签`,
};
