import {
  type ComparedEntry,
  type ComparedRow,
  type ComparedRun,
  type ComparedScores,
  type ComparisonResult,
  type Difference,
  type FailedRun,
  scoreIn,
  scoreOver,
} from "../core/comparison.js";
import { drawnDifference, meanInterval, seededDifference } from "../evaluate/index.js";
import { holm } from "../statistics/holm.js";
import { difference as differenceOf } from "../statistics/index.js";
import { judge, metricOf, wordsOf } from "./compared-words.js";

/** A run with its answers. */
export interface AnsweredRun extends ComparedRun {
  /** One character a test item: "1" right, "0" wrong. Of numbers: empty. */
  readonly right: string;
  /** A number a test item, whose mean is 1 − R², or 1 − F1. */
  readonly errors?: readonly number[];
}

export interface StrategiesAsked {
  readonly entries: readonly ComparedEntry[];
  readonly runs: readonly AnsweredRun[];
  readonly failures: readonly FailedRun[];
  /** Label that the others are held against, beside the winner. */
  readonly baseline: string;
  /** All seeds score the same items, in the same order. */
  readonly sameTest: boolean;
  /** A gain within ± this counts as none; accuracy or R², default 0.01. */
  readonly margin?: number;
}

export interface StrategiesCompared {
  readonly rows: readonly ComparedRow[];
  readonly winner: ComparisonResult["winner"];
}

/** Below this p, corrected for the number of comparisons, a difference counts. */
const level = 0.05;

/**
 * The table of a comparison: a row for each entry, the best validation first.
 *
 * Where numbers are learnt, R² stands in accuracy's place, and F1 where entities or several labels are. The winner is the highest mean validation accuracy over the seeds that all have (then the lowest validation loss, then the fewest
 * trained parameters); test scores choose nothing. Differences are of test accuracies, paired by seed and item, and
 * corrected by Holm for as many comparisons as the table makes with the same row. One seed finds nothing better or worse: what
 * another training would give is not in its interval.
 *
 * @see Holm 1979, A simple sequentially rejective multiple test procedure
 */
