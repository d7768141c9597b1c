// English sentences of a comparison.
import { counted } from "../core/messages/counted.js";
import { type MetricWords, wordsInComparison } from "../core/messages/metric-en.js";
import {
  type ComparedRow,
  type ComparisonNote,
  type ComparisonResult,
  type Difference,
  type DifferenceSentence,
  fewestToChooseBy,
  mostSeeds,
  rangeOf,
  scoreOver,
  type WinnerSentence,
} from "../core/results/comparison.js";
import { machinesOf, type OnMachine } from "../core/results/counts.js";
import { choosingMetric, metricNames, type ScoreName } from "../core/results/metric.js";
import type { Scored } from "../core/results/scored.js";
import type { SideDifference, SideSentence } from "../core/results/side-by-side.js";
import { fewestGroups, fewestSamples, fewestSeeds, levelOfRepeatedTest } from "../statistics/index.js";

/** Names the kinds of machine of trainings. */
export function machinesNote(runs: readonly OnMachine[]): string {
  const machines = [...machinesOf(runs)];
  return `The trainings ran on ${machines.length} kinds of machine, so their seconds are not compared: ${machines.map(([machine, n]) => `${machine} (${counted(n, "training")})`).join("; ")}.`;
}

/** A difference without its words. */
export type DifferenceNumbers = Omit<Difference, "words">;

/** A difference, from the side of `label`. */
interface DifferenceFacts {
  readonly one: DifferenceNumbers;
  readonly label: string;
  readonly metric: ScoreName;
}

/** How a metric, its differences, and a difference of 0 are written. */
export interface ComparedWords extends MetricWords {
  /** Words for a difference of exactly 0, and for one of 0 on every sample. */
  readonly even: string;
  readonly equal: string;
}

export function wordsOf(metric: ScoreName): ComparedWords {
  const zero =
    metric === "accuracy"
      ? { even: "as often right as", equal: "are right on the same test samples" }
      : { even: "exactly as good as", equal: "have the same score on every test sample" };
  return { ...wordsInComparison(metric), ...zero };
}

/** Returns the metric of the runs. */
export function metricOf(runs: readonly { readonly scored: Pick<Scored, "metric"> }[]): ScoreName {
  return runs[0]?.scored.metric ?? "accuracy";
}

/** 0.95 as "95 %", 0.99875 as "99.88 %". */
export const percentOf = (level: number): string => `${Number((100 * level).toFixed(2))} %`;

/** Holm's p in a sentence; 1.000 is omitted. */
export const pWords = (p: number | null): string =>
  p === null || p >= 0.05 ? "not shown" : p < 0.001 ? "p below 0.001" : `p ${p.toFixed(3)}`;

/** Describes a difference from the side of `label`. */
export const differenceWords = (facts: DifferenceFacts): string => differenceRows[facts.one.sentence](facts);

/** "one training each, 120 test samples" */
const counts = ({ one: { seeds, samples = 0 } }: DifferenceFacts): string =>
  `${seeds === 1 ? "one training each" : `${seeds} trainings each`}, ${counted(samples, "test sample")}`;

const amountOf = (gain: number, { metric }: DifferenceFacts): string =>
  wordsOf(metric).amount(Math.abs(gain));

/** "a is 1.2 points above b" */
function position(facts: DifferenceFacts): string {
  const { one, label, metric } = facts;
  if (one.gain === 0) return `${label} is ${wordsOf(metric).even} ${one.to}`;
  return `${label} is ${amountOf(one.gain, facts)} ${one.gain > 0 ? "above" : "below"} ${one.to}`;
}

/** "from −0.4 to +2.8 points" */
function range({ one, metric }: DifferenceFacts): string {
  const { signed, unit } = wordsOf(metric);
  const [low, high] = rangeOf(one).interval!;
  return `from ${signed(low)} to ${signed(high)}${unit}`;
}

/** "95 % interval from −0.4 to +2.8 points; 3 trainings each, 120 test samples" */
const detail = (facts: DifferenceFacts): string =>
  `${percentOf(rangeOf(facts.one).level)} interval ${range(facts)}; ${counts(facts)}`;

