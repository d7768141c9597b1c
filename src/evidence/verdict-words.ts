import type { Interval, Verdict } from "../core/events/events.js";
import { wordsInRun } from "../core/messages/metric-en.js";
import { type Effort, savedTime } from "../core/results/baseline.js";
import { baselineWords, rivalWords } from "./baseline-words.js";
import { capital, testScore, type VerdictContext } from "./metric-words.js";

/** Returns the decision, the numbers, and for an open question the study that would answer it. */
export function verdictWords(v: Omit<Verdict, "words">, context: VerdictContext): string {
  return [
    lead(context.few, v.items ?? 0, context.items),
    sentenceOf(v, context),
    scratchWords(v, context),
    ...baselineWords(v, context),
  ]
    .filter((text) => text !== "")
    .join(" ");
}

function sentenceOf(v: Omit<Verdict, "words">, context: VerdictContext): string {
  const { names, metric } = context;
  const { amount } = wordsInRun(metric);
  const by = amount(Math.abs(v.gain));
  switch (v.kind) {
    case "better":
      return `${capital(names.a)} ${v.against === undefined ? "helped" : "is better"}. ${sides(v, context)}: ${by} more${range(v, context)}.`;
    case "worse":
      return `${capital(names.a)} ${v.against === undefined ? "hurt" : "is worse"}. ${sides(v, context)}: ${by} less${range(v, context)}.`;
    case "equivalent":
      return `No difference larger than ${amount(v.margin)} between ${names.a} and ${names.b} (${equivalence(context)}${counts(v, context)}).`;
    case "baseline better":
      return `Do not use this model yet: ${rivalWords(v, context)}, is ${amount(v.ahead!.gain)} better${rangeOf(v.ahead!.ci95, v, context)}. ${gainOverScratch(v, context)}${v.seeds === 1 ? ` ${otherTrainings(v, context)}` : ""}`;
    case "baseline ahead":
      return `${capital(names.a)} beats ${names.b} by ${by}${range(v, context)}, but ${rivalWords(v, context)}, is ${amount(v.ahead!.gain)} ahead. Chance can explain that lead.`;
    case "scratch not learnt":
      return scratchNotLearnt(v, context);
    case "scratch improving":
      return scratchImproving(v, context);
    case "one training":
      return oneTraining(v, context);
    case "no interval":
      return noInterval(v, context);
    default:
      return `Not told apart: ${position(v, context)}${undecidedRange(v, context)}.${neededWords(v, context)}`;
  }
}

/** "Right: transfer 73.3 % of the test pictures, from scratch 62.0 %" */
function sides({ values }: Omit<Verdict, "words">, context: VerdictContext): string {
  const { names } = context;
  const { a, b } = values!;
  return `${capital(names.a)}: ${testScore(a, context)}; ${names.b}: ${testScore(b, context)}`;
}

function scratchNotLearnt(v: Omit<Verdict, "words">, context: VerdictContext): string {
  const { metric, names } = context;
  const { a, b } = v.values!;
  const { transfer, scratch } = v.effort ?? {};
  if (savedTime(v)) {
    const saved =
      v.seeds === 1
        ? `In this one training, ${names.a} saved time`
        : `${capital(names.a)} saves training time`;
    const nothing =
      metric === "accuracy" ? "was no better than always the most frequent class" : "had learnt nothing";
    return `${saved}: ${testScore(a, context)}${after(transfer)}. Training ${names.b} ${nothing}${after(scratch)}: ${testScore(b, context)}. How much ${names.a} helps in the end is not known: --scratch-steps gives training ${names.b} more.`;
  }
  const than = metric === "accuracy" ? ", no better than always the most frequent class" : "";
  return `How much ${names.a} helped is not known. ${capital(names.a)}: ${testScore(a, context)}. Training ${names.b} learnt nothing in its ${steps(v.scratch_steps)}: ${testScore(b, context)}${than}. Give it more steps with --scratch-steps.`;
}

