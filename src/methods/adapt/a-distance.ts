import type { Interval } from "../../core/events/events.js";
import { permutation } from "../../core/random.js";
import { rowsAt, rowsOf } from "../../core/results/rows.js";
import { standardise } from "../../linalg/standardise.js";
import { designEffect } from "../../statistics/design-effect.js";
import { wilsonScore } from "../../statistics/wilson.js";
import { type Fold, groupsOfBoth, stratifiedFolds } from "../probe/folds.js";
import { fitLogistic, standardisation } from "../probe/index.js";
import type { GroupsOfDomains } from "./distances.js";

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
  /** Number of independent rows that both domains are worth: 2n without groups. */
  readonly effective: number;
}

/** Options of {@link aDistance}. */
interface ADistanceOptions {
  readonly folds?: number;
  readonly seed?: number;
  /** A group is held out as a whole. Default: each row is its own. */
  readonly groups?: GroupsOfDomains | undefined;
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
 * @returns undefined for fewer than 8 rows of a domain, or fewer than 10 groups
 * @see Ben-David et al., "Analysis of Representations for Domain Adaptation", 2007
 */
export function aDistance(
  source: Float32Array,
  target: Float32Array,
  width: number,
  { folds = 5, seed = 0, groups }: ADistanceOptions = {},
): ADistance | undefined {
  const n = Math.min(source.length, target.length) / width;
  if (n < fewestRows) return undefined;
  const places = [source, target].map((rows, domain) =>
    permutation(rows.length / width, seed, "a-distance", domain).slice(0, n),
  );
  const rows = new Float32Array(2 * n * width);
  [source, target].forEach((all, domain) => {
    rows.set(rowsAt(rowsOf(all, width), places[domain]!), domain * n * width);
  });
  const labels = Int32Array.from({ length: 2 * n }, (_, i) => (i < n ? 0 : 1));
  const names = groupsOfBoth(
    ...places.map((own, domain) => {
      const all = groups?.[domain];
      return { count: n, groups: all && own.map((place) => all[place]!) };
    }),
  );
  const right = new Float64Array(2 * n);
  for (const { train, held } of names ? stratifiedFolds(labels, names, folds) : foldsInTurns(n, folds)) {
    const fitted = rowsAt(rowsOf(rows, width), train);
    const scaling = standardisation(fitted, train.length, width);
    const { weight, bias } = fitLogistic(
      standardise(fitted, train.length, scaling),
      Int32Array.from(train, (i) => labels[i]!),
      2,
      { strength },
    );
    const judged = standardise(rowsAt(rowsOf(rows, width), held), held.length, scaling);
    held.forEach((place, i) => {
      let score = bias[1]! - bias[0]!;
      for (let d = 0; d < width; d++) score += judged[i * width + d]! * (weight[width + d]! - weight[d]!);
      if (score > 0 === (labels[place] === 1)) right[place] = 1;
    });
  }
  const effect = designEffect(right, names);
  if (effect === null) return undefined;
  const distance = (error: number): number => Math.max(0, 2 * (1 - 2 * error));
  const error = right.filter((one) => one === 0).length / (2 * n);
  const effective = (2 * n) / effect;
  const [low, high] = wilsonScore(error, effective);
  return { value: distance(error), ci95: [distance(high), distance(low)], error, n, effective };
}

/** Deals the rows of both domains to the folds in turns. Rows n to 2n - 1 are those of the second domain. */
function foldsInTurns(n: number, folds: number): readonly Fold[] {
  const places = Array.from({ length: 2 * n }, (_, i) => i);
  return Array.from({ length: folds }, (_, fold) => ({
    train: places.filter((i) => (i % n) % folds !== fold),
    held: places.filter((i) => (i % n) % folds === fold),
  }));
}
