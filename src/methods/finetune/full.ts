import { message } from "../../core/messages/message.js";
import type { Graph } from "../../graph/graph.js";
import { weightsOf } from "../body-weights.js";
import type { PlanRequest, TrainingPlan } from "../plan.js";
import { planOf } from "../recipe.js";

/**
 * A tenth of `finetune`'s head rate: the head's rate would destroy early layers, and that of early layers (rate / 100)
 * would barely train the head.
 */
const rate = 1e-4;

/**
 * One rate for all weights: θ ← θ - η u for head and body. The plain baseline of every other strategy.
 * @see Yosinski et al., "How transferable are features in deep neural networks?", 2014
 */
export function fullPlan(model: Graph, request: PlanRequest): TrainingPlan {
  const { body, head } = weightsOf(model, request.trainable);
  return planOf(
    [{ label: message("group-everything"), rate: request.rate ?? rate, members: [...body, ...head] }],
    request,
    { what: message("all-weights") },
  );
}
