/** 中文：显示的得分：为什么没有数字，猜测有多好。 */
import type { shownEn } from "../en/shown.js";

export const shownZh: typeof shownEn = {
  fewSamples: (n, _, about) => `${n}太少，给不出数字：大约需要 ${about}`,
  fewGroups: (items, groups, about) =>
    `测试${items}只来自 ${groups} 组，太少，给不出数字：大约需要 ${about} 组`,
  guessing: (score, name) => `猜测（${name}）：${score}`,
  notTold: (score, name) => `猜测（${name}）：${score}，在置信区间之内`,
  noBetter: (score, name) => `不比猜测好：${name}，${score}`,
  loss: (own, guessing) => `模型的对数损失为 ${own}，猜测为 ${guessing}`,
  and: "；",
};
