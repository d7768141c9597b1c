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
 * Learning without forgetting, in its form for transfer: fine-tuning that has to keep what the base's own
 * classifier answers.
 *
 * loss = cross-entropy of the new head + λ T² KL(softmax(o⁰/T) ‖ softmax(o/T)),
 * o the old head's raw scores now, o⁰ what the base gave for the same picture. λ 4, T 3.
 *
 * The old head moves with the base and is left out of the exported model. A step has a second forward pass, of the base
 * as it was. @see Li & Hoiem, "Learning without Forgetting", 2016
 * @throws ModelError when the base has no classifier of its own
 */
export function lwfPlan(model: Graph, request: PlanRequest): TrainingPlan {
  const { lambda, temperature } = readSettings(lwfSettings, request.option ?? {}, 'strategy "lwf"');
  if (request.oldScores === undefined)
    throw new EngraftError(
      "ModelError",
      "the base has no classifier of its own, so there are no old answers to keep",
      {
        help: "use a base with its classifier, or --strategy delta, which keeps its feature maps",
      },
    );
  return planOf(finetuneGroups(weightsOf(model, request.trainable), request), request, {
    what: message("lwf", { lambda, temperature }),
    penalties: [oldAnswers(request.oldScores, temperature, lambda)],
  });
}
