import type { Interval } from "../core/events/events.js";
import {
  type ComparedRun,
  type Difference,
  type DifferenceSentence,
  rangeOf,
} from "../core/results/comparison.js";
import type { Scored } from "../core/results/scored.js";
import {
  compareFamily,
  decide,
  type Difference as Found,
  fewestSamples,
  fewestSeeds,
  holm,
  levelOfRepeatedTest,
  type Pair,
  type Scores,
  splitDifference,
} from "../statistics/index.js";
import { type DifferenceNumbers, differenceWords, metricOf } from "./compared-words.js";

/** A run with its test scores. */
export interface AnsweredRun extends ComparedRun {
  readonly scored: Scored;
  /** Group number of each test item; missing if each is its own. */
  readonly groups?: readonly number[];
}

/** The trainings of a table, and how differences are measured. */
export interface DifferenceOptions {
  readonly runs: readonly AnsweredRun[];
  /** True if all seeds score the same test samples, in the same order. */
  readonly sameTest: boolean;
  /**
   * Labelled samples outside the test split, for seeds that split one pool in different ways. Default: as many as in
   * the test split, which widens the intervals.
   */
  readonly rest?: number;
  /** A difference within ± this counts as none; accuracy, R² or F1, default 0.01. */
  readonly margin?: number;
  /** Number of this test of the comparison, default 1; see {@link levelOfRepeatedTest}. */
  readonly look?: number;
}

/** A comparison by the labels of its two sides. */
type LabelPair = readonly [label: string, to: string];

interface Measured
  extends Pick<Found, "gain" | "interval" | "interval90" | "p" | "seeds" | "samples" | "why"> {
  readonly ci95: Interval | null;
  /** Half width of the interval that the smallest of all p values must pass. */
  readonly smallest: number | null;
}

/**
 * Measures all comparisons of a table, each pair once: every entry to the winner and to the baseline, 2m − 3 for m entries.
 *
 * - Seeds with one test part: {@link compareFamily}, one family for each set of seeds that the two sides share; usually one.
 * - Seeds that divide one pool each in its own way: {@link splitDifference} (Nadeau & Bengio 2003).
 *
 * One Holm correction covers all of them. {@link decide} decides with its p.
 *
 * @returns the difference of a label to another, from either side; undefined if they share no seed
 */
export function strategyDifferences(
  options: DifferenceOptions,
  labels: readonly string[],
  winner: string,
  baseline: string,
): (label: string, to: string) => Difference | undefined {
  const others = labels.filter((label) => label !== winner);
  const pairs: LabelPair[] = [
    ...others.map((label) => [label, winner] as const),
    ...(labels.includes(baseline) && baseline !== winner
      ? others.filter((label) => label !== baseline).map((label) => [label, baseline] as const)
      : []),
  ];
  const found = measureAll(options, pairs);
  const numbers = withHolm(options, pairs, found);
  return (label, to) => {
    const straight = numbers.get(keyOf(label, to));
    const one = straight ?? turned(numbers.get(keyOf(to, label)), to);
    if (!one) return undefined;
    const said = { ...one, sentence: sentenceOf(one) };
    return { ...said, words: differenceWords({ one: said, label, metric: metricOf(options.runs) }) };
  };
}

type Numbers = Omit<DifferenceNumbers, "sentence">;

/** Returns the finding, and for an open one its first reason. */
function sentenceOf(one: Numbers): DifferenceSentence {
  const { gain, finding, why, seeds, samples = 0 } = one;
  const { interval } = rangeOf(one);
  if (!interval) return why === "identical" && gain === 0 ? "identical" : "no interval";
  if (finding !== "undecided") return finding;
  if (seeds === 1) return "one training";
  if (seeds < fewestSeeds) return "few trainings";
  if (samples < fewestSamples) return "few samples";
  return interval[0] > 0 || interval[1] < 0 ? "many comparisons" : "undecided";
}

const keyOf = (label: string, to: string): string => JSON.stringify([label, to]);

