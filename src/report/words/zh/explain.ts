/** 中文：对单个预测的解释。 */
import { html, type Markup } from "../../html.js";
import type { explainEn } from "../en/explain.js";

export const explainZh: typeof explainEn = {
  kind: "预测的解释",
  facts: (items: number, method: string, task?: string): string =>
    `${items} 个样本 · ${method}${task === undefined ? "" : ` · 任务 ${task}`}`,
  footer: "解释说明模型的某个预测取决于什么，并不说明现实中的因果关系。",
  beeswarmTitle: (output: string): string => `各列对 ${output} 的贡献`,
  beeswarmIntro: (rows: number): string =>
    `每个点是 ${rows} 行中的一行。点的位置表示该列使预测增加（右）或减少（左）多少，颜色表示该值在本列中偏低（蓝）还是偏高（橙）；类别和缺失值为灰色。平均影响最大的列在最上面。`,
  beeswarmAlt: (output: string): string => `各列对 ${output} 的权重，每行一个点`,
  waterfallTitle: "单个预测",
  waterfallIntro:
    "从基准值（隐藏全部特征）到预测值：每个条形是一个特征增加或减少的量，各条之和等于两者之差。",
  waterfallAlt: (output: string): string => `从基准值到 ${output} 的预测值`,
  base: "基准值",
  prediction: "预测值",
  others: (n: number): string => `其余 ${n} 个特征`,
  missing: "缺失",
  cell: (row: number, column: number): string => `第 ${row} 行第 ${column} 列的区域`,
  probabilityOf: (output: string): string => `${output} 的概率`,
  shap: {
    exact: "Shapley 值，精确计算（Lundberg & Lee 2017）。",
    sampled: "Shapley 值，抽样估计（KernelSHAP，Covert & Lee 2021）。细线是抽样的 95 % 置信区间。",
  },
  hiddenColumns: "被隐藏的列取训练行的均值，或最常见的值。",
  hiddenInputs: "被隐藏的输入视为缺失：其特征以零和一个缺失标记代替。",
  ig: (error: string): string => `积分梯度（Sundararajan 等，2017）。最大完备性误差：${error}。`,
  soundMaps:
    "每张图叠在一段录音的频谱上：时间从左到右，低频在下。去掉橙色的格子，概率或数值会更低；去掉蓝色的格子，会更高。",
  columnsTitle: "预测取决于哪些列",
  leftOut: (why: Markup): Markup => html`有些样本没有解释：${why}。`,
};
