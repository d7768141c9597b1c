import { withTemperature } from "../../bases/temperature.js";
import type { PixelReliability } from "../../core/results/dense/segmentation.js";
import { expectedCalibrationError } from "../../evaluate/calibration.js";
import { fitTemperature } from "../../evaluate/temperature.js";
import type { Graph } from "../../graph/graph.js";
import { argmax, softmaxRows } from "../../linalg/softmax.js";
import type { Calibrated } from "../../run/trainable-task.js";
import type { MaskAnswers, SampledPixels } from "./mask-answers.js";
import type { MaskPredictions } from "./mask-predictions.js";

/** What the validation split decides. */
export interface MaskFacts {
  /** Divisor of the logits. */
  readonly temperature: number;
  /** Pixels of the test split with logits that are not divided. */
  readonly uncalibrated: SampledPixels;
}

/** Divides the logits by the temperature that fits pixels of the validation split. The predicted classes stay. */
export function calibrateMasks(
  model: Graph,
  { test, held }: MaskPredictions,
  classes: number,
): Calibrated<MaskPredictions, MaskFacts> {
  const { logits, labels } = held!.pixels;
  const temperature = labels.length === 0 ? 1 : fitTemperature(logits, labels, classes).temperature;
  return {
    model: withTemperature(model, temperature),
    answers: { test: divided(test, temperature), held: divided(held!, temperature) },
    facts: { temperature, uncalibrated: test.pixels },
  };
}

const divided = ({ counts, pixels: { logits, labels } }: MaskAnswers, temperature: number): MaskAnswers => ({
  counts,
  pixels: { logits: logits.map((z) => z / temperature), labels },
});

/** Compares the probability of the predicted class with the share of right pixels. */
export function reliabilityOf({ logits, labels }: SampledPixels, classes: number): PixelReliability {
  const n = labels.length;
  if (n === 0) return { n, ece: null };
  const p = softmaxRows(logits, classes);
  const best = Array.from({ length: n }, (_, i) => argmax(p, i * classes, classes));
  const confidence = best.map((k, i) => p[i * classes + k]!);
  return {
    n,
    ece: expectedCalibrationError(
      confidence,
      best.map((k, i) => k === labels[i]),
    ),
  };
}