/** @returns for each pair its difference, or undefined if the two share no seed */
function measureAll(
  options: DifferenceOptions,
  pairs: readonly LabelPair[],
): readonly (Measured | undefined)[] {
  const { runs, sameTest, look = 1, rest } = options;
  const byLabel = new Map<string, Map<number, AnsweredRun>>();
  for (const run of runs) {
    const own = byLabel.get(run.label) ?? new Map<number, AnsweredRun>();
    byLabel.set(run.label, own.set(run.seed, run));
  }
  const scored = (label: string, seeds: readonly number[]): readonly Scored[] =>
    seeds.map((seed) => byLabel.get(label)!.get(seed)!.scored);
  const of = (label: string, seeds: readonly number[]): Scores =>
    scored(label, seeds).map(({ shares }) => shares);
  const binary = runs.every(({ scored: { metric } }) => metric === "accuracy");
  // All runs have the same test items if they are compared item by item.
  const { groups } = runs[0]!;
  const levels = { level: levelOfRepeatedTest(look), comparisons: pairs.length };
  const found: (Measured | undefined)[] = pairs.map(() => undefined);
  const families = new Map<string, { readonly seeds: readonly number[]; readonly at: number[] }>();
  pairs.forEach(([label, to], i) => {
    const [own, other] = [byLabel.get(label), byLabel.get(to)];
    const seeds = own && other ? [...own.keys()].filter((seed) => other.has(seed)).sort((a, b) => a - b) : [];
    if (seeds.length === 0) return;
    if (!sameTest && seeds.length > 1) {
      found[i] = counted(ofSplits(of(label, seeds), of(to, seeds), levels, rest), [
        ...scored(label, seeds),
        ...scored(to, seeds),
      ]);
      return;
    }
    const family = families.get(seeds.join()) ?? { seeds, at: [] };
    families.set(seeds.join(), family);
    family.at.push(i);
  });
  for (const { seeds, at } of families.values()) {
    // Every entry with these seeds contributes to the variance between trainings.
    const members = [...byLabel]
      .filter(([, own]) => seeds.every((seed) => own.has(seed)))
      .map(([label]) => label);
    const all = members.map((label) => of(label, seeds));
    const indexed = at.map((i): Pair => [members.indexOf(pairs[i]![0]), members.indexOf(pairs[i]![1])]);
    atLevels(levels, (confidence) =>
      compareFamily(all, indexed, { binary, level: confidence, groups }),
    ).forEach((one, j) => {
      const i = at[j]!;
      found[i] = counted(
        one,
        pairs[i]!.flatMap((label) => scored(label, seeds)),
      );
    });
  }
  return found;
}

/** Adds the number of test samples that count in the metric. */
const counted = (one: Measured, scored: readonly Scored[]): Measured => ({
  ...one,
  samples: Math.min(one.samples, Math.max(...scored.map(({ n }) => n))),
});

/** Confidence level of the test, and the number of comparisons of the table. */
interface Levels {
  readonly level: number;
  readonly comparisons: number;
}

/**
 * Measures at 95 %, at the level of a repeated test, and at the level that the smallest p of the table must pass.
 * Equivalence is two one-sided tests, so its interval has twice the error: 90 % at the first test.
 */
function atLevels(
  { level, comparisons }: Levels,
  at: (confidence: number) => readonly Found[],
): readonly Measured[] {
  const usual = at(0.95);
  const strict = at(1 - (1 - level) / Math.max(1, comparisons));
  const [later, equivalence] = level === 0.95 ? [usual, usual] : [at(level), at(2 * level - 1)];
  return later.map((one, i) => {
    const widest = strict[i]!.interval;
    return {
      ...one,
      ci95: usual[i]!.interval,
      interval90: level === 0.95 ? one.interval90 : equivalence[i]!.interval,
      smallest: widest && (widest[1] - widest[0]) / 2,
    };
  });
}

function ofSplits(a: Scores, b: Scores, levels: Levels, rest?: number): Measured {
  const mean = (values: ArrayLike<number>): number =>
    Array.from(values).reduce((x, y) => x + y, 0) / values.length;
  const gains = a.map((own, k) => mean(own) - mean(b[k]!));
  const samples = Math.round(a.reduce((sum, { length }) => sum + length, 0) / a.length);
  return atLevels(levels, (confidence) => [
    {
      ...splitDifference(gains, { test: samples, train: rest ?? samples, level: confidence }),
      of: "trainings",
      seeds: gains.length,
      samples,
    },
  ])[0]!;
}

/** Corrects all p values together, and decides. */
function withHolm(
  { margin = 0.01, look = 1 }: DifferenceOptions,
  pairs: readonly LabelPair[],
  all: readonly (Measured | undefined)[],
): ReadonlyMap<string, Numbers> {
  const there = all.flatMap((found, i) => (found ? [{ found, pair: pairs[i]! }] : []));
  const corrected = holm(there.map(({ found }) => found.p ?? 1));
  const level = levelOfRepeatedTest(look);
  return new Map(
    there.map(({ found, pair: [label, to] }, i) => {
      const { gain, ci95, interval, p, seeds, samples, why, smallest } = found;
      // A repeated test has a smaller error: its p counts below 1 − level.
      const share = look > 1 ? 0.05 / (1 - level) : 1;
      const adjusted = p === null ? null : Math.min(1, corrected[i]! * share);
      const decided = decide(found, { margin, p: adjusted });
      return [
        keyOf(label, to),
        {
          // Means of the same numbers in another order may differ in the last digits.
          to,
          gain: Math.abs(gain) < 1e-12 ? 0 : gain,
          ci95,
          p,
          p_adjusted: adjusted,
          seeds,
          samples,
          comparisons: there.length,
          ...(smallest !== null && { smallest }),
          ...(look > 1 && { level, interval }),
          ...(why && { why }),
          finding: decided === "equivalent" ? "same" : decided,
        },
      ];
    }),
  );
}

/** Returns the same difference from the other side. */
function turned(one: Numbers | undefined, to: string): Numbers | undefined {
  if (!one) return undefined;
  const { finding, interval } = one;
  return {
    ...one,
    to,
    gain: negative(one.gain),
    ci95: mirrored(one.ci95),
    ...(interval !== undefined && { interval: mirrored(interval) }),
    finding: finding === "better" ? "worse" : finding === "worse" ? "better" : finding,
  };
}

const negative = (x: number): number => (x === 0 ? 0 : -x);
const mirrored = (interval: Interval | null): Interval | null =>
  interval && [negative(interval[1]), negative(interval[0])];