const differenceRows: Readonly<Record<DifferenceSentence, (facts: DifferenceFacts) => string>> = {
  better: (facts) =>
    `${facts.label} is better than ${facts.one.to} by ${amountOf(facts.one.gain, facts)} (${detail(facts)}).`,
  worse: (facts) =>
    `${facts.label} is worse than ${facts.one.to} by ${amountOf(facts.one.gain, facts)} (${detail(facts)}).`,
  same: (facts) => {
    const { signed, unit } = wordsOf(facts.metric);
    return `${facts.label} and ${facts.one.to} differ by nothing that matters: ${signed(facts.one.gain)}${unit} (${detail(facts)}).`;
  },
  undecided: (facts) =>
    `Not told apart: ${position(facts)}, but anything ${range(facts)} fits what was seen (${percentOf(rangeOf(facts.one).level)} interval; ${counts(facts)}).`,
  identical: (facts) =>
    `${facts.label} and ${facts.one.to} ${wordsOf(facts.metric).equal} (${counts(facts)}).`,
  "no interval": (facts) => `${position(facts)} (${counts(facts)}): too little was seen for an interval.`,
  "one training": (facts) =>
    `In this one training each, ${position(facts)} (${detail(facts)}). Another training could differ: 3 seeds tell which strategy is better.`,
  "few trainings": (facts) =>
    `Not told apart: ${position(facts)}, and ${facts.one.seeds} trainings each are too few to decide, ${fewestSeeds} are needed (${detail(facts)}).`,
  "few samples": (facts) =>
    `Not told apart: ${position(facts)}, and ${facts.one.samples} test samples are too few to decide, ${fewestSamples} are needed (${detail(facts)}).`,
  "many comparisons": (facts) =>
    `Not told apart: ${position(facts)}, which chance can explain where ${facts.one.comparisons} differences are looked at (${detail(facts)}).`,
};

/** What the sentences on the winner say. */
export interface WinnerFacts {
  readonly rows: readonly ComparedRow[];
  readonly metric: ScoreName;
  readonly winner: Omit<NonNullable<ComparisonResult["winner"]>, "words">;
}

/** Says which entry won, how far it is ahead of the next, and which one to take. */
export const winnerWords = (facts: WinnerFacts): string =>
  facts.winner.sentences.map((sentence) => winnerRows[sentence](facts)).join(" ");

const rowOf = ({ rows, winner }: WinnerFacts) => rows.find(({ label }) => label === winner.label)!;
const othersOf = ({ better, worse, same, undecided }: NonNullable<WinnerFacts["winner"]["others"]>): number =>
  better + worse + same + undecided;

const winnerRows: Readonly<Record<WinnerSentence, (facts: WinnerFacts) => string>> = {
  "best by validation": (facts) => {
    const { label, shared_seeds: shared } = facts.winner;
    const { seeds } = rowOf(facts);
    const over = seeds.length > 1 ? ` on average over ${seeds.length} seeds` : "";
    const ranked =
      shared === undefined ? "" : `, ranked by the ${shared === 1 ? "one" : shared} that all have`;
    return `${label} has the best validation ${metricNames[choosingMetric(facts.metric)]}${over}${ranked}.`;
  },
  "test score": (facts) => {
    const { name, score } = wordsOf(facts.metric);
    return `Its test ${name} is ${score(scoreOver(rowOf(facts))!.mean)}.`;
  },
  "no other": () => "There is no other to hold it against.",
  "no shared seed": ({ winner }) => `It shares no seed with ${winner.next}, the next.`,
  "to the next": ({ winner, metric }) =>
    differenceWords({ one: winner.difference!, label: winner.label, metric }),
  "parts disagree": () =>
    "Validation and test disagree: the validation part is too small to choose by, or more seeds are needed.",
  "quicker loses nothing": ({ winner }) =>
    `Taking the quicker of them, ${winner.quicker!.label}, loses nothing that matters.`,
  "quicker could cost": ({ winner, metric }) =>
    `Taking the quicker of them, ${winner.quicker!.label}, could cost up to ${wordsOf(metric).amount(winner.quicker!.cost)}.`,
  "others counted": ({ winner }) => {
    const { worse, better, same, undecided } = winner.others!;
    const found = [
      ["worse than it", worse],
      ["better", better],
      ["no different", same],
      ["not told apart from it", undecided],
    ] as const;
    return `Of the ${othersOf(winner.others!)} others, held against ${winner.label}: ${found
      .filter(([, n]) => n > 0)
      .map(([what, n]) => `${n} ${what}`)
      .join(", ")}.`;
  },
  "none told apart": ({ winner }) =>
    `None of the ${othersOf(winner.others!)} others can be told from ${winner.label}.`,
  "none told apart above": ({ rows, winner, metric }) =>
    `None of the ${othersOf(winner.others!)} others can be told from ${winner.label}: with ${mostSeeds(rows)} trainings each, differences below about ${wordsOf(metric).amount(winner.others!.smallest!)} cannot be seen here.`,
};

