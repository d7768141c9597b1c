import { EngraftError } from "../core/errors.js";
import { draws } from "../core/random.js";
import { studentQuantile } from "./distributions.js";
import { drawer } from "./resample.js";
import { checkScores, mean, type Scores, seedMeans } from "./samples.js";
import { z95 } from "./wilson.js";

/** Means of several training methods, as observed and as resampled for other samples and trainings. */
export interface RedrawnMeans {
  /** Mean score of each method. */
  readonly means: readonly number[];
  /** Variance of a mean score between trainings, pooled over the methods; null for one seed. */
  readonly pooled: number | null;
  /** Means of the methods in each resample; null for one seed, which does not show the spread of trainings. */
  readonly redrawn: readonly (readonly number[])[] | null;
}

export interface RedrawOptions {
  /** Group of each sample of each seed; groups are drawn as a whole. */
  readonly groups?: readonly (readonly (string | number)[])[];
  /**
   * Set if each seed has its own test split of one pool: number of samples of the pool outside the test split.
   * Undefined: all seeds are scored on the same samples.
   */
  readonly rest?: number;
  /** Default 400: the ends of an interval then vary by about 5 % of its width. */
  readonly repeats?: number;
  /** Calls with the same seed and samples draw the same samples. */
  readonly seed?: number;
  /** Key of the training noise of this call. */
  readonly key?: string;
}

/**
 * Redraws the mean scores of ways of training that were scored on the same samples, such as the sizes of a learning curve.
 *
 * x̄_w* = mean of the seeds over one draw of the samples, the same for all ways, + t(0.95, f)/z · √(s²/K_w) · N(0, 1)
 * s² = Σ_w Σ_k (x̄_wk − x̄_w)² / f,  f = Σ_w (K_w − 1)
 *
 * Seeds with own test parts of one pool: each seed has its own draw. Of n test samples in a pool of P, any two parts share
 * ρ = n/P, so the draw's distance from the mean counts √(1 + (K − 1) ρ) times.
 *
 * @param ways scores[way][seed][sample], of each way the first seeds of one list
 * @throws ShapeError when a seed has other samples in another way; DataError, ShapeError as for `estimate`
 */
export function redrawMeans(ways: readonly Scores[], options: RedrawOptions = {}): RedrawnMeans {
  const { repeats = 400, seed = 0, key = "", rest } = options;
  checkWays(ways, rest === undefined);
  const bySeed = ways.map(seedMeans);
  const means = bySeed.map(mean);
  const degrees = bySeed.reduce((sum, { length }) => sum + length - 1, 0);
  if (degrees === 0) return { means, pooled: null, redrawn: null };
  const squares = bySeed.reduce((sum, own, w) => sum + own.reduce((s, v) => s + (v - means[w]!) ** 2, 0), 0);
  const pooled = squares / degrees;
  const spread = (studentQuantile(0.95, degrees) / z95) * Math.sqrt(pooled);
  const shared = rest === undefined ? ways.map((scores) => [meanOfSeeds(scores)]) : ways;
  const redrawn = Array.from({ length: repeats }, (_, r) => {
    const noise = draws(seed, "training noise", key, r);
    const drawn = drawsOf(shared, options, r);
    return shared.map((scores, w) => {
      const seeds = ways[w]!.length;
      const own = mean(scores.map((row, k) => meanOver(row, drawn[k]!)));
      const widen = rest === undefined ? 1 : Math.sqrt(1 + (seeds - 1) * shareOf(scores[0]!.length, rest));
      return means[w]! + widen * (own - means[w]!) + (spread / Math.sqrt(seeds)) * noise.normal();
    });
  });
  return { means, pooled, redrawn };
}

/** ρ: the share of a test part that any other test part of the pool holds. */
const shareOf = (test: number, rest: number): number => test / (test + rest);

/** One draw of the samples for each seed. */
function drawsOf(ways: readonly Scores[], { groups, seed = 0 }: RedrawOptions, repeat: number): Int32Array[] {
  const most = ways.reduce((a, b) => (b.length > a.length ? b : a));
  return most.map((row, k) => drawer(row.length, groups?.[k], seed)(repeat * most.length + k));
}

function meanOver(row: ArrayLike<number>, drawn: Int32Array): number {
  let sum = 0;
  for (const i of drawn) sum += row[i]!;
  return sum / drawn.length;
}

/** The mean score of each sample over the seeds. */
function meanOfSeeds(scores: Scores): Float64Array {
  const means = new Float64Array(scores[0]!.length);
  for (const row of scores) for (let i = 0; i < means.length; i++) means[i]! += row[i]! / scores.length;
  return means;
}

/** @param same true if all seeds have the same samples too */
function checkWays(ways: readonly Scores[], same: boolean): void {
  if (ways.length === 0) throw new EngraftError("DataError", "there is no way of training to redraw");
  const first = ways.reduce((a, b) => (b.length > a.length ? b : a));
  for (const scores of ways)
    for (const [k, row] of scores.entries()) {
      checkScores([row]);
      const expected = (same ? first[0]! : first[k]!).length;
      if (row.length !== expected)
        throw new EngraftError(
          "ShapeError",
          `every way of training needs the same samples, got ${expected} and ${row.length}`,
          { details: { samples: expected, other: row.length } },
        );
    }
}
