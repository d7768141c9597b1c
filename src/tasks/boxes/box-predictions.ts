import type { Detection } from "../../data/boxes/box.js";
import type { Graph } from "../../graph/graph.js";
import type { Context } from "../../run/context.js";
import type { Role } from "../../run/trainable-task.js";
import { heldOf } from "../../run/training/planned.js";
import type { Validation } from "../../train/fit.js";
import { itemsIn } from "../dense/as-dataset.js";
import { eachOutput, withEvaluator } from "../dense/predict-pictures.js";
import { validateBoxes } from "./box-head.js";
import { type Detector, detectionsOf } from "./detector.js";

/** Detections of each picture, by falling score. */
export interface BoxPredictions {
  readonly test: readonly (readonly Detection[])[];
  /** Of the validation split. */
  readonly held?: readonly (readonly Detection[])[];
}

/** Predicts the test split; for the run's own model the validation split too. */
export async function predictBoxes(
  context: Context,
  detector: Detector,
  model: Graph,
  role: Role,
): Promise<{ readonly answers: BoxPredictions; readonly validation?: Validation }> {
  const { signal } = context.options;
  return withEvaluator(context, model, async (evaluate) => {
    const items = itemsIn(detector, "test");
    const test: Detection[][] = items.map(() => []);
    const read = (output: Float32Array, i: number): void => {
      test[i] = detectionsOf(detector, output, items[i]!);
    };
    await eachOutput(evaluate, heldOf(context, "test"), read, signal);
    if (role !== "own") return { answers: { test } };
    const held = await validateBoxes(detector, evaluate, heldOf(context, "validation"), signal);
    return { answers: { test, held: held.detections }, validation: held.validation };
  });
}
