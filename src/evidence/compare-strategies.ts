import {
  type ComparedEntry,
  type ComparedRow,
  type ComparedScores,
  type ComparisonResult,
  type Difference,
  type FailedRun,
  mostSeeds,
  type OverSeeds,
  rangeOf,
  scoreIn,
  scoreOver,
  type WinnerSentence,
} from "../core/results/comparison.js";
import { areAlike } from "../core/results/counts.js";
import { choosingScore, lossOrWorst, metrics, scoreNameIn, scoreOrWorst } from "../core/results/metric.js";
import { median } from "../linalg/quantile.js";
import { withSpread } from "../statistics/estimate.js";
import { estimateOverSeeds, fewestSamples, fewestSeeds, splitDifference } from "../statistics/index.js";
import { metricOf, winnerWords } from "./compared-words.js";
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
 * validation score (of decoders the lowest perplexity, which also chooses the epoch) over the shared seeds, then the lowest validation loss, then the fewest trainable parameters; test
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
  const metric = metricOf(runs);
  const next = second && difference(first.label, second.label);
  const facts = {
    label: first.label,
    model,
    seed,
    ...(second && { next: second.label }),
    ...(next && { difference: next }),
    ...(common.length > 0 &&
      ended.some(({ seeds }) => seeds.length !== common.length) && { shared_seeds: common.length }),
    ...(second && next && adviceOf(next, first, second)),
    ...(next && othersOf(full)),
  };
  const winner = { ...facts, sentences: winnerSentences(facts, options) };
  return { rows: full, winner: { ...winner, words: winnerWords({ rows: full, metric, winner }) } };
}

type Winner = NonNullable<ComparisonResult["winner"]>;

/**
 * Returns the sentences on the winner: how it was chosen, and its test score. The best of several validation scores is
 * biased upwards, so it is not reported.
 */
function winnerSentences(
  { next, difference, quicker, others }: Omit<Winner, "sentences" | "words">,
  { margin = 0.01 }: CompareStrategiesOptions,
): WinnerSentence[] {
  const lead: WinnerSentence[] = ["best by validation", "test score"];
  if (next === undefined) return [...lead, "no other"];
  if (!difference) return [...lead, "no shared seed"];
  return [
    ...lead,
    "to the next",
    ...(difference.finding === "worse" ? (["parts disagree"] as const) : []),
    ...(quicker
      ? [quicker.cost <= margin ? ("quicker loses nothing" as const) : ("quicker could cost" as const)]
      : []),
    ...(others ? [othersSentence(others)] : []),
  ];
}

const othersSentence = ({ better, worse, same, smallest }: NonNullable<Winner["others"]>): WinnerSentence =>
  better + worse + same > 0
    ? "others counted"
    : smallest === undefined
      ? "none told apart"
      : "none told apart above";

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
    { range, groups },
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
    seconds: areAlike(options.runs)
      ? {
          total: mean(runs.map(({ seconds }) => seconds.total)),
          own: mean(runs.map(({ seconds }) => Math.max(0, seconds.total - seconds.features))),
        }
      : null,
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
    accuracy: Number.NaN,
    [metricOf(runs)]: score,
    loss: mean(runs.map(({ validation }) => validation.loss)),
  };
}

interface Chosen {
  readonly validation: ComparedScores;
}

/** Orders by the higher validation accuracy (or R²), or the lower perplexity; then by the lower loss. */
function byChoice({ validation: a }: Chosen, { validation: b }: Chosen): number {
  const score = (one: ComparedScores): number =>
    scoreOrWorst(choosingScore(scoreNameIn(one), scoreIn(one), one.loss));
  // Means of the same numbers in another order may differ in the last digits.
  const ahead = score(b) - score(a);
  if (Math.abs(ahead) > 1e-12) return ahead;
  const higher = lossOrWorst(a.loss) - lossOrWorst(b.loss);
  return Math.abs(higher) > 1e-12 ? higher : 0;
}

/** Counts the findings of the others, if there are two or more and enough trainings to tell them apart. */
function othersOf(rows: readonly ComparedRow[]): Pick<Winner, "others"> {
  const all = rows.flatMap(({ to_winner: to }) => (to ? [to] : []));
  if (all.length < 2 || mostSeeds(rows) < fewestSeeds) return {};
  const number = (of: Difference["finding"]): number => all.filter(({ finding }) => finding === of).length;
  const smallest = median(all.flatMap(({ smallest: gain }) => gain ?? []));
  return {
    others: {
      worse: number("worse"),
      better: number("better"),
      same: number("same"),
      undecided: number("undecided"),
      ...(smallest !== undefined && { smallest }),
    },
  };
}

/** Returns the quicker of two that are not told apart, and what taking it could cost. */
function adviceOf(one: Difference, first: ComparedRow, second: ComparedRow): Pick<Winner, "quicker"> {
  const { finding, seeds, samples = 0 } = one;
  if (finding === "better" || finding === "worse") return {};
  const { interval } = rangeOf(one);
  // Too few trainings or samples to state the cost of the choice.
  if (seeds < fewestSeeds || samples < fewestSamples || !interval) return {};
  if (!first.seconds || !second.seconds) return {};
  const cheaper = first.seconds.own <= second.seconds.own ? first : second;
  const cost = Math.max(0, cheaper === first ? -interval[0] : interval[1]);
  return { quicker: { label: cheaper.label, cost } };
}
