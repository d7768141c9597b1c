import { EngraftError } from "../../core/errors.js";
import { message } from "../../core/messages/message.js";
import { float32, type Tensor } from "../../core/tensor.js";
import type { Graph } from "../../graph/graph.js";
import { softmaxRows } from "../../linalg/softmax.js";
import { relatedClasses } from "../../train/objectives/penalties.js";
import { weightsOf } from "../body-weights.js";
import { finetuneGroups } from "../finetune/finetune.js";
import type { PlanRequest, TrainingPlan } from "../plan.js";
import { planOf } from "../recipe.js";
import { readSettings } from "../settings.js";
import { coTuningSettings } from "../strategy-settings.js";

/** Name of the matrix R among the values that are given when training starts. */
export const relationshipName = "engraft/relationship";

/**
 * Co-tuning: also trains the base's own classifier, with the old classes that each new class resembles as labels.
 *
 * loss = cross-entropy of the new head + λ · -Σ_z R[y]_z log softmax(o)_z,   λ 2.3.
 *
 * R[y] is the mean of the predictions softmax(o⁰) of the base over the training images of class y, computed before the first
 * step.
 *
 * R is the mean itself: the paper's calibration on the base's own data, which is not available here, is left out. The
 * old head trains with the base and is not exported.
 * @see You et al., "Co-Tuning for Transfer Learning", 2020
 * @throws ModelError if the base has no classifier of its own
 */
export function coTuningPlan(model: Graph, request: PlanRequest): TrainingPlan {
  const { lambda } = readSettings(coTuningSettings, request.option ?? {}, 'strategy "co-tuning"');
  const { oldScores, classes = [] } = request;
  if (oldScores === undefined)
    throw new EngraftError(
      "ModelError",
      "the base has no classifier of its own, so there are no old classes to relate to",
      { help: "use a base with its classifier, or --strategy l2-sp" },
    );
  const old = model.typeOf(oldScores).shape![1] as number;
  return planOf(finetuneGroups(weightsOf(model, request.trainable), request), request, {
    what: message("co-tuning", { classes: old, lambda }),
    penalties: [relatedClasses(oldScores, { name: relationshipName, shape: [classes.length, old] }, lambda)],
  });
}

/**
 * R: for each new class the mean of the base's probabilities over its examples.
 * @param scores float32[N, Z], the base's logits
 * @param labels of the N examples
 * @returns float32[C, Z], rows that sum to 1; zeros for a class without examples
 */
export function relationshipOf(scores: Float32Array, labels: Int32Array, classes: number): Tensor {
  const old = scores.length / labels.length;
  const probabilities = softmaxRows(scores, old);
  const sums = new Float64Array(classes * old);
  const counts = new Float64Array(classes);
  for (const [i, label] of labels.entries()) {
    counts[label]! += 1;
    for (let z = 0; z < old; z++) sums[label * old + z]! += probabilities[i * old + z]!;
  }
  return float32(
    [classes, old],
    Float32Array.from(sums, (sum, i) => sum / Math.max(1, counts[Math.floor(i / old)]!)),
  );
}
