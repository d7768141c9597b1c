import { EngraftError } from "../core/errors.js";

/** A classifier's probabilities on labelled items. */
export interface ProbabilityAnswers {
  /** Names of the classes, in the order of the probabilities. */
  readonly classes: readonly string[];
  /** True class of each item, an index into `classes`. */
  readonly labels: ArrayLike<number>;
  /** float64[N, C], row-major; each row sums to 1. */
  readonly probabilities: ArrayLike<number>;
  /** Names of the items for messages. Default: "item 0", … */
  readonly items?: readonly string[];
  /** Group of each item: items of a group are similar, so they count less in intervals. Default: each item is its own. */
  readonly groups?: readonly string[] | undefined;
}

/** Tolerance of a row's sum: what a sum of 16-bit floats loses. scikit-learn allows 1e-5. */
const sumTolerance = 1e-3;

/**
 * Returns the rows, normalised to sum to exactly 1.
 * @throws ShapeError if the lengths differ, DataError for no items, a label out of range, a probability outside 0 … 1
 * or a row that does not sum to 1; each names the item
 */
export function checkProbabilities({
  classes,
  labels,
  probabilities,
  items,
}: ProbabilityAnswers): Float64Array {
  const [n, c] = [labels.length, classes.length];
  if (probabilities.length !== n * c || (items && items.length !== n))
    throw new EngraftError(
      "ShapeError",
      `${n} labels and ${c} classes need float64[${n}, ${c}] probabilities (${n * c} values), got ${probabilities.length}${items ? ` and ${items.length} item names` : ""}`,
    );
  if (n === 0) throw new EngraftError("DataError", "there are no items to score");
  const checked = Float64Array.from(probabilities as ArrayLike<number>);
  for (let i = 0; i < n; i++) {
    const at = `item "${items?.[i] ?? `item ${i}`}"`;
    if (!Number.isInteger(labels[i]) || labels[i]! < 0 || labels[i]! >= c)
      throw new EngraftError("DataError", `the label is ${labels[i]}, there are ${c} classes`, {
        at,
        help: `a label is a whole number from 0 to ${c - 1}`,
      });
    let sum = 0;
    for (let k = i * c; k < (i + 1) * c; k++) {
      const p = checked[k]!;
      if (!(p >= 0 && p <= 1 + sumTolerance))
        throw new EngraftError("DataError", `the probability of class "${classes[k - i * c]}" is ${p}`, {
          at,
          help: "give probabilities from 0 to 1; raw scores go through a softmax first (scoreClassification does it)",
        });
      sum += p;
    }
    if (Math.abs(sum - 1) > sumTolerance)
      throw new EngraftError(
        "DataError",
        `the probabilities sum to ${Number(sum.toPrecision(6))}, not to 1`,
        {
          at,
          help: "give one probability distribution an item (a softmax), not an independent score a class",
          details: { sum },
        },
      );
    for (let k = i * c; k < (i + 1) * c; k++) checked[k] = checked[k]! / sum;
  }
  return checked;
}
