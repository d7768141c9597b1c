import type { MeanSquares } from "./crossed.js";
import { chiSquareQuantile, studentQuantile } from "./distributions.js";
import { leastWhole } from "./solve.js";

/** Largest plans; beyond these a gain is "not within reach". */
const mostSeeds = 40;
const mostTimesSamples = 10;

/** Study that would show a gain with 80 % power. */
export interface Plan {
  /** The gain that is planned for, in the unit of the scores. */
  readonly worth: number;
  /** Seeds needed with the current samples; null: more than 40. */
  readonly seeds: number | null;
  /** Samples needed with the current seeds; null: more than ten times as many. */
  readonly samples: number | null;
}

/**
 * Plans how many seeds, or how many samples, show a gain of a given size with a power of 80 %.
 *
 * (t(0.95, K − 1) + t(0.6, K − 1)) √(σ²_s/K + σ²_i/N) ≤ worth
 * σ²_s = (K₀ − 1)/χ²₀.₂(K₀ − 1) · MS_seeds/N, the 80 % upper bound of what the pilot measured; σ²_i = max(0, MS_samples − MS_both)/K₀
 *
 * The gain is one that matters to the user, never the one that was observed: an observed gain is undecided because it is
 * noisy.
 *
 * @param squares of the pilot's differences, from {@link difference}; at least 2 seeds
 * @param worth the gain that matters, above 0
 */
export function planSeeds(squares: MeanSquares, worth: number): Plan {
  const { seeds: K0, units: N0, ofSeeds, ofUnits, ofBoth } = squares;
  if (K0 < 2) return { worth, seeds: null, samples: null };
  const bound = (K0 - 1) / chiSquareQuantile(0.2, K0 - 1);
  const seedVariance = (bound * ofSeeds) / N0;
  const sampleVariance = Math.max(0, ofUnits - ofBoth) / K0;
  const shows = (K: number, N: number): boolean =>
    (studentQuantile(0.95, K - 1) + studentQuantile(0.6, K - 1)) *
      Math.sqrt(seedVariance / K + sampleVariance / N) <=
    worth;
  const seeds = leastWhole(K0, mostSeeds, (K) => shows(K, N0));
  const samples = leastWhole(N0, mostTimesSamples * N0, (N) => shows(K0, N));
  return { worth, seeds: seeds ?? null, samples: samples === undefined ? null : roundUp(samples) };
}

/** To two digits, upwards: 1234 becomes 1300. */
function roundUp(value: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1);
  return Math.ceil(value / step) * step;
}
