import { guesses } from "../core/results/baseline-names.js";
import type { OverSeeds } from "../core/results/counts.js";
import type { GroupFacts } from "../core/results/group-facts.js";
import type { ScoreName } from "../core/results/metric.js";
import type { Guess, ShownScore } from "../core/results/shown-score.js";
import type { Interval } from "../core/results/task.js";
// Imported directly and not from the folder's index: every page loads this file.
import { fewestSamples } from "../statistics/decide.js";
import { fewestGroups } from "../statistics/samples.js";
import { wilsonScore } from "../statistics/wilson.js";
import { intervalRules } from "./interval-rules.js";

/** Widest interval of a score that is shown with digits: ± 15 points. */
export const widestShown = 0.3;

/** The test scores of any task, as a result has them. */
export interface TestScores extends GroupFacts {
  readonly metric: { readonly name: ScoreName; readonly value: number; readonly ci95: Interval | null };
  readonly n?: number;
  /** Of entities: the samples. `n` counts entities there. */
  readonly sentences?: number;
  readonly loss?: number | null;
  readonly per_class?: readonly { readonly n: number }[];
  readonly per_label?: readonly { readonly n: number }[];
  /** Of masks: true pixels of each class. Boxes have other facts of their classes. */
  readonly classes?: readonly { readonly name: string; readonly pixels?: number }[];
}

/** Baselines of a result by their key. */
type Baselines = Readonly<Record<string, { readonly test: Partial<TestScores> } | undefined>>;

/**
 * Returns a test score as it is shown: with its interval, what guessing would give, and without digits if the interval is
 * wider than 0.3. Terminal, report, card, studies, session and studio show this and nothing else.
 *
 * @param test scores of a result, as JSON
 * @param baselines of the same result. The constant one among them is what guessing gives; without one, the counts of the
 * test samples say it
 * @example shownScore({ n: 6, metric: { name: "accuracy", value: 1, ci95: [0.61, 1] } }).value // null
 */
export function shownScore(test: TestScores, baselines: object = {}): ShownScore {
  const { name: metric, value, ci95: given } = test.metric;
  const { groups, few_groups: fewGroups } = test;
  const n = test.sentences ?? test.n ?? 0;
  // Scores of shares have the interval 0 to 1 with too few groups.
  const ci95 = fewGroups ? null : given;
  const guessing = guessOf(test, baselines as Baselines);
  const needed = neededFor(test, n, ci95, guessing);
  const shown = { metric, value: needed ? null : value, ci95, n, ...(groups !== undefined && { groups }) };
  if (!guessing) return { ...shown, better_than_guessing: null, ...(needed && { needed }) };
  const isFew = fewGroups || (n < fewestSamples && needed !== undefined);
  const isAbove = ci95 !== null && ci95[0] > guessing.value;
  const better = isAbove || (value <= guessing.value && !isFew ? false : null);
  const { loss } = test;
  const isWorse = !needed && guessing.loss !== undefined && typeof loss === "number" && loss > guessing.loss;
  return {
    ...shown,
    guessing,
    better_than_guessing: better,
    ...(isWorse && { loss }),
    ...(needed && { needed }),
  };
}

/** Returns the shown score of a result. Results of older versions do not record it. */
export const shownScoreOf = ({ shown, test, baselines }: ShownResult): ShownScore =>
  shown ?? shownScore(test, baselines);

/** True if wrong predictions of a model may doubt labels: its score has digits, and its interval lies above guessing. */
export const canDoubtLabels = ({
  value,
  better_than_guessing,
}: Pick<ShownScore, "value" | "better_than_guessing">): boolean =>
  value !== null && better_than_guessing === true;

/** Returns the shown score of several trainings, by their mean and its interval. @param guess what guessing gives on the same test samples */
export function shownMean(
  metric: ScoreName,
  { mean: value, ci95 }: Pick<OverSeeds, "mean" | "ci95">,
  n: number,
  guess: Guess | undefined,
): ShownScore {
  const guessed = guess && {
    [guess.name]: { test: { metric: { name: metric, value: guess.value, ci95: null } } },
  };
  return shownScore({ metric: { name: metric, value, ci95 }, n }, guessed);
}

/** Fields of a result that a shown score is made of. */
export interface ShownResult {
  readonly shown?: ShownScore;
  readonly test: TestScores;
  readonly baselines?: object;
}

/** True if a score with this interval has no digits. @param guess score of guessing: a score that is surely below promises nothing */
export const isTooWide = (ci95: Interval, guess = Number.NEGATIVE_INFINITY): boolean =>
  ci95[1] - ci95[0] > widestShown && ci95[1] > guess;

