import type { Verdict } from "../core/events/events.js";
import { wordsInRun } from "../core/messages/metric-en.js";
import { baselineNames } from "../core/results/baseline-names.js";
import { capital, testScore, type VerdictContext } from "./metric-words.js";

type Facts = Omit<Verdict, "words">;

/** "TF-IDF with logistic regression (80.7 % of the test texts right), which needs no pretrained model and took 0.2 s" */
export function rivalWords({ ahead, against }: Facts, context: VerdictContext): string {
  const { name, value, seconds = 0 } = ahead!;
  const took = seconds < 0.05 ? [] : [`took ${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`];
  const facts = [...(against === undefined ? ["needs no pretrained model"] : []), ...took];
  const score = value === undefined ? "" : ` (${testScore(value, context)})`;
  return `${name}${score}${facts.length > 0 ? `, which ${facts.join(" and ")}` : ""}`;
}

/** Returns the sentences about the baselines; none without baselines. */
export function baselineWords(v: Facts, context: VerdictContext): string[] {
  const probe = probeWords(v, context);
  return [probe, bestWords(v, context, probe !== ""), leftOutWords(v)].filter((text) => text !== "");
}

/** Says that training more than the head did not help, if the difference shows it. */
function probeWords({ probe, margin }: Facts, context: VerdictContext): string {
  if (probe === undefined) return "";
  const { amount, signed } = wordsInRun(context.metric);
  const name = `${capital(baselineNames.probe)}, which trains only the head,`;
  const { finding, ci90, ci95, gain } = probe;
  if (finding === "equivalent" && ci90)
    return `${name} is as good within ${amount(margin)}: ${testScore(probe.value, context)} (90 % confidence interval of the difference ${signed(ci90[0])} to ${signed(ci90[1])}).`;
  if (finding === "worse" && ci95)
    return `${name} is better by ${amount(-gain)}: ${testScore(probe.value, context)} (95 % confidence interval of the difference ${signed(-ci95[1])} to ${signed(-ci95[0])}). Use --strategy probe.`;
  return "";
}

/** Names the best baseline with its score, unless an earlier sentence has done so. */
function bestWords(v: Facts, context: VerdictContext, probeMentioned: boolean): string {
  const { best_baseline: best, kind, ahead } = v;
  if (best === undefined) return "";
  const scratchMentioned = kind === "better" || kind === "worse" || kind === "scratch not learnt";
  const aheadMentioned = kind === "baseline better" || kind === "baseline ahead" || kind === "one training";
  if (best.name === context.names.b && scratchMentioned) return "";
  if (best.name === ahead?.name && aheadMentioned) return "";
  if (best.name === baselineNames.probe && probeMentioned) return "";
  return `Best baseline by validation: ${best.name}, ${testScore(best.value, context)}.`;
}

const leftOutWords = ({ left_out: names = [] }: Facts): string =>
  names.length === 0 ? "" : `Not compared, because its scores are no finite numbers: ${names.join(", ")}.`;
