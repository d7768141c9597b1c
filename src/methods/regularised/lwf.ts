import { EngraftError } from "../../core/errors.js";
import { message } from "../../core/messages/message.js";
import type { Graph } from "../../graph/graph.js";
import { oldAnswers } from "../../train/objectives/penalties.js";
import { weightsOf } from "../body-weights.js";
import { finetuneGroups } from "../finetune/finetune.js";
import type { PlanRequest, TrainingPlan } from "../plan.js";
import { planOf } from "../recipe.js";
import { readSettings } from "../settings.js";
import { lwfSettings } from "../strategy-settings.js";

/**
 * Learning without forgetting, for transfer: fine-tuning that keeps the predictions of the base's own classifier.
 *
 * loss = cross-entropy of the new head + λ T² KL(softmax(o⁰/T) ‖ softmax(o/T)), o the old head's current logits, o⁰
 * those of the base for the same image. λ 4, T 3.
 *
 * The old head trains with the base and is not exported. A step has a second forward pass, through the initial base.
 * @see Li & Hoiem, "Learning without Forgetting", 2016
 * @throws ModelError if the base has no classifier of its own
 */
export function lwfPlan(model: Graph, request: PlanRequest): TrainingPlan {
  const { lambda, temperature } = readSettings(lwfSettings, request.option ?? {}, 'strategy "lwf"');
  if (request.oldScores === undefined)
    throw new EngraftError(
      "ModelError",
      "the base has no classifier of its own, so there are no old answers to keep",
      { help: "use a base with its classifier, or --strategy delta, which keeps its feature maps" },
    );
  return planOf(finetuneGroups(weightsOf(model, request.trainable), request), request, {
    what: message("lwf", { lambda, temperature }),
    penalties: [oldAnswers(request.oldScores, temperature, lambda)],
  });
}