const after = (effort: Effort | undefined): string =>
  effort ? ` after ${steps(effort.steps)} (${seconds(effort.seconds)})` : "";

/** Transfer is better in equal or less time. The final result from scratch is unknown. */
function scratchImproving(v: Omit<Verdict, "words">, context: VerdictContext): string {
  const { metric, names } = context;
  const { amount } = wordsInRun(metric);
  const { transfer, scratch } = v.effort ?? {};
  const lead = savedTime(v)
    ? `${capital(names.a)} saves training time.`
    : `How much ${names.a} helped is not known.`;
  const { a, b } = v.values!;
  return `${lead} ${capital(names.a)}: ${testScore(a, context)}${after(transfer)}; ${names.b}: ${testScore(b, context)}${after(scratch)}, still improving: ${amount(v.gain)} more${range(v, context)}. More steps ${names.b} (--scratch-steps) would make the gain smaller.`;
}

/** Says how long the training from scratch took, or that it was cut short. */
function scratchWords(
  { kind, scratch_ended: ended, ...v }: Omit<Verdict, "words">,
  context: VerdictContext,
): string {
  if (kind === "scratch not learnt" || kind === "scratch improving" || ended === undefined) return "";
  const { names } = context;
  if (ended === "budget")
    return `Training ${names.b} was still improving when its ${steps(v.scratch_steps)} were up.`;
  if (ended === "diverged" || kind !== "better" || !v.effort) return "";
  const { transfer, scratch } = v.effort;
  const own = transfer ? `${capital(names.a)} took ${steps(transfer.steps)}, ` : "Training ";
  return `${own}${names.b} ${transfer ? "" : "took "}${steps(scratch.steps)} until it stopped improving.`;
}

const steps = (n = 0): string => `${n.toLocaleString("en-US")} step${n === 1 ? "" : "s"}`;
const seconds = (n: number): string => (n < 9.95 ? `${n.toFixed(1)} s` : `${Math.round(n)} s`);

const seedsWords = (n: number): string => (n === 1 ? "1 training each" : `${n} trainings each`);

function counts({ seeds, items, groups }: Omit<Verdict, "words">, context: VerdictContext): string {
  const of = groups === undefined ? "" : ` of ${groups} groups`;
  return `; ${seedsWords(seeds)}, ${items} test ${context.items}${of}`;
}

function range(v: Omit<Verdict, "words">, context: VerdictContext): string {
  return rangeOf(v.ci95, v, context);
}

function rangeOf(ci95: Interval | null, v: Omit<Verdict, "words">, context: VerdictContext): string {
  if (ci95 === null) return "";
  const { signed: written } = wordsInRun(context.metric);
  return ` (95 % confidence interval ${written(ci95[0])} to ${written(ci95[1])}${counts(v, context)})`;
}

function equivalence({ metric, interval90 }: VerdictContext): string {
  const { signed: written } = wordsInRun(metric);
  return interval90 === null
    ? "no difference at all"
    : `90 % confidence interval ${written(interval90[0])} to ${written(interval90[1])}`;
}

function gainOverScratch(v: Omit<Verdict, "words">, { names, metric }: VerdictContext): string {
  const by = wordsInRun(metric).amount(Math.abs(v.gain));
  if (v.scratch_learnt === false)
    return `Training ${names.b} learnt nothing in its ${v.scratch_steps} steps.`;
  const other = v.against ?? `the same network ${names.b}`;
  return v.gain > 0
    ? `${capital(names.a)} is ahead only of ${other}, by ${by}.`
    : `${capital(names.a)} is not ahead of ${other} either.`;
}

function position({ gain }: Omit<Verdict, "words">, { names, metric }: VerdictContext): string {
  if (gain === 0) return `${names.a} and ${names.b} score the same`;
  return `${names.a} is ${wordsInRun(metric).amount(Math.abs(gain))} ${gain > 0 ? "ahead" : "behind"}`;
}

