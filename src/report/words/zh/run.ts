/** 中文：单次训练（不是图片或文本的分类）各页面共有的句子。 */

import type { runEn } from "../en/run.js";
import { baselineZh } from "./baseline.js";
import { pageZh } from "./page.js";
import { spaced, verdictZh } from "./verdict.js";

export const runZh: typeof runEn = {
  onTest: (figure) => spaced("测试集", figure),
  looked: (items, n) =>
    `这些测试${items}此前已被评分 ${n}\u00a0次：在多次结果中挑选，会使最好的一次显得比实际更好。`,
  verdict: (transfer) => pageZh.transfer[transfer],
  verdictAgainst: (verdict, baseline) =>
    ({
      positive: `这个网络比${baselineZh(baseline)}更好`,
      neutral: `这个网络与${baselineZh(baseline)}没有值得注意的差别`,
      negative: `这个网络不如${baselineZh(baseline)}`,
      inconclusive: `尚不能区分这个网络与${baselineZh(baseline)}`,
    })[verdict],
  verdictWords: (v, metric) =>
    v.against === undefined ? verdictZh(v, metric) : verdictZh(v, metric, baselineZh(v.against)),
  trainsWords: (some, all, epochs, best, kept) =>
    `${all} 个参数中的 ${some} 个，${epochs} 轮，${kept ? "保留最后一轮" : `最好的是第 ${best} 轮`}`,
  timeWords: (total, forecast) => `${total}，预测 ${forecast}`,
  epochsTable: (n) => `${n} 轮的数值表`,
  r2OrAccuracy: "R² 或准确率",
  data: "数据",
  parts: (train, validation, test, items) =>
    `${items && `${items}：`}训练 ${train}，验证 ${validation}，测试 ${test}`,
  accuracy: "准确率",

  comparedWith: "对照",
  way: "方法",
  interval: "95 % 区间",
  how: "做法",
  precision: "精确率",
  recall: "召回率",
  weakestFirst: "最弱的在前。",
};
