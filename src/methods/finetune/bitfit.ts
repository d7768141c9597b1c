import { EngraftError } from "../../core/errors.js";
import { message } from "../../core/messages/message.js";
import type { Graph } from "../../graph/graph.js";
import { shiftsOf, weightsOf } from "../body-weights.js";
import type { PlanRequest, TrainingPlan } from "../plan.js";
import { planOf, usual } from "../recipe.js";

/**
 * BitFit: only *added* weights train (biases, and shifts of normalisations), and the head. Usually under 1 % of the
 * weights.
 *
 * y = W x + b,   b trains, W does not.
 * @see Ben Zaken et al., "BitFit: Simple Parameter-efficient Fine-tuning for Transformer-based Masked Language-models",
 * 2022; its rates are 1e-4 to 1e-3
 * @throws ModelError if the base has no biases
 */
export function bitfitPlan(model: Graph, request: PlanRequest): TrainingPlan {
  const { body, head } = weightsOf(model, request.trainable);
  const shifts = shiftsOf(model, body);
  const members = body.filter((p) => shifts.has(p.value));
  if (members.length === 0)
    throw new EngraftError(
      "ModelError",
      `none of the base's ${body.length} weights that may move is a bias or the shift of a normalisation`,
      {
        help: "use another strategy: last-n trains few weights too",
        details: { weights: body.map((p) => p.value) },
      },
    );
  const rate = request.rate ?? usual.rate;
  return planOf(
    [
      { label: message("group-biases"), rate, members },
      { label: message("group-head"), rate, members: head },
    ],
    request,
    { what: message("biases-only", { weights: members.length }) },
  );
}