function undecidedRange(v: Omit<Verdict, "words">, context: VerdictContext): string {
  if (v.ci95 === null) return "";
  const { amount } = wordsInRun(context.metric);
  const [low, high] = v.ci95;
  const end = (value: number): string => `${amount(Math.abs(value))} ${value < 0 ? "behind" : "ahead"}`;
  return `, but anything from ${end(low)} to ${end(high)} fits the data (95 % confidence interval${counts(v, context)})`;
}

/** Returns the sentence on the study that would show a relevant gain with 80 % power. */
function neededWords({ needed, seeds }: Omit<Verdict, "words">, { metric, items }: VerdictContext): string {
  if (needed?.worth === undefined) return "";
  const gain = wordsInRun(metric).amount(needed.worth);
  const ways = [
    ...(needed.seeds === null ? [] : [`${needed.seeds} trainings of each on the same test ${items}`]),
    ...(needed.items === null
      ? []
      : [`${needed.items.toLocaleString("en-US")} test ${items} with ${seeds} trainings of each`]),
  ];
  return ways.length === 0
    ? ` A gain of ${gain} is not within reach here: choose by cost.`
    : ` About ${ways.join(", or ")}, would show a gain of ${gain} four times in five.`;
}

function oneTraining(v: Omit<Verdict, "words">, context: VerdictContext): string {
  const { names, metric } = context;
  const by = wordsInRun(metric).amount(Math.abs(v.gain));
  const training = v.seeds === 1 ? "In this one training" : `In these ${v.seeds} trainings`;
  const how =
    v.gain === 0
      ? `${names.a} and ${names.b} score the same`
      : `${names.a} is ${by} ${v.gain > 0 ? "ahead of" : "behind"} ${names.b}`;
  const baseline = v.ahead
    ? ` ${capital(rivalWords(v, context))}, is ${wordsInRun(metric).amount(v.ahead.gain)} ahead of ${names.a}.`
    : "";
  return `${training}, ${how}${range(v, context)}.${baseline} ${otherTrainings(v, context)}`;
}

function otherTrainings({ against }: Omit<Verdict, "words">, { names, repeatable }: VerdictContext): string {
  const what = `whether ${names.a} ${against === undefined ? "helps" : "is better"}`;
  return repeatable
    ? `Other trainings could differ: --seeds 3 tells ${what}.`
    : `Other trainings could differ, so this does not tell ${what}.`;
}

function noInterval(v: Omit<Verdict, "words">, context: VerdictContext): string {
  const what = position(v, context);
  if (v.why === "few groups")
    return `Not told apart: ${what}. The test ${context.items} are of ${v.groups} group${v.groups === 1 ? "" : "s"}: too few for a confidence interval.`;
  if (v.why === "identical")
    return `${capital(context.names.a)} and ${context.names.b} score the same on every one of the ${v.items} test ${context.items}: ${testScore(v.values!.a, context)}.`;
  if (v.why === "undefined")
    return `R² is not defined here: the true values of the ${v.items} test ${context.items} are all equal. Put ${context.items} with other values into the test set.`;
  if (v.why === "no variance")
    return `Not told apart: ${what}, by the same amount on every one of the ${v.items} test ${context.items}. That leaves nothing to estimate a confidence interval from.`;
  return `Not told apart: ${what}, on ${v.items} test ${itemsOf(v.items ?? 0, context.items)}.`;
}

/** "texts", of one: "text" */
const itemsOf = (n: number, items: string): string => (n === 1 ? items.replace(/s$/, "") : items);

function lead(few: VerdictContext["few"], samples: number, items: string): string {
  if (few === undefined) return "";
  if (few === "all") return `Only ${samples} test ${itemsOf(samples, items)}: nothing can be compared.`;
  return few.items === 0
    ? `No test sample of class "${few.name}": nothing can be said of it.`
    : `Only ${few.items} test sample${few.items === 1 ? "" : "s"} of class "${few.name}": little can be said of it.`;
}
