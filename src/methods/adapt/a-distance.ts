import type { Interval } from "../../core/events/events.js";
import { permutation } from "../../core/random.js";
import { wilsonInterval } from "../../evaluate/index.js";
import { standardise } from "../../linalg/standardise.js";
import { fitLogistic, standardisation } from "../probe/index.js";
import { gathered } from "./kliep.js";

/** How well a line tells two domains apart. */
export interface ADistance {
  /** 0: not at all, 2: always. */
  readonly value: number;
  /** Of the classifier's held-out error, as a distance. */
  readonly ci95: Interval;
  /** Share of held-out rows that were told wrongly. */
  readonly error: number;
  /** Rows of each domain. */
  readonly n: number;
}

/** scikit-learn's C: a strong penalty, since there may be fewer rows than features. */
const strength = 0.01;

/** With fewer rows a domain than this the error could be anything. */
const fewestRows = 8;

/**
 * The proxy A-distance: 2 (1 - 2ε), ε the held-out error of a linear classifier between the domains; 0 where ε is above ½.
 *
 * As many rows of each domain, so that guessing gives ½; ε is cross-validated over five folds (fewer rows: one fold a two rows), so that every
 * row is judged once by a classifier that has not seen it, however few there are. Transfer-Learning-Library divides once, 80 to 20, and trains a
 * network by gradient steps.
 * @param source float32[n, D]. @param target float32[m, D]; of the larger one rows are drawn
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
