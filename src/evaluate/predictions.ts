import { EngraftError } from "../core/errors.js";

/** A classifier's logits on labelled items. */
export interface ClassificationAnswers {
  /** Names of the classes, in the order of the logits. */
  readonly classes: readonly string[];
  /** True class of each item, an index into `classes`. */
  readonly labels: ArrayLike<number>;
  /** float32[N, C], row-major, raw (no softmax). */
  readonly logits: Float32Array;
  /** Names of the items, in the same order; used in errors and in the list of the worst. */
  readonly items: readonly string[];
  /** Group of each item (a person, a film): items of a group are similar, so they count less. */
  readonly groups?: readonly string[];
}

/** Values derived from each item's logits. */
export interface Predictions {
  readonly n: number;
  /** Index of the highest logit; the first of equal ones. */
  readonly predicted: Int32Array;
  /** Softmax probability of the predicted class, 0 … 1. */
  readonly confidence: Float64Array;
  /** −log of the probability of the true class, nats. */
  readonly losses: Float64Array;
}

/**
 * Predicted class, confidence and loss of each item.
 *
 * log Σⱼ exp zⱼ = m + log Σⱼ exp(zⱼ − m), m = max z; loss = log Σ exp z − z_true, confidence = exp(m − log Σ exp z)
 *
 * @throws ShapeError when the lengths differ, DataError for a label out of range or no items at all,
 * NumericError for a logit that is not finite, with the item's name.
 */
export function readPredictions(answers: ClassificationAnswers): Predictions {
  checkAnswers(answers);
  const { classes, labels, logits, items } = answers;
  const n = labels.length;
  const c = classes.length;
  const predicted = new Int32Array(n);
  const confidence = new Float64Array(n);
  const losses = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let best = 0;
    for (let k = 0; k < c; k++) {
      const z = logits[i * c + k]!;
      if (!Number.isFinite(z)) {
        throw new EngraftError("NumericError", `the logit of class "${classes[k]}" is ${z}`, {
          at: `item "${items[i]}"`,
          help: "the weights have diverged, or the model cannot read this item; train with a smaller rate, or look at the item",
          details: { item: items[i], class: classes[k], value: z },
        });
      }
      if (z > logits[i * c + best]!) best = k;
    }
    const max = logits[i * c + best]!;
    let sum = 0;
    for (let k = 0; k < c; k++) sum += Math.exp(logits[i * c + k]! - max);
    const rest = Math.log(sum);
    predicted[i] = best;
    confidence[i] = 1 / sum;
    losses[i] = rest + (max - logits[i * c + labels[i]!]!);
  }
  return { n, predicted, confidence, losses };
}

function checkAnswers({ classes, labels, logits, items }: ClassificationAnswers): void {
  const n = labels.length;
  const c = classes.length;
  if (n === 0) {
    throw new EngraftError("DataError", "there are no items to score", {
      help: "give the test part at least one item; about 100 are needed for an interval of ± 10 points",
    });
  }
  if (items.length !== n || logits.length !== n * c) {
    throw new EngraftError(
      "ShapeError",
      `${n} labels and ${c} classes need ${n} item names and float32[${n}, ${c}] logits (${n * c} values), got ${items.length} and ${logits.length}`,
      { details: { labels: n, classes: c, items: items.length, logits: logits.length } },
    );
  }
  for (let i = 0; i < n; i++) {
    const label = labels[i]!;
    if (!Number.isInteger(label) || label < 0 || label >= c) {
      throw new EngraftError("DataError", `label ${label} is not one of the ${c} classes 0 … ${c - 1}`, {
        at: `item "${items[i]}"`,
        details: { item: items[i], label, classes: c },
      });
    }
  }
}