/** Returns what a test set needs for a number; undefined if the score is shown. */
function neededFor(
  test: TestScores,
  n: number,
  ci95: Interval | null,
  guess: Guess | undefined,
): ShownScore["needed"] {
  const { groups, few_groups: fewGroups, groups_needed: atLeast = fewestGroups, metric } = test;
  if (fewGroups) return { of: "groups", about: Math.max(atLeast, fewestSamples) };
  const { samples, range } = intervalRules[metric.name];
  // Equal samples have no variance, and so no interval: enough of them show the score alone.
  if (!ci95)
    return n < Math.max(samples, fewestGroups)
      ? { of: "samples", about: Math.max(samples, fewestSamples) }
      : undefined;
  if (!isTooWide(ci95, guess?.value)) return undefined;
  const width = ci95[1] - ci95[0];
  const growth =
    range === "share"
      ? samplesOfWidth(metric.value, widestShown) / samplesOfWidth(metric.value, width)
      : (width / widestShown) ** 2;
  const about = Math.max(fewestSamples, Math.ceil((groups ?? n) * growth));
  return { of: groups === undefined ? "samples" : "groups", about };
}

/** Returns how many samples of a share have a Wilson interval of this width. */
function samplesOfWidth(share: number, width: number): number {
  // Wide enough for every width from 0.002 on; the width falls with the samples.
  let [low, high] = [0, 2 ** 20];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    const [from, to] = wilsonScore(Math.min(1, Math.max(0, share)), middle);
    if (to - from > width) low = middle;
    else high = middle;
  }
  return high;
}

/** Returns what guessing gives; undefined if neither a baseline nor the counts say it. */
function guessOf(test: TestScores, baselines: Baselines): Guess | undefined {
  const { name } = test.metric;
  const counted = countedGuesses[name](test);
  const [key, constant] = Object.entries(baselines).find(([key]) => guesses.has(key)) ?? [];
  const value = constant?.test.metric?.value;
  if (value === undefined || (counted?.name === "nothing" && counted.value >= value)) return counted;
  const loss = name === "accuracy" ? constant!.test.loss : undefined;
  return { name: key as Guess["name"], value, ...(typeof loss === "number" && { loss }) };
}

/** Guesses by the counts of the test samples: the best constant prediction. A recogniser or a detector may predict nothing. */
const countedGuesses: Readonly<Record<ScoreName, (test: TestScores) => Guess | undefined>> = {
  accuracy({ per_class: classes = [] }) {
    const shares = sharesOf(classes.map(({ n }) => n));
    if (shares.length === 0) return undefined;
    // Entropy of the shares, -Σ p log p: the lowest mean cross-entropy of a constant prediction.
    const loss = shares.reduce((sum, p) => sum - (p > 0 ? p * Math.log(p) : 0), 0);
    return { name: "majority", value: Math.max(...shares), loss };
  },
  // Micro F1 of the k most frequent labels for each of N samples: 2 Σₖ n / (N k + Σ n), at the best k.
  f1({ per_label: labels, n = 0 }) {
    if (!labels) return { name: "nothing", value: 0 };
    const counts = labels.map((one) => one.n).sort((a, b) => b - a);
    const all = counts.reduce((sum, count) => sum + count, 0);
    let [right, best] = [0, 0];
    for (const [i, count] of counts.entries()) {
      right += count;
      best = Math.max(best, (2 * right) / (n * (i + 1) + all));
    }
    return { name: "frequent", value: all === 0 ? 0 : best };
  },
  r2: () => ({ name: "mean", value: 0 }),
  map: () => ({ name: "nothing", value: 0 }),
  // The most frequent class has the IoU of its share of the pixels, every other class 0.
  miou({ classes = [] }) {
    const shares = sharesOf(classes.map(({ pixels = 0 }) => pixels)).filter((share) => share > 0);
    return shares.length === 0 ? undefined : { name: "majority", value: Math.max(...shares) / shares.length };
  },
  // The most frequent token of the training split says what guessing gives: a baseline.
  token_accuracy: () => undefined,
  word_accuracy: () => ({ name: "nothing", value: 0 }),
};

/** Returns counts as shares of their sum; none if all are 0. */
function sharesOf(counts: readonly number[]): readonly number[] {
  const all = counts.reduce((sum, count) => sum + count, 0);
  return all === 0 ? [] : counts.map((count) => count / all);
}
