import {
  type ComparedEntry,
  type ComparedRow,
  type ComparedScores,
  type ComparisonResult,
  type Difference,
  type FailedRun,
  type OverSeeds,
  rangeOf,
  scoreIn,
  scoreOver,
} from "../core/results/comparison.js";
import { lossOrWorst, metrics, scoreOrWorst } from "../core/results/metric.js";
import { median } from "../linalg/quantile.js";
import { withSpread } from "../statistics/estimate.js";
import { estimateOverSeeds, fewestSamples, fewestSeeds, splitDifference } from "../statistics/index.js";
import { metricOf, wordsOf } from "./compared-words.js";
import { type AnsweredRun, type DifferenceOptions, strategyDifferences } from "./strategy-differences.js";

export interface CompareStrategiesOptions extends DifferenceOptions {
  readonly entries: readonly ComparedEntry[];
  readonly failures: readonly FailedRun[];
  /** Label that the others are compared with, besides the winner. */
  readonly baseline: string;
}

export interface StrategiesCompared {
  readonly rows: readonly ComparedRow[];
  readonly winner: ComparisonResult["winner"];
}

/**
 * Makes the table of a comparison: a row for each entry, the best validation first.
 *
 * Numbers are scored by R², entities and several labels by F1, classes by accuracy. The winner has the highest mean
 * validation score over the shared seeds, then the lowest validation loss, then the fewest trainable parameters; test
 * scores choose nothing. Differences are of test scores, paired by seed and sample, and corrected together for all
 * comparisons of the table: see {@link strategyDifferences}. Fewer than 3 seeds decide nothing, because 2 do not show
 * the variation between trainings.
 */
export function compareStrategies(options: CompareStrategiesOptions): StrategiesCompared {
  const { entries, runs, baseline } = options;
  const of = (label: string) => runs.filter((run) => run.label === label);
  // A seed that one strategy has and another lacks may be an easy one: only shared seeds are ranked.
  const there = entries.map(({ label }) => of(label)).filter((own) => own.length > 0);
  const common = (there[0] ?? [])
    .map(({ seed }) => seed)
    .filter((seed) => there.every((own) => own.some((run) => run.seed === seed)));
  const rows = entries
    .map((entry) => {
      const own = of(entry.label);
      const shared = common.length > 0 ? own.filter(({ seed }) => common.includes(seed)) : own;
      return { row: rowOf(entry, own, options), ranked: validationOf(shared) };
    })
    .sort(byRank)
    .map(({ row }) => row);
  const ended = rows.filter((row) => scoreOver(row) !== null);
  const [first, second] = ended;
  if (!first) return { rows, winner: null };
  const labels = ended.map(({ label }) => label);
  const difference = strategyDifferences(options, labels, first.label, baseline);
  const full = rows.map((row) => {
    const [winner, base] = [first.label, baseline].map((to) =>
      row.label === to ? undefined : difference(row.label, to),
    );
    return { ...row, ...(winner && { to_winner: winner }), ...(base && { to_baseline: base }) };
  });
  const { model, seed } = of(first.label).toSorted(byChoice)[0]!;
  const won = { label: first.label, model, seed };
  const lead = leadOf(first, runs, ended, common.length);
  if (!second)
    return {
      rows: full,
      winner: { ...won, words: `${lead} There is no other to hold it against.` },
    };
  const next = difference(first.label, second.label);
  return {
    rows: full,
    winner: {
      ...won,
      next: second.label,
      ...(next && { difference: next }),
      words: next
        ? `${lead} ${next.words}${advice(next, first, second, options)}${others(full, first, runs)}`
        : `${lead} It shares no seed with ${second.label}, the next.`,
    },
  };
}

/**
 * Says which entry was chosen, by what, and its test score. The best of several validation scores is biased upwards, so
 * it is not reported.
 */
function leadOf(
  first: ComparedRow,
  runs: readonly AnsweredRun[],
  ended: readonly ComparedRow[],
  common: number,
): string {
  const { name, score } = wordsOf(runs);
  const over = first.seeds.length > 1 ? ` on average over ${first.seeds.length} seeds` : "";
  const ranked =
    common > 0 && ended.some(({ seeds }) => seeds.length !== common)
      ? `, ranked by the ${common === 1 ? "one" : common} that all have`
      : "";
  return `${first.label} has the best validation ${name}${over}${ranked}. Its test ${name} is ${score(scoreOver(first)!.mean)}.`;
}

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

/**
 * Estimates the test score of a training method. Seeds with one test split: seeds and samples (groups) are crossed.
 * Seeds that split one pool in different ways: Nadeau & Bengio's variance of the K scores.
 */
function overSeeds(runs: readonly AnsweredRun[], { sameTest, rest }: CompareStrategiesOptions): OverSeeds {
  const means = runs.map(({ test }) => scoreIn(test));
  const [{ groups, test }] = runs as readonly [AnsweredRun, ...AnsweredRun[]];
  if (runs.length < 2) return withSpread(means, null);
  if (!sameTest)
    return withSpread(means, splitDifference(means, { test: test.n, train: rest ?? test.n }).interval);
  const { range } = metrics[metricOf(runs)];
  return estimateOverSeeds(
    runs.map(({ scored }) => scored.shares),
    { range, ...(groups && { groups }) },
  );
}

