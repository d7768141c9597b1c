/** 中文：指标的名称，以及分数和差别的写法。 */
import { type MetricName, metricNames, metrics, type Scale } from "../../../core/results/metric.js";
import { scoreFormats } from "../../charts/score-format.js";
import type { metricsEn } from "../en/metrics.js";

const names = {
  ...metricNames,
  accuracy: "准确率",
  perplexity: "困惑度",
  token_accuracy: "词元正确率",
  word_accuracy: "词正确率",
  wer: "词错误率",
};

export const metricsZh: typeof metricsEn = { names, titles: names };

/** 中文与西文之间留空格：“测试准确率”，“测试 F1”。 */
export const spaced = (before: string, measure: string): string =>
  /^[A-Za-z]/.test(measure) ? `${before} ${measure}` : `${before}${measure}`;

/** 后面接汉字时，西文后留空格：“准确率”，“F1 ”。 */
export const beforeWord = (measure: string): string =>
  /[A-Za-z0-9²]$/.test(measure) ? `${measure} ` : measure;

/** 指标怎样称呼，分数和差别怎样写。 */
export interface MeasuredWords {
  /** 后面可以接汉字。 */
  readonly name: string;
  /** “准确率 72.9 %”，“R² 0.640” */
  readonly scored: (score: number) => string;
  readonly score: (score: number) => string;
  /** 差别：“+11.3”；不带符号，带单位：“11.3 个百分点”。 */
  readonly signed: (difference: number) => string;
  readonly amount: (difference: number) => string;
  readonly unit: string;
}

function measuredAs(metric: MetricName, scale: Scale): MeasuredWords {
  const { score, gain, half } = scoreFormats[scale];
  const unit = scale === "share" ? " 个百分点" : "";
  return {
    name: beforeWord(names[metric]),
    score,
    signed: gain,
    unit,
    scored: (value) => `${names[metric]} ${score(value)}`,
    amount: (difference) => `${half(Math.abs(difference))}${unit}`,
  };
}

/** 一次训练的结论中的写法。 */
export const measuredZh = (metric: MetricName): MeasuredWords =>
  measuredAs(metric, metrics[metric].sentenceScale);

/** 多次训练的比较中的写法，与其表格一致。 */
export const comparedZh = (metric: MetricName): MeasuredWords => measuredAs(metric, metrics[metric].scale);
