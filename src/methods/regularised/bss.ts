import { message } from "../../core/messages/message.js";
import type { Graph } from "../../graph/graph.js";
import { spectralShrinkage } from "../../train/objectives/penalties.js";
import { featuresOf, weightsOf } from "../body-weights.js";
import { finetuneGroups } from "../finetune/finetune.js";
import type { PlanRequest, TrainingPlan } from "../plan.js";
import { planOf } from "../recipe.js";
import { readSettings } from "../settings.js";
import { bssSettings } from "../strategy-settings.js";

/**
 * Batch spectral shrinkage: fine-tuning that suppresses the directions in which a batch's features hardly differ,
 * because they transfer worst.
 *
 * loss = cross-entropy + η Σ_{i ≤ k} σ²_{-i}(F),   F the batch's features, σ_{-1} its smallest singular value.
 *
 * Rates, groups and weight decay are `finetune`'s. Works with any batch size; a batch of one item has only one singular
 * value, which is then shrunk.
 * @see Chen et al., "Catastrophic Forgetting Meets Negative Transfer: Batch Spectral Shrinkage for Safe Transfer
 * Learning", 2019
 */
export function bssPlan(model: Graph, request: PlanRequest): TrainingPlan {
  const { eta, k } = readSettings(bssSettings, request.option ?? {}, 'strategy "bss"');
  return planOf(finetuneGroups(weightsOf(model, request.trainable), request), request, {
    what: message("bss", { singular: k, eta }),
    penalties: [spectralShrinkage(featuresOf(model), k, eta)],
  });
}