export function compareStrategies(asked: StrategiesAsked): StrategiesCompared {
  const { entries, runs, failures, baseline } = asked;
  const of = (label: string) => runs.filter((run) => run.label === label);
  // A seed that one strategy has and another lacks may be an easy one: ranked is what all of them have.
  const there = entries.map(({ label }) => of(label)).filter((own) => own.length > 0);
  const common = (there[0] ?? [])
    .map(({ seed }) => seed)
    .filter((seed) => there.every((own) => own.some((run) => run.seed === seed)));
  const rows = entries
    .map((entry) => {
      const own = of(entry.label);
      const shared = common.length > 0 ? own.filter(({ seed }) => common.includes(seed)) : own;
      return { row: rowOf(entry, own, failures), ranked: validationOf(shared) };
    })
    .sort(byRank)
    .map(({ row }) => row);
  const [first, second] = rows.filter((row) => scoreOver(row) !== null);
  if (!first) return { rows, winner: null };
  const toWinner = differences(asked, rows, first.label);
  const toBaseline = differences(asked, rows, baseline);
  const full = rows.map((row) => {
    const [winner, base] = [toWinner.get(row.label), toBaseline.get(row.label)];
    return { ...row, ...(winner && { to_winner: winner }), ...(base && { to_baseline: base }) };
  });
  const { model, seed } = of(first.label).toSorted(byChoice)[0]!;
  const won = { label: first.label, model, seed };
  const { measure, value } = wordsOf(runs);
  const lead = `${first.label} has the best validation ${measure}, ${value(scoreIn(first.validation!))}${first.seeds.length > 1 ? ` on average over ${first.seeds.length} seeds` : ""}${rows.some(({ seeds }) => seeds.length > 0 && seeds.length !== common.length) && common.length > 0 ? `, ranked by the ${common.length === 1 ? "one" : common.length} that all have` : ""}.`;
  if (!second)
    return {
      rows: full,
      winner: { ...won, words: `${lead} There is no other to hold it against.` },
    };
  // Told from the winner's side.
  const difference = toWinner.get(second.label);
  const mirrored = difference && mirror(difference, first.label, second.label, asked);
  return {
    rows: full,
    winner: {
      ...won,
      next: second.label,
      ...(mirrored && { difference: mirrored }),
      words: mirrored
        ? `${lead} On the test part, ${mirrored.words}${advice(mirrored, first, second)}`
        : `${lead} It shares no seed with ${second.label}, the next.`,
    },
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

function rowOf(
  entry: ComparedEntry,
  runs: readonly AnsweredRun[],
  failures: readonly FailedRun[],
): ComparedRow {
  const failed = failures.filter(({ label }) => label === entry.label).map(({ seed }) => seed);
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
  return {
    ...entry,
    seeds: runs.map(({ seed }) => seed),
    failed,
    ...(one.errors
      ? {
          accuracy: null,
          [metricOf(runs)]: meanInterval(runs.map(({ test }) => scoreIn(test))),
          macro_f1: null,
        }
      : {
          accuracy: meanInterval(runs.map(({ test }) => test.accuracy)),
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
  };
}

interface Ranked {
  readonly row: ComparedRow;
  readonly ranked: ComparedRow["validation"];
}

/** The best first; what did not come to its end last, in the order asked for. */
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
    ...(runs[0]!.errors ? { accuracy: Number.NaN, [metricOf(runs)]: score } : { accuracy: score }),
    loss: mean(runs.map(({ validation }) => validation.loss)),
  };
}

interface Chosen {
  readonly validation: ComparedScores;
}

/** The higher validation accuracy (or R²) first, of equals the lower loss. */
function byChoice({ validation: a }: Chosen, { validation: b }: Chosen): number {
  // Means of the same numbers in another order may differ in the last digits.
  const ahead = scoreIn(b) - scoreIn(a);
  if (Math.abs(ahead) > 1e-12) return ahead;
  return Math.abs(a.loss - b.loss) > 1e-12 ? a.loss - b.loss : 0;
}

/** Each other row against one, with p corrected by Holm. */
function differences(
  asked: StrategiesAsked,
  rows: readonly ComparedRow[],
  to: string,
): ReadonlyMap<string, Difference> {
  const found = rows
    .filter(({ label }) => label !== to)
    .flatMap(({ label }) => {
      const one = difference(asked, label, to);
      return one ? [{ label, ...one }] : [];
    });
  const adjusted = holm(found.map(({ p }) => p));
  return new Map(
    found.map(({ label, ...one }, i) => [label, told({ ...one, p_adjusted: adjusted[i]! }, label, asked)]),
  );
}

type Untold = Omit<Difference, "finding" | "words">;

/** Over the seeds that both have; undefined when there is none. */
function difference(
  { runs, sameTest }: StrategiesAsked,
  label: string,
  to: string,
): Omit<Untold, "p_adjusted"> | undefined {
  const pairs = runs
    .filter((run) => run.label === label)
    .flatMap((run) => {
      const other = runs.find((o) => o.label === to && o.seed === run.seed);
      return other ? [[run, other] as const] : [];
    });
  if (pairs.length === 0) return undefined;
  const [a, b] = [pairs.map(([own]) => own), pairs.map(([, other]) => other)];
  const together = sameTest || pairs.length === 1;
  const numbers = pairs.flat().every(({ errors }) => errors !== undefined);
  const { gain, ci95, p } = numbers
    ? (together ? seededDifference : drawnDifference)(a.map(sharesOf), b.map(sharesOf))
    : together
      ? foundOf(
          differenceOf(
            a.map((run) => answersOf(run).map(Number)),
            b.map((run) => answersOf(run).map(Number)),
          ),
        )
      : drawnDifference(a.map(answersOf), b.map(answersOf));
  return { to, gain, ci95, p, seeds: pairs.length };
}

const answersOf = ({ right }: AnsweredRun): boolean[] => Array.from(right, (c) => c === "1");

/** A number an item, whose mean is R² or F1. */
const sharesOf = ({ errors }: AnsweredRun): number[] => errors!.map((e) => 1 - e);

function told(one: Untold, label: string, { margin = 0.01, runs }: StrategiesAsked): Difference {
  const { gain, ci95, p_adjusted, seeds, to } = one;
  const verdict = judge(ci95, margin);
  const finding =
    verdict === "neutral"
      ? "same"
      : verdict === "inconclusive" || p_adjusted >= level || seeds === 1
        ? "undecided"
        : verdict === "positive"
          ? "better"
          : "worse";
  const { signed, amount: amountOf, unit, even } = wordsOf(runs);
  const interval = `95 % interval ${signed(ci95[0])} to ${signed(ci95[1])}${unit}, p ${p_adjusted < 0.001 ? "below 0.001" : p_adjusted.toFixed(3)}, ${seeds === 1 ? "one seed" : `${seeds} seeds`}`;
  const amount = amountOf(Math.abs(gain));
  const words = {
    better: `${label} is better than ${to} by ${amount} (${interval}).`,
    worse: `${label} is worse than ${to} by ${amount} (${interval}).`,
    same: `${label} and ${to} differ by nothing that matters: ${signed(gain)}${unit} (${interval}).`,
    undecided: `${label} is ${gain === 0 ? even : `${amount} ${gain > 0 ? "above" : "below"}`} ${to}, which ${seeds === 1 ? "one training each cannot settle" : "chance can explain"} (${interval}).`,
  }[finding];
  return { ...one, finding, words };
}

/** The same difference from the other side. */
function mirror(one: Difference, label: string, to: string, asked: StrategiesAsked): Difference {
  const { gain, ci95, p, p_adjusted, seeds } = one;
  const turned = (x: number): number => (x === 0 ? 0 : -x);
  return told(
    { to, gain: turned(gain), ci95: [turned(ci95[1]), turned(ci95[0])], p, p_adjusted, seeds },
    label,
    asked,
  );
}

/** What to do with a lead that is none. */
function advice({ finding }: Difference, first: ComparedRow, second: ComparedRow): string {
  if (finding === "better") return "";
  if (finding === "worse")
    return ` Validation and test disagree: the validation part is too small to choose by, or more seeds are needed.`;
  const cheaper = [first, second].sort((a, b) => a.seconds!.own - b.seconds!.own)[0]!;
  return ` Taking the quicker of them, ${cheaper.label}, loses nothing that could be shown.`;
}

function foundOf({ gain, interval, p }: ReturnType<typeof differenceOf>) {
  return { gain, ci95: interval ?? ([gain, gain] as const), p: p ?? 1 };
}
