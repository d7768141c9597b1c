import { message } from "../../core/messages/message.js";
import type { Graph } from "../../graph/graph.js";
import { headOf } from "../body-weights.js";
import type { PlanRequest, TrainingPlan } from "../plan.js";
import { planOf, usual } from "../recipe.js";

/**
 * Only the head trains, at the rate of `finetune`'s head: the base is frozen, and may hold any operator.
 * @see Donahue et al., "DeCAF: A Deep Convolutional Activation Feature for Generic Visual Recognition", 2014
 */
export function headPlan(model: Graph, request: PlanRequest): TrainingPlan {
  return planOf(
    [{ label: message("group-head"), rate: request.rate ?? usual.rate, members: headOf(model) }],
    request,
    { what: message("head-alone") },
  );
}
