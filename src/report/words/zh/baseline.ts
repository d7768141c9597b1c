/** 中文：结论中关于各基线的句子。 */

import type { Verdict } from "../../../core/events/events.js";
import { type BaselineName, baselineNames } from "../../../core/results/baseline-names.js";
import type { ScoreName } from "../../../core/results/metric.js";
import { measuredZh } from "./metrics.js";

/** 各基线的名称。 */
const names: Readonly<Record<BaselineName, string>> = {
  "always the most frequent class": "总是回答最常见的类别",
  "always the most frequent labels": "总是回答最常见的标签",
  "always the most frequent transcript": "总是回答最常见的文本",
  "always the mean": "总是回答平均值",
  "logistic regression on pixels": "像素上的逻辑回归",
  "logistic regression on log-mel statistics": "对数梅尔统计量上的逻辑回归",
  "ridge regression on log-mel statistics": "对数梅尔统计量上的岭回归",
  "ridge regression on pixels": "像素上的岭回归",
  "the same boxes in every picture": "每张图像都给出同样的框",
  "logistic regression on colours": "颜色上的逻辑回归",
  "a grey threshold for each picture (Otsu)": "每张图像一个灰度阈值（Otsu）",
  "TF-IDF with logistic regression": "TF-IDF 加逻辑回归",
  "the word look-up table": "查词表",
  "logistic regression": "逻辑回归",
  "ridge regression": "岭回归",
  "gradient-boosted trees": "梯度提升树",
  "the network": "神经网络",
  "the linear probe": "线性探针",
  "logistic regression on frozen features and TF-IDF": "冻结的特征加 TF-IDF 的逻辑回归",
  "from scratch": "从头训练",
};

export const baselineZh = (name: string): string => (names as Readonly<Record<string, string>>)[name] ?? name;

/** “TF-IDF 加逻辑回归（准确率 80.7 %）不需要预训练模型，只用了 0.2 秒” */
export function rivalZh(
  { name, value, seconds = 0 }: NonNullable<Verdict["ahead"]>,
  metric: ScoreName,
  against?: string,
) {
  const score = value === undefined ? "" : `（${measuredZh(metric).scored(value)}）`;
  const took = seconds < 0.05 ? "" : `，只用了 ${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} 秒`;
  return `${baselineZh(name)}${score}${against === undefined ? "不需要预训练模型" : ""}${took}`;
}

/** 结论之后关于基线的句子；没有基线时为空。 */
export function baselinesZh(v: Verdict, metric: ScoreName): string {
  const probe = probeZh(v, metric);
  return `${probe}${bestZh(v, metric, probe !== "")}${leftOutZh(v)}`;
}

function probeZh({ probe, margin }: Verdict, metric: ScoreName): string {
  if (probe === undefined) return "";
  const { finding, ci90, ci95, gain, value } = probe;
  const { amount, scored, signed } = measuredZh(metric);
  const score = scored(value);
  if (finding === "equivalent" && ci90)
    return `只训练分类头的线性探针在 ${amount(margin)}之内同样好：${score}（差别的 90 % 置信区间 ${signed(ci90[0])} 至 ${signed(ci90[1])}）。`;
  if (finding === "worse" && ci95)
    return `只训练分类头的线性探针更好，高 ${amount(-gain)}：${score}（差别的 95 % 置信区间 ${signed(-ci95[1])} 至 ${signed(-ci95[0])}）。请使用 --strategy probe。`;
  return "";
}

function bestZh(
  { best_baseline: best, kind, ahead }: Verdict,
  metric: ScoreName,
  probeTold: boolean,
): string {
  if (best === undefined) return "";
  const aheadTold = kind === "baseline better" || kind === "baseline ahead" || kind === "one training";
  if (best.name === ahead?.name && aheadTold) return "";
  if (best.name === baselineNames.probe && probeTold) return "";
  return `按验证集最好的基线：${baselineZh(best.name)}，${measuredZh(metric).scored(best.value)}。`;
}

const leftOutZh = ({ left_out: left = [] }: Verdict): string =>
  left.length === 0 ? "" : `没有比较的基线（分数不是有限的数）：${left.map(baselineZh).join("、")}。`;
