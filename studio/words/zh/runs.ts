import type { Words } from "../en/index.js";

export const runsWords: Words["runs"] = {
  none: "还没有训练记录。打开训练页开始。",
  deleteText: "它的模型也会被删除。",
  compare: "并排比较",
  chooseTwo: "选择两次已完成的训练进行比较。",
  choose: (run) => `比较 ${run}`,
  run: "训练",
  score: "得分",
  interval: "95 % 置信区间",
  testSamples: "测试样本",
  seconds: "秒",
  difference: (gain) => `差值：${gain}。`,
  points: (gain) => `${gain} 个百分点`,
  overlap: "小于区间的差值可能只是偶然。",
};
