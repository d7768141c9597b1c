/** English sentences of the verdict. */
import type { Verdict, VerdictDecision, VerdictSubject } from "../../../core/events/run-outcome.js";
import { metrics, type ScoreName } from "../../../core/results/metric.js";
import type { Interval } from "../../../core/results/task.js";
import { integer } from "../../charts/numbers.js";
import { formatInRun } from "../../charts/score-format.js";

const subjects: Readonly<
  Record<Exclude<VerdictSubject, "model">, readonly [subject: string, other: string]>
> = {
  transfer: ["transfer", "from scratch"],
  teacher: ["the teacher", "without the teacher"],
  together: ["the shared network", "with a network of its own"],
};

const sidesOf = ({ subject, against = "" }: Verdict): readonly [subject: string, other: string] =>
  subject === "model" ? ["this model", `with ${against}`] : subjects[subject];

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
function difference(v: Verdict): string {
  const { name } = metrics[v.metric];
  const [, other] = sidesOf(v);
  if (v.gain === 0) return `${name} is the same as ${other}`;
  return `${name} is ${amount(v.gain, v.metric)} ${v.gain > 0 ? "higher" : "lower"} than ${other}`;
}

const interval = ({ ci95, metric }: Verdict): string =>
  ci95 ? ` (95 % confidence interval ${range(ci95, metric)})` : "";

/** "TF-IDF with logistic regression is 3.1 points" */
const rival = ({ ahead, metric }: Verdict): string => `${ahead!.name} is ${amount(ahead!.gain, metric)}`;

const isModel = ({ subject }: Verdict): boolean => subject === "model";

/** The verdict in one sentence: the decision and its main number. */
const rows: Readonly<Record<VerdictDecision, (v: Verdict) => string>> = {
  better: (v) => `${sidesOf(v)[0]} ${isModel(v) ? "is better" : "helped"}: ${difference(v)}${interval(v)}.`,
  worse: (v) => `${sidesOf(v)[0]} ${isModel(v) ? "is worse" : "hurt"}: ${difference(v)}${interval(v)}.`,
  equivalent: (v) => {
    const { name } = metrics[v.metric];
    return `No difference that matters: ${name} is within ${amount(v.margin, v.metric)} of the ${name} ${sidesOf(v)[1]}.`;
  },
  undecided: (v) =>
    `Not decided: ${difference(v)}, but any difference from ${range(v.ci95!, v.metric)}${unitOf(v.metric)} fits the data (95 % confidence interval).`,
  "baseline better": (v) =>
    `Do not use this model yet: ${rival(v)} better${isModel(v) ? "" : " without a pretrained model"}.`,
  "baseline ahead": (v) => `Not decided: ${rival(v)} ahead of this model, which can be chance.`,
  "nothing learnt": (v) =>
    `How much ${sidesOf(v)[0]} helped is not known: training ${sidesOf(v)[1]} learnt nothing in ${integer(v.scratch_steps!)} steps.`,
  "nothing learnt, saved time": (v) =>
    `${sidesOf(v)[0]} saved training time; how much it helps in the end is not known.`,
  "neither learnt": (v) =>
    `Whether ${sidesOf(v)[0]} helps is not known: neither training is better than always the most frequent class.`,
  improving: (v) =>
    `How much ${sidesOf(v)[0]} helped is not known: training ${sidesOf(v)[1]} was still improving at its last step.`,
  "improving, saved time": (v) =>
    `${sidesOf(v)[0]} saved training time: ${difference(v)}, which was still improving.`,
  "one training": (v) =>
    `Not decided: ${difference(v)}, but ${v.seeds === 1 ? "one training" : `${v.seeds} trainings`} of each cannot tell whether ${isModel(v) ? "it is better" : `${sidesOf(v)[0]} helps`}.`,
  "few samples": (v) => `Not decided: ${difference(v)}, on too few test samples for a confidence interval.`,
  "few groups": (v) =>
    `Not decided: ${difference(v)}, on test samples of too few groups for a confidence interval.`,
  identical: (v) =>
    v.subject === "teacher"
      ? "With and without the teacher, the student scores the same on every test sample."
      : `${sidesOf(v)[0]} and ${sidesOf(v)[1].replace(/^with /, "")} score the same on every test sample.`,
  "no variance": (v) => `Not decided: ${difference(v)}, by the same amount on every test sample.`,
  untrained: () => "Not decided: no epoch improved on the start, so both are the network before training.",
  undefined: () => "Not decided: R² is not defined, because all true values are equal.",
};

export const verdictEn = {
  heading: { transfer: "Verdict", teacher: "Verdict on the teacher", together: "Verdict", model: "Verdict" },
  transfer: {
    positive: "transfer helped",
    neutral: "transfer made no difference that matters",
    negative: "transfer hurt",
    inconclusive: "not decided",
  } satisfies Record<Verdict["transfer"], string>,
  line: (v: Verdict): string => capital(rows[v.decision](v)),
  /** The whole verdict. Its English text is part of the result. */
  full: (v: Verdict): string => v.words,
  /** The gain with its interval; "" if it has none. */
  gain: ({ gain, ci95, metric }: Verdict): string =>
    ci95 ? `Gain ${formatInRun(metric).gain(gain)}, 95 % confidence interval ${range(ci95, metric)} · ` : "",
  amount,
};