/** A difference of two models, from the side of `label`. */
interface ModelFacts {
  readonly one: Omit<SideDifference, "words">;
  readonly label: string;
  readonly metric: ScoreName;
}

/** Describes the difference of two models. */
export const wordsOfModels = (one: ModelFacts["one"], label: string, metric: ScoreName): string =>
  one.sentences.map((sentence) => modelRows[sentence]({ one, label, metric })).join(" ");

/** "(95 % confidence interval …, the same 40 test items)" */
function seen({ one, metric }: ModelFacts): string {
  const { signed, unit } = wordsOf(metric);
  const { ci95, p_adjusted: p, comparisons, n } = one;
  const corrected = comparisons > 1 ? ` corrected for ${comparisons} comparisons` : "";
  const between = ci95
    ? `95 % confidence interval ${signed(ci95[0])} to ${signed(ci95[1])}${unit}, p ${p < 0.001 ? "below 0.001" : p.toFixed(3)}${corrected}, `
    : "";
  return `(${between}the same ${n} test items)`;
}

const gainOf = ({ one, metric }: ModelFacts): string => wordsOf(metric).amount(Math.abs(one.gain));

const modelRows: Readonly<Record<SideSentence, (facts: ModelFacts) => string>> = {
  better: (facts) => `${facts.label} scores better than ${facts.one.to} by ${gainOf(facts)} ${seen(facts)}.`,
  worse: (facts) => `${facts.label} scores worse than ${facts.one.to} by ${gainOf(facts)} ${seen(facts)}.`,
  same: (facts) => {
    const { signed, unit, amount } = wordsOf(facts.metric);
    return `No difference larger than ${amount(facts.one.margin)} between ${facts.label} and ${facts.one.to}: ${signed(facts.one.gain)}${unit} ${seen(facts)}.`;
  },
  undecided: (facts) => {
    const { gain, to } = facts.one;
    const how = gain === 0 ? wordsOf(facts.metric).even : `${gainOf(facts)} ${gain > 0 ? "above" : "below"}`;
    return `Not told apart: ${facts.label} is ${how} ${to} ${seen(facts)}.`;
  },
  "few groups": ({ one }) =>
    `The items are of ${counted(one.few_groups ?? 0, "group")}: too few for an interval, which needs ${fewestGroups}.`,
  "two models": () => "These are two models: trained again they may rank otherwise.",
};

/** What the notes of a comparison say. */
export type NoteFacts = Omit<ComparisonResult, "notes" | "note_codes">;

/** Returns the caveats. */
export const comparisonNotes = (codes: readonly ComparisonNote[], facts: NoteFacts): string[] =>
  codes.map((code) => noteRows[code](facts));

/** Ordinals of repeated looks. */
const ordinals = ["First", "Second", "Third", "Fourth", "Fifth"];

const groupsOf = ({ runs, test_groups: groups = 0 }: NoteFacts): string =>
  `The ${runs[0]!.test.n} test items are of ${counted(groups, "group")}`;

const noteRows: Readonly<Record<ComparisonNote, (facts: NoteFacts) => string>> = {
  "one seed": () =>
    "One seed: there is no interval over seeds, and another training could order them otherwise.",
  "same test": ({ metric }) =>
    `The ± of ${wordsInComparison(metric).plural} and the ranges of differences are of the way of training: they hold the luck of the seeds and of the test items.`,
  "own tests": ({ split, seeds }) =>
    `Each seed has its own test part of the same ${split.train + split.validation + split.test} items. Since these parts overlap, the ± of a row and the ranges of differences are wider than of ${seeds.length} independent tests (Nadeau & Bengio 2003).`,
  "few groups": (facts) => `${groupsOf(facts)}: too few groups for an interval, which needs ${fewestGroups}.`,
  groups: (facts) => `${groupsOf(facts)}, and the ranges count the groups.`,
  "later look": ({ look = 1 }) =>
    `${ordinals[look - 1] ?? `${look}th`} look at this comparison: the ranges of differences are at ${percentOf(levelOfRepeatedTest(look))}, so that all looks together err in at most 6 of 100.`,
  "few to choose by": (facts) =>
    `The winner is chosen on ${fewestToChooseBy(facts)} validation items a seed: few, and so easily by chance.`,
  machines: ({ runs }) => machinesNote(runs),
  failures: ({ failures }) =>
    `${counted(failures.length, "training")} failed: ${failures.map(({ label, seed }) => `${label} (seed ${seed})`).join(", ")}.`,
};
