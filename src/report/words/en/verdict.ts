/** English sentences of the verdict. */
import type { Interval, Verdict } from "../../../core/events/events.js";
import { savedTime } from "../../../core/results/baseline.js";
import { metrics, type ScoreName } from "../../../core/results/metric.js";
import { integer } from "../../charts/numbers.js";
import { formatInRun } from "../../charts/score-format.js";

/** Subject of a verdict: transfer, the teacher of a distillation, or a network that several tasks share. */
export type VerdictSubject = "transfer" | "teacher" | "alone";

const subjects: Readonly<Record<VerdictSubject, readonly [subject: string, other: string]>> = {
  transfer: ["transfer", "from scratch"],
  teacher: ["the teacher", "without the teacher"],
  alone: ["the shared network", "with a network of its own"],
};

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const unitOf = (metric: ScoreName): string => (metrics[metric].sentenceScale === "share" ? " points" : "");

/** "11.3 points", "0.113" */
const amount = (value: number, metric: ScoreName): string =>
  `${formatInRun(metric).half(Math.abs(value))}${unitOf(metric)}`;

function range([low, high]: Interval, metric: ScoreName): string {
  const { gain } = formatInRun(metric);
  return `${gain(low)} to ${gain(high)}`;
}

/** "accuracy is 11.3 points higher than from scratch" */
function difference(v: Verdict, metric: ScoreName, other: string): string {
  const { name } = metrics[metric];
  if (v.gain === 0) return `${name} is the same as ${other}`;
  return `${name} is ${amount(v.gain, metric)} ${v.gain > 0 ? "higher" : "lower"} than ${other}`;
}

/** Returns the verdict in one sentence: the decision and its main number. */
function line(v: Verdict, metric: ScoreName, topic: VerdictSubject): string {
  const { name } = metrics[metric];
  const named = subjects[topic];
  const subject = v.against === undefined ? named[0] : "this model";
  const other = v.against === undefined ? named[1] : `with ${v.against}`;
  const by = difference(v, metric, other);
  const interval = v.ci95 ? ` (95 % confidence interval ${range(v.ci95, metric)})` : "";
  const rival = v.ahead && `${v.ahead.name} is ${amount(v.ahead.gain, metric)}`;
  const trained = `training ${named[1]}`;
  const helps = v.against === undefined ? `whether ${subject} helps` : "whether it is better";
  switch (v.kind ?? v.transfer) {
    case "better":
    case "positive":
      return `${capital(subject)} ${v.against === undefined ? "helped" : "is better"}: ${by}${interval}.`;
    case "worse":
    case "negative":
      return `${capital(subject)} ${v.against === undefined ? "hurt" : "is worse"}: ${by}${interval}.`;
    case "equivalent":
    case "neutral":
      return `No difference that matters: ${name} is within ${amount(v.margin, metric)} of the ${name} ${other}.`;
    case "baseline better":
      return `Do not use this model yet: ${rival} better${v.against === undefined ? " without a pretrained model" : ""}.`;
    case "baseline ahead":
      return `Not decided: ${rival} ahead of this model, which can be chance.`;
    case "scratch not learnt":
      return savedTime(v)
        ? `${capital(subject)} saved training time; how much it helps in the end is not known.`
        : `How much ${subject} helped is not known: ${trained} learnt nothing in ${integer(v.scratch_steps ?? 0)} steps.`;
    case "scratch improving":
      return savedTime(v)
        ? `${capital(subject)} saved training time: ${by}, which was still improving.`
        : `How much ${subject} helped is not known: ${trained} was still improving at its last step.`;
    case "one training":
      return `Not decided: ${by}, but ${v.seeds === 1 ? "one training" : `${v.seeds} trainings`} of each cannot tell ${helps}.`;
    case "no interval":
      return noInterval(v, by, subject, other);
    default:
      return v.ci95
        ? `Not decided: ${by}, but any difference from ${range(v.ci95, metric)}${unitOf(metric)} fits the data (95 % confidence interval).`
        : `Not decided: ${by}, which can be chance.`;
  }
}

function noInterval({ why }: Verdict, by: string, subject: string, other: string): string {
  if (why === "undefined") return "Not decided: R² is not defined, because all true values are equal.";
  if (why === "identical")
    return `${capital(subject)} and ${other.replace(/^with /, "")} score the same on every test sample.`;
  if (why === "no variance") return `Not decided: ${by}, by the same amount on every test sample.`;
  if (why === "few groups")
    return `Not decided: ${by}, on test samples of too few groups for a confidence interval.`;
  return `Not decided: ${by}, on too few test samples for a confidence interval.`;
}

export const verdictEn = {
  line,
  /** The whole verdict. Its English text is part of the result. */
  full: (v: Verdict, _metric: ScoreName, _judged: VerdictSubject): string => v.words,
  amount,
  range,
};