function rowOf(
  entry: ComparedEntry,
  runs: readonly AnsweredRun[],
  options: CompareStrategiesOptions,
): ComparedRow {
  const failed = options.failures.filter(({ label }) => label === entry.label).map(({ seed }) => seed);
  const [one] = runs;
  if (!one)
    return {
      ...entry,
      seeds: [],
      failed,
      accuracy: null,
      macro_f1: null,
      validation: null,
      seconds: null,
      peak_rss_mb: null,
      model_bytes: null,
      trainable: null,
      recipe: [],
    };
  const over = overSeeds(runs, options);
  return {
    ...entry,
    seeds: runs.map(({ seed }) => seed),
    failed,
    ...(one.scored.metric !== "accuracy"
      ? {
          accuracy: null,
          [metricOf(runs)]: over,
          macro_f1: null,
        }
      : {
          accuracy: over,
          macro_f1: mean(runs.map(({ test }) => test.macro_f1)),
        }),
    ...(one.test.mae !== undefined && { mae: mean(runs.map(({ test }) => test.mae!)) }),
    validation: validationOf(runs),
    seconds: {
      total: mean(runs.map(({ seconds }) => seconds.total)),
      own: mean(runs.map(({ seconds }) => Math.max(0, seconds.total - seconds.features))),
    },
    peak_rss_mb: Math.max(...runs.map(({ peak_rss_mb }) => peak_rss_mb)),
    model_bytes: Math.max(...runs.map(({ model_bytes }) => model_bytes)),
    ...(one.adapter_bytes !== undefined && { adapter_bytes: one.adapter_bytes }),
    trainable: one.trainable,
    recipe: one.recipe,
    ...(one.recipe_messages && { recipe_messages: one.recipe_messages }),
  };
}

interface Ranked {
  readonly row: ComparedRow;
  readonly ranked: ComparedRow["validation"];
}

/** Orders the best first; unfinished entries last, in the requested order. */
function byRank(a: Ranked, b: Ranked): number {
  if (!a.ranked || !b.ranked) return Number(!a.ranked) - Number(!b.ranked);
  return (
    byChoice({ validation: a.ranked }, { validation: b.ranked }) ||
    a.row.trainable!.parameters - b.row.trainable!.parameters
  );
}

/** Means over runs; null for none. */
function validationOf(runs: readonly AnsweredRun[]): ComparedRow["validation"] {
  if (runs.length === 0) return null;
  const score = mean(runs.map(({ validation }) => scoreIn(validation)));
  return {
    ...{ accuracy: Number.NaN, [metricOf(runs)]: score },
    loss: mean(runs.map(({ validation }) => validation.loss)),
  };
}

interface Chosen {
  readonly validation: ComparedScores;
}

/** Orders by the higher validation accuracy (or R²), then by the lower loss. */
function byChoice({ validation: a }: Chosen, { validation: b }: Chosen): number {
  // Means of the same numbers in another order may differ in the last digits.
  const ahead = scoreOrWorst(scoreIn(b)) - scoreOrWorst(scoreIn(a));
  if (Math.abs(ahead) > 1e-12) return ahead;
  const higher = lossOrWorst(a.loss) - lossOrWorst(b.loss);
  return Math.abs(higher) > 1e-12 ? higher : 0;
}

/** Says how many of three or more strategies differ from the winner, and which differences could not be detected. */
function others(rows: readonly ComparedRow[], { label }: ComparedRow, runs: readonly AnsweredRun[]): string {
  const all = rows.flatMap(({ to_winner: to }) => (to ? [to] : []));
  const most = Math.max(...all.map(({ seeds }) => seeds));
  if (all.length < 2 || most < fewestSeeds) return "";
  const found = [
    ["worse than it", all.filter(({ finding }) => finding === "worse").length],
    ["better", all.filter(({ finding }) => finding === "better").length],
    ["no different", all.filter(({ finding }) => finding === "same").length],
    ["not told apart from it", all.filter(({ finding }) => finding === "undecided").length],
  ] as const;
  if (found[3][1] < all.length)
    return ` Of the ${all.length} others, held against ${label}: ${found
      .filter(([, n]) => n > 0)
      .map(([what, n]) => `${n} ${what}`)
      .join(", ")}.`;
  const smallest = smallestOf(all);
  return ` None of the ${all.length} others can be told from ${label}${smallest === undefined ? "" : `: with ${most} trainings each, differences below about ${wordsOf(runs).amount(smallest)} cannot be seen here`}.`;
}

/** Median of the smallest gains that would have been significant. */
function smallestOf(all: readonly Difference[]): number | undefined {
  return median(all.flatMap(({ smallest }) => smallest ?? []));
}

/** Advice for a lead that is not significant. */
function advice(
  one: Difference,
  first: ComparedRow,
  second: ComparedRow,
  options: CompareStrategiesOptions,
): string {
  const { finding, seeds, samples = 0 } = one;
  if (finding === "better") return "";
  if (finding === "worse")
    return ` Validation and test disagree: the validation part is too small to choose by, or more seeds are needed.`;
  const { interval } = rangeOf(one);
  // Too few trainings or samples to state the cost of the choice.
  if (seeds < fewestSeeds || samples < fewestSamples || !interval) return "";
  const cheaper = [first, second].sort((a, b) => a.seconds!.own - b.seconds!.own)[0]!;
  const cost = Math.max(0, cheaper === first ? -interval[0] : interval[1]);
  const { margin = 0.01, runs } = options;
  return cost <= margin
    ? ` Taking the quicker of them, ${cheaper.label}, loses nothing that matters.`
    : ` Taking the quicker of them, ${cheaper.label}, could cost up to ${wordsOf(runs).amount(cost)}.`;
}
