import { EngraftError } from "../core/errors.js";
import type { Interval } from "../core/events/events.js";
import type { Difference } from "./difference.js";
import { studentQuantile } from "./distributions.js";
import { drawer } from "./resample.js";
import { mean } from "./samples.js";
import { pOfHalfWidth } from "./solve.js";

/** A measure that is no mean over samples: macro F1, average precision, mAP, AUROC. */
export interface MeasuredMethods {
  readonly samples: number;
  readonly seeds: number;
  /**
   * Measure of a method's training on a draw of samples, by position; a sample may occur several times. Not finite if it is
   * undefined, for example for a class without a sample.
   */
  readonly measure: (method: "a" | "b", seed: number, drawn: Int32Array) => number;
  /** Group of each sample; groups are drawn as a whole. */
  readonly groups?: readonly (string | number)[];
}

/** Resamples: the ends of an interval then vary by about 3 % of its width. */
const defaultDraws = 1000;

/**
 * Compares two methods by a measure that is no mean over samples.
 *
 * gain_k for each seed; half² = t²(K − 1) s²_gain/K + z² V, V the variance over draws of the samples of the mean gain, the same
 * draw for both methods and all seeds.
 *
 * @throws DataError for no samples, or a measure that is undefined on all samples
 */
export function measureDifference(
  { samples, seeds, measure, groups }: MeasuredMethods,
  {
    repeats = defaultDraws,
    seed = 0,
    level = 0.95,
  }: { readonly repeats?: number; readonly seed?: number; readonly level?: number } = {},
): Difference {
  if (samples === 0) throw new EngraftError("DataError", "there are no samples to compare on");
  const gainsOn = (drawn: Int32Array): number[] =>
    Array.from({ length: seeds }, (_, k) => measure("a", k, drawn) - measure("b", k, drawn));
  const gains = gainsOn(Int32Array.from({ length: samples }, (_, i) => i));
  const gain = mean(gains);
  if (!Number.isFinite(gain))
    throw new EngraftError(
      "DataError",
      "the measure is undefined on these samples: there is nothing to compare",
    );
  const of = seeds > 1 ? ("trainings" as const) : ("models" as const);
  const drawn: number[] = [];
  const draw = drawer(samples, groups, seed);
  for (let r = 0; r < repeats; r++) {
    const value = mean(gainsOn(draw(r)));
    if (Number.isFinite(value)) drawn.push(value);
  }
  const centre = mean(drawn);
  const ofSamples = drawn.reduce((sum, v) => sum + (v - centre) ** 2, 0) / Math.max(1, drawn.length - 1);
  const ofSeeds = seeds > 1 ? gains.reduce((sum, g) => sum + (g - gain) ** 2, 0) / (seeds - 1) / seeds : 0;
  if (ofSamples + ofSeeds === 0 || drawn.length < 2)
    return {
      gain,
      of,
      seeds,
      samples,
      level,
      interval: null,
      interval90: null,
      p: gain === 0 ? 1 : null,
      why: "identical",
    };
  const half = (confidence: number): number =>
    Math.sqrt(
      (seeds > 1 ? studentQuantile(confidence, seeds - 1) ** 2 * ofSeeds : 0) +
        studentQuantile(confidence, Number.POSITIVE_INFINITY) ** 2 * ofSamples,
    );
  const at = (confidence: number): Interval => [gain - half(confidence), gain + half(confidence)];
  return {
    gain,
    of,
    seeds,
    samples,
    level,
    interval: at(level),
    interval90: at(0.9),
    p: pOfHalfWidth(gain, half),
  };
}
