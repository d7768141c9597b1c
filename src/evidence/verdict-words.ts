// English sentences of a verdict.
import type { Verdict, VerdictSentence, VerdictSubject } from "../core/events/run-outcome.js";
import { counted, thousands } from "../core/messages/counted.js";
import { wordsInRun } from "../core/messages/metric-en.js";
import type { Effort } from "../core/results/baseline.js";
import type { Interval } from "../core/results/task.js";

type Facts = Omit<Verdict, "words">;

/** Names of what is judged, and of what it is compared with. */
interface Sides {
  readonly a: string;
  readonly b: string;
}

const sides: Readonly<Record<Exclude<VerdictSubject, "model">, Sides>> = {
  transfer: { a: "transfer", b: "from scratch" },
  teacher: { a: "the teacher", b: "the same student without it" },
  together: { a: "training together", b: "a model for this task alone" },
};

/** Returns what is judged, and what it is compared with. */
export const sidesOf = ({ subject, against = "" }: Pick<Verdict, "subject" | "against">): Sides =>
  subject === "model" ? { a: "this model", b: against } : sides[subject];

/** "transfer" as "Transfer". */
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Returns the names of the two trainings. */
const trainingsOf = (v: Facts): Sides =>
  v.subject === "teacher" ? { a: "the student with the teacher", b: "the student without it" } : sidesOf(v);

/** Returns the decision, the numbers, and for an open question the study that would answer it. */
export const verdictWords = (v: Facts): string =>
  v.sentences.map((sentence) => capital(rows[sentence](v))).join(" ");

const amountOf = (gain: number, { metric }: Facts): string => wordsInRun(metric).amount(Math.abs(gain));
const signed = (gain: number, { metric }: Facts): string => wordsInRun(metric).signed(gain);

/** "73.3 % of the test pictures right", "R² 0.640" */
function scored(score: number, { metric, samples }: Facts): string {
  const text = wordsInRun(metric).named(score);
  return metric === "accuracy" ? `${text} of the test ${samples} right` : text;
}

/** "Right: transfer 73.3 % of the test pictures, from scratch 62.0 %" */
function both(v: Facts): string {
  const { a, b } = sidesOf(v);
  return `${capital(a)}: ${scored(v.values.a, v)}; ${b}: ${scored(v.values.b, v)}`;
}

const stepsOf = (n = 0): string => counted(n, "step");
const secondsOf = (n: number): string => (n < 9.95 ? `${n.toFixed(1)} s` : `${Math.round(n)} s`);
const after = (effort: Effort | undefined): string =>
  effort ? ` after ${stepsOf(effort.steps)} (${secondsOf(effort.seconds)})` : "";

const testSamples = ({ items, samples }: Facts): string =>
  `${items} test ${items === 1 ? samples.replace(/s$/, "") : samples}`;

/** "; 3 trainings each, 300 test texts of 20 groups" */
function counts(v: Facts): string {
  const of = v.groups === undefined ? "" : ` of ${v.groups} groups`;
  return `; ${counted(v.seeds, "training")} each, ${v.items} test ${v.samples}${of}`;
}

const intervalOf = (ci95: Interval | null, v: Facts): string =>
  ci95 ? ` (95 % confidence interval ${signed(ci95[0], v)} to ${signed(ci95[1], v)}${counts(v)})` : "";

/** "transfer is 11.3 points ahead" */
function position(v: Facts): string {
  const { a, b } = sidesOf(v);
  return v.gain === 0 ? `${a} and ${b} score the same` : `${a} is ${lead(v.gain, v)}`;
}

const lead = (gain: number, v: Facts): string => `${amountOf(gain, v)} ${gain < 0 ? "behind" : "ahead"}`;

/** "TF-IDF with logistic regression (80.7 % of the test texts right), which needs no pretrained model and took 0.2 s" */
function rival(v: Facts): string {
  const { name, value, seconds = 0 } = v.ahead!;
  const took = seconds < 0.05 ? [] : [`took ${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`];
  const facts = [
    ...(v.subject === "model" && !v.without_scratch ? [] : ["needs no pretrained model"]),
    ...took,
  ];
  return `${name} (${scored(value, v)})${facts.length > 0 ? `, which ${facts.join(" and ")},` : ""}`;
}

/** "whether transfer helps" */
const question = (v: Facts): string =>
  `whether ${sidesOf(v).a} ${v.subject === "model" ? "is better" : "helps"}`;

