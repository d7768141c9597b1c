/** 中文：多次训练并列的句子。 */

import type { ScoreName } from "../../../core/results/metric.js";
import type { RunsReport, SideDifference, SideSentence } from "../../../core/results/side-by-side.js";
import { fewestGroups } from "../../../statistics/index.js";
import { decimal } from "../../charts/numbers.js";
import { comparedZh } from "./metrics.js";

export const differenceZh = (one: SideDifference, label: string, { metric }: RunsReport): string =>
  one.sentences.map((sentence) => rows[sentence]({ one, label, metric })).join("");

/** 两个模型的差别，从 label 一方来看。 */
interface ModelFacts {
  readonly one: SideDifference;
  readonly label: string;
  readonly metric: ScoreName;
}

/** “准确率相差 +2.5 个百分点（95 % 置信区间 …，相同的 40 个测试样本）” */
function apart({ one, metric }: ModelFacts): string {
  const { gain, ci95, p_adjusted: p, comparisons, n } = one;
  const { name, unit, signed } = comparedZh(metric);
  const corrected = comparisons > 1 ? `（按 ${comparisons} 次比较校正）` : "";
  const between = ci95
    ? `95 % 置信区间 ${signed(ci95[0])} 至 ${signed(ci95[1])}，p ${p < 0.001 ? "小于 0.001" : `= ${decimal(p)}`}${corrected}，`
    : "";
  const amount = gain === 0 ? `${name}相同` : `${name}相差 ${signed(gain)}${unit}`;
  return `${amount}（${between}相同的 ${n} 个测试样本）`;
}

const rows: Readonly<Record<SideSentence, (facts: ModelFacts) => string>> = {
  better: (facts) => `${facts.label} 好于 ${facts.one.to}：${apart(facts)}。`,
  worse: (facts) => `${facts.label} 差于 ${facts.one.to}：${apart(facts)}。`,
  same: (facts) =>
    `${facts.label} 与 ${facts.one.to} 的差别不超过 ${comparedZh(facts.metric).amount(facts.one.margin)}：${apart(facts)}。`,
  undecided: (facts) => `未能分出高下：${facts.label} 与 ${facts.one.to} 相比，${apart(facts)}。`,
  "few groups": ({ one }) =>
    `样本只来自 ${one.few_groups} 个组：太少，无法给出区间，至少需要 ${fewestGroups} 个组。`,
  "two models": () => "这里比较的是两个模型：再训练一次，名次可能不同。",
};
