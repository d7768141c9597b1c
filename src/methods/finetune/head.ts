import { EngraftError } from "../../core/errors.js";
import { message } from "../../core/messages/message.js";
import type { Graph } from "../../graph/graph.js";
import { headOf } from "../body-weights.js";
import type { PlanRequest, TrainingPlan } from "../plan.js";
import { planOf, usual } from "../recipe.js";

/**
 * Only the head trains, at the rate of `finetune`'s head: the base is frozen, and may hold any operator.
 * @see Donahue et al., "DeCAF: A Deep Convolutional Activation Feature for Generic Visual Recognition", 2014
 * @throws OptionError for weights of the base that should train
 */
export function headPlan(model: Graph, request: PlanRequest): TrainingPlan {
  if (request.trainable !== undefined)
    throw new EngraftError("OptionError", 'strategy "head" trains no weight of the base', {
      help: "use --strategy finetune or another one, or leave --trainable out",
      details: { trainable: request.trainable },
    });
  return planOf(
    [{ label: message("group-head"), rate: request.rate ?? usual.rate, members: headOf(model) }],
    request,
    { what: message("head-alone") },
  );
}
