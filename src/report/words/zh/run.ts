/** 中文：单次训练（不是图片或文本的分类）各报告共有的句子。 */

import type { runEn } from "../en/run.js";

const keptZh = (best: string, kept?: "last"): string => {
  if (kept) return "最后一轮";
  return best === "0" ? "第一轮之前" : `第 ${best} 轮`;
};

export const runZh: typeof runEn = {
  trainsWords: (some, all, epochs, best, kept) =>
    `${all} 个参数中的 ${some} 个，${epochs === 0 ? "直接求解，没有轮次" : `${epochs} 轮，保留${keptZh(best, kept)}的权重`}`,
  timeWords: (total, forecast) => `${total}，预计 ${forecast}`,
  data: "数据",
  parts: (train, validation, test, items) =>
    `${items && `${items}：`}训练 ${train}，验证 ${validation}，测试 ${test}`,
  precision: "精确率",
  recall: "召回率",
};
