import { message } from "../../core/messages/message.js";
import type { Graph } from "../../graph/graph.js";
import { shrunkHead, startingPoint } from "../../train/objectives/penalties.js";
import { weightsOf } from "../body-weights.js";
import { finetuneGroups } from "../finetune/finetune.js";
import type { PlanRequest, TrainingPlan } from "../plan.js";
import { planOf } from "../recipe.js";
import { readSettings } from "../settings.js";
import { l2spSettings } from "../strategy-settings.js";

/**
 * L2-SP: fine-tuning with weights pulled towards their initial values instead of 0.
 *
 * loss = cross-entropy + α/2 ‖w - w⁰‖² (base) + β/2 ‖w‖² (head),   without weight decay.
 *
 * Rates and groups are `finetune`'s. The terms are part of the loss, as in the paper, whose optimiser is SGD. With an
 * optimiser that divides by the gradient's size (AdamW) they have less effect where gradients are large.
 * @see Li, Grandvalet & Davoine, "Explicit Inductive Bias for Transfer Learning with Convolutional Networks", 2018,
 * equation 3
 */
export function l2spPlan(model: Graph, request: PlanRequest): TrainingPlan {
  const { alpha, beta } = readSettings(l2spSettings, request.option ?? {}, 'strategy "l2-sp"');
  const weights = weightsOf(model, request.trainable);
  const names = (list: typeof weights.body) => list.map((p) => p.value);
  return planOf(finetuneGroups(weights, request), request, {
    what: message("l2-sp", { alpha, beta }),
    weightDecay: 0,
    penalties: [
      startingPoint(names(weights.body), alpha),
      // A decoder has no new head.
      ...(weights.head.length > 0 ? [shrunkHead(names(weights.head), beta)] : []),
    ],
  });
}