const noBetter = "no better than always the most frequent class";

const rows: Readonly<Record<VerdictSentence, (v: Facts) => string>> = {
  "nothing comparable": (v) => `Only ${testSamples(v)}: nothing can be compared.`,
  "class without samples": ({ few }) => `No test sample of class "${few!.name}": nothing can be said of it.`,
  "class with few samples": ({ few }) =>
    `Only ${counted(few!.items, "test sample")} of class "${few!.name}": little can be said of it.`,

  better: (v) =>
    `${sidesOf(v).a} ${v.subject === "model" ? "is better" : "helped"}. ${both(v)}: ${amountOf(v.gain, v)} more${intervalOf(v.ci95, v)}.`,
  worse: (v) =>
    `${sidesOf(v).a} ${v.subject === "model" ? "is worse" : "hurt"}. ${both(v)}: ${amountOf(v.gain, v)} less${intervalOf(v.ci95, v)}.`,
  equivalent: (v) => {
    const { a, b } = sidesOf(v);
    const [low, high] = v.ci90!;
    return `No difference larger than ${amountOf(v.margin, v)} between ${a} and ${b} (90 % confidence interval ${signed(low, v)} to ${signed(high, v)}${counts(v)}).`;
  },
  undecided: (v) => {
    const [low, high] = v.ci95!;
    return `Not told apart: ${position(v)}, but anything from ${lead(low, v)} to ${lead(high, v)} fits the data (95 % confidence interval${counts(v)}).`;
  },
  study: (v) => {
    const { worth, seeds, items } = v.needed!;
    const ways = [
      ...(seeds === null ? [] : [`${seeds} trainings of each on the same test ${v.samples}`]),
      ...(items === null ? [] : [`${thousands(items)} test ${v.samples} with ${v.seeds} trainings of each`]),
    ];
    return `About ${ways.join(", or ")}, would show a gain of ${amountOf(worth, v)} four times in five.`;
  },
  "out of reach": (v) =>
    `A gain of ${amountOf(v.needed!.worth, v)} is not within reach here: choose by cost.`,

  "baseline better": (v) =>
    `Do not use this model yet: ${rival(v)} is ${amountOf(v.ahead!.gain, v)} better${intervalOf(v.ahead!.ci95, v)}.`,
  "it learnt nothing": (v) => `Training ${sidesOf(v).b} learnt nothing in its ${v.scratch_steps} steps.`,
  "ahead only of it": (v) =>
    `${sidesOf(v).a} is ahead only of ${v.against ?? `the same network ${sidesOf(v).b}`}, by ${amountOf(v.gain, v)}.`,
  "not ahead of it": (v) =>
    `${sidesOf(v).a} is not ahead of ${v.against ?? `the same network ${sidesOf(v).b}`} either.`,
  "baseline ahead": (v) =>
    `${sidesOf(v).a} beats ${sidesOf(v).b} by ${amountOf(v.gain, v)}${intervalOf(v.ci95, v)}, but ${rival(v)} is ${amountOf(v.ahead!.gain, v)} ahead. Chance can explain that lead.`,

  "nothing learnt": (v) => {
    const { a, b } = sidesOf(v);
    return `How much ${a} helped is not known. ${capital(a)}: ${scored(v.values.a, v)}. Training ${b} learnt nothing in its ${stepsOf(v.scratch_steps)}: ${scored(v.values.b, v)}${v.metric === "accuracy" ? `, ${noBetter}` : ""}. Give it more steps with --scratch-steps.`;
  },
  "nothing learnt, saved time": (v) => {
    const { a, b } = sidesOf(v);
    const saved =
      v.seeds === 1 ? `In this one training, ${a} saved time` : `${capital(a)} saves training time`;
    const nothing = v.metric === "accuracy" ? `was ${noBetter}` : "had learnt nothing";
    return `${saved}: ${scored(v.values.a, v)}${after(v.effort?.transfer)}. Training ${b} ${nothing}${after(v.effort?.scratch)}: ${scored(v.values.b, v)}. How much ${a} helps in the end is not known: --scratch-steps gives training ${b} more.`;
  },
  "neither learnt": (v) => {
    const { a, b } = sidesOf(v);
    return `Whether ${a} helps is not known. ${capital(a)}: ${scored(v.values.a, v)}. ${capital(b)}: ${scored(v.values.b, v)}. Both are ${noBetter}. Train longer: --epochs.`;
  },
  improving: (v) => `How much ${sidesOf(v).a} helped is not known. ${stillImproving(v)}`,
  "improving, saved time": (v) => `${sidesOf(v).a} saves training time. ${stillImproving(v)}`,

  "one training": (v) => {
    const training = v.seeds === 1 ? "In this one training" : `In these ${v.seeds} trainings`;
    const other = v.gain === 0 ? "" : ` ${v.gain > 0 ? "of " : ""}${sidesOf(v).b}`;
    return `${training}, ${position(v)}${other}${intervalOf(v.ci95, v)}.`;
  },
  "rival ahead": (v) => `${rival(v)} is ${amountOf(v.ahead!.gain, v)} ahead of ${sidesOf(v).a}.`,
  "seeds would tell": (v) => `Other trainings could differ: --seeds 3 tells ${question(v)}.`,
  "not known of others": (v) => `Other trainings could differ, so this does not tell ${question(v)}.`,

  "few samples": (v) => `Not told apart: ${position(v)}, on ${testSamples(v)}.`,
  "few groups": (v) =>
    `Not told apart: ${position(v)}. The test ${v.samples} are of ${counted(v.groups ?? 0, "group")}: too few for a confidence interval.`,
  identical: (v) =>
    `${sidesOf(v).a} and ${sidesOf(v).b} score the same on every one of the ${v.items} test ${v.samples}: ${scored(v.values.a, v)}.`,
  "no variance": (v) =>
    `Not told apart: ${position(v)}, by the same amount on every one of the ${v.items} test ${v.samples}. That leaves nothing to estimate a confidence interval from.`,
  untrained: (v) =>
    `No epoch improved on the start of ${trainingsOf(v).a}, nor of ${trainingsOf(v).b}. Both are the same network before training: ${scored(v.values.a, v)}.`,
  "kept start": (v) =>
    `No epoch improved on the start of ${trainingsOf(v)[v.kept_start!]}: it is scored as before training.`,
  undefined: (v) =>
    `R² is not defined here: the true values of the ${v.items} test ${v.samples} are all equal. Put ${v.samples} with other values into the test set.`,

  "scratch cut short": (v) =>
    `Training ${sidesOf(v).b} was still improving when its ${stepsOf(v.scratch_steps)} were up.`,
  "scratch steps": (v) =>
    `Training ${sidesOf(v).b} took ${stepsOf(v.effort?.scratch.steps)} until it stopped improving.`,
  "both steps": (v) =>
    `${sidesOf(v).a} took ${stepsOf(v.effort?.transfer?.steps)}, ${sidesOf(v).b} ${stepsOf(v.effort?.scratch.steps)} until it stopped improving.`,

  "no scratch": () =>
    "Training from scratch was left out (--baselines), so how much transfer helped stays open.",

  "probe as good": (v) => {
    const { value, ci90 } = v.probe!;
    return `${probe} is as good within ${amountOf(v.margin, v)}: ${scored(value, v)} (90 % confidence interval of the difference ${signed(ci90![0], v)} to ${signed(ci90![1], v)}).`;
  },
  "probe better": (v) => {
    const { value, gain, ci95 } = v.probe!;
    return `${probe} is better by ${amountOf(gain, v)}: ${scored(value, v)} (95 % confidence interval of the difference ${signed(-ci95![1], v)} to ${signed(-ci95![0], v)}). Use --strategy probe.`;
  },
  "best baseline": (v) =>
    `Best baseline by validation: ${v.best_baseline!.name}, ${scored(v.best_baseline!.value, v)}.`,
  "left out": ({ left_out: names = [] }) =>
    `Not compared, because its scores are no finite numbers: ${names.join(", ")}.`,
};

const probe = "The linear probe, which trains only the head,";

/** Transfer is better; what training from scratch would come to is not known. */
function stillImproving(v: Facts): string {
  const { a, b } = sidesOf(v);
  return `${capital(a)}: ${scored(v.values.a, v)}${after(v.effort?.transfer)}; ${b}: ${scored(v.values.b, v)}${after(v.effort?.scratch)}, still improving: ${amountOf(v.gain, v)} more${intervalOf(v.ci95, v)}. More steps ${b} (--scratch-steps) would make the gain smaller.`;
}
