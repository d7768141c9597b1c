import type { LinearHead } from "../bases/heads.js";
import type { ClassificationScores } from "../core/events.js";
import { piecesOf, type Rows } from "../core/rows.js";
import { scoreClassification } from "../evaluate/classification.js";

/** Raw scores of items, and what they are. */
export interface Predictions {
  /** float32[N, C] */
  readonly logits: Float32Array;
  readonly labels: Int32Array;
  readonly items: readonly string[];
}

export function scoresOf(
  classes: readonly string[],
  { logits, labels, items }: Predictions,
): ClassificationScores {
  return scoreClassification({ classes, labels, logits, items });
}

/** logits = features · weightᵀ + bias, on the host: for a head on cached features. */
export function applyHead({ weight, bias }: LinearHead, features: Rows): Float32Array {
  const classes = bias.length;
  const { width } = features;
  const logits = new Float32Array(features.count * classes);
  for (const { first, count, values } of piecesOf(features)) {
    for (let i = 0; i < count; i++) {
      for (let c = 0; c < classes; c++) {
        let sum = bias[c]!;
        for (let d = 0; d < width; d++) sum += values[i * width + d]! * weight[c * width + d]!;
        logits[(first + i) * classes + c] = sum;
      }
    }
  }
  return logits;
}

/** Was each item answered rightly? The highest score wins, the first of equals. */
export function correctOf({ logits, labels }: Predictions, classes: number): boolean[] {
  return Array.from(labels, (label, i) => {
    let best = 0;
    for (let c = 1; c < classes; c++) if (logits[i * classes + c]! > logits[i * classes + best]!) best = c;
    return best === label;
  });
}
