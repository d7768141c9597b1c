import { EngraftError } from "../../core/errors.js";
import { message } from "../../core/messages/message.js";
import type { Graph } from "../../graph/graph.js";
import { normsOf, weightsOf } from "../body-weights.js";
import type { PlanRequest, TrainingPlan } from "../plan.js";
import { planOf, usual } from "../recipe.js";

/**
 * Only scales and shifts of normalisations train, and the head.
 *
 * y = γ · (x - μ) / √(σ² + ε) + β,   γ and β train; μ and σ² stay those of the base.
 * @see Frankle, Schwab & Morcos, "Training BatchNorm and Only BatchNorm", 2021
 * @throws ModelError if the base has no normalisation: exporters fold it into convolutions
 */
export function normOnlyPlan(model: Graph, request: PlanRequest): TrainingPlan {
  const { body, head } = weightsOf(model, request.trainable);
  const norms = normsOf(model, body);
  const members = body.filter((p) => norms.has(p.value));
  if (members.length === 0)
    throw new EngraftError(
      "ModelError",
      `none of the base's ${body.length} weights that may move is the scale or shift of a normalisation`,
      {
        help: "exporters fold normalisation into convolutions: then --strategy bitfit trains the biases that are left",
        details: { weights: body.map((p) => p.value) },
      },
    );
  const rate = request.rate ?? usual.rate;
  return planOf(
    [
      { label: message("group-norms"), rate, members },
      { label: message("group-head"), rate, members: head },
    ],
    request,
    { what: message("norms-only", { weights: members.length }) },
  );
}
