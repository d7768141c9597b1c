import type { Interval } from "../../core/events/events.js";
import { permutation } from "../../core/random.js";
import { wilsonInterval } from "../../evaluate/index.js";
import { standardise } from "../../linalg/standardise.js";
import { fitLogistic, standardisation } from "../probe/index.js";
import { gathered } from "./kliep.js";

/** Result of a linear classifier between two domains. */
export interface ADistance {
  /** 0: the domains are indistinguishable, 2: always distinguished. */
  readonly value: number;
  /** Interval of the held-out error, as a distance. */
  readonly ci95: Interval;
  /** Share of held-out rows that are classified wrongly. */
  readonly error: number;
  /** Rows of each domain. */
  readonly n: number;
}

/** scikit-learn's C: a strong penalty, because there may be fewer rows than features. */
const strength = 0.01;

/** Fewest rows per domain: with fewer the error is meaningless. */
const fewestRows = 8;

/**
 * Proxy A-distance: 2 (1 - 2ε), ε the held-out error of a linear classifier between the domains; 0 if ε is above ½.
 *
 * Both domains have the same number of rows, so guessing gives ½. ε is cross-validated over five folds (with few rows,
 * one fold per two rows), so every row is scored once by a classifier that has not seen it. Transfer-Learning-Library
 * splits once, 80 to 20, and trains a network by gradient steps.
 * @param source float32[n, D]
 * @param target float32[m, D]; rows of the larger one are drawn
 * @returns undefined for fewer than 8 rows of a domain
 * @see Ben-David et al., "Analysis of Representations for Domain Adaptation", 2007
 */
export function aDistance(
  source: Float32Array,
  target: Float32Array,
  width: number,
  { folds = 5, seed = 0 }: { readonly folds?: number; readonly seed?: number } = {},
): ADistance | undefined {
  const n = Math.min(source.length, target.length) / width;
  if (n < fewestRows) return undefined;
  const parts = [source, target].map((rows, domain) =>
    gathered(rows, permutation(rows.length / width, seed, "a-distance", domain).slice(0, n), width),
  );
  let wrong = 0;
  for (let fold = 0; fold < folds; fold++) {
    const held = Array.from({ length: n }, (_, i) => i).filter((i) => i % folds === fold);
    const kept = Array.from({ length: n }, (_, i) => i).filter((i) => i % folds !== fold);
    const both = (numbers: readonly number[]): Float32Array => {
      const rows = new Float32Array(2 * numbers.length * width);
      parts.forEach((part, domain) => {
        rows.set(gathered(part, numbers, width), domain * numbers.length * width);
      });
      return rows;
    };
    const train = both(kept);
    const scaling = standardisation(train, 2 * kept.length, width);
    const labels = Int32Array.from({ length: 2 * kept.length }, (_, i) => (i < kept.length ? 0 : 1));
    const { weight, bias } = fitLogistic(standardise(train, 2 * kept.length, scaling), labels, 2, {
      strength,
    });
    const judged = standardise(both(held), 2 * held.length, scaling);
    for (let i = 0; i < 2 * held.length; i++) {
      let score = bias[1]! - bias[0]!;
      for (let d = 0; d < width; d++) score += judged[i * width + d]! * (weight[width + d]! - weight[d]!);
      if (score > 0 !== i >= held.length) wrong++;
    }
  }
  const distance = (error: number): number => Math.max(0, 2 * (1 - 2 * error));
  const [low, high] = wilsonInterval(wrong, 2 * n);
  const error = wrong / (2 * n);
  return { value: distance(error), ci95: [distance(high), distance(low)], error, n };
}
