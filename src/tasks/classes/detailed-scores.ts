import type { ClassificationScores } from "../../core/events/events.js";
import type { OnProgress } from "../../core/events/progress-events.js";
import { type Predictions, scoresOf } from "../../evaluate/class-predictions.js";
import { classificationMetrics } from "../../evaluate/classification-metrics.js";
import { softmaxRows } from "../../linalg/softmax.js";

/** Returns all scores of predictions, for a run's model and for `eval`. */
export function detailedScores(classes: readonly string[], predictions: Predictions): ClassificationScores {
  const scores = scoresOf(classes, predictions);
  const { logits, labels, items, groups } = predictions;
  const probabilities = softmaxRows(logits, classes.length);
  return { ...scores, metrics: classificationMetrics({ classes, labels, probabilities, items, groups }) };
}

/** Tolerance for the sum of probabilities. */
const sumTolerance = 1e-3;

/**
 * Returns predictions with logits. If a model outputs probabilities, they become log p: a second softmax would flatten them.
 * Values between 0 and 1 that do not sum to 1 stay unchanged. Warnings report both cases.
 */
export function asLogits(given: Predictions, classes: number, onEvent: OnProgress | undefined): Predictions {
  const { logits } = given;
  if (logits.length === 0 || logits.some((z) => !(z >= 0 && z <= 1 + sumTolerance))) return given;
  let [lowest, highest] = [Number.POSITIVE_INFINITY, 0];
  for (let row = 0; row < logits.length; row += classes) {
    let sum = 0;
    for (let k = row; k < row + classes; k++) sum += logits[k]!;
    [lowest, highest] = [Math.min(lowest, sum), Math.max(highest, sum)];
  }
  const sums = Math.abs(lowest - 1) <= sumTolerance && Math.abs(highest - 1) <= sumTolerance;
  onEvent?.({
    event: "warning",
    code: "probabilities",
    message: sums
      ? "the model's outputs are probabilities, not raw scores: they are scored as such (a pipeline that adds a softmax will not)"
      : `the model's outputs lie between 0 and 1 and sum to ${lowest.toPrecision(3)} to ${highest.toPrecision(3)} a row, not to 1: its classes are no distribution, so accuracy means what it says, and loss, calibration and sets do not`,
  });
  if (!sums) return given;
  // A probability of 0 in float32 has no logarithm: it is replaced by the smallest positive value.
  return { ...given, logits: logits.map((p) => Math.log(Math.max(p, 1.2e-38))) };
}
