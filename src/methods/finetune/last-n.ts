import { EngraftError } from "../../core/errors.js";
import { message } from "../../core/messages/message.js";
import type { Graph } from "../../graph/graph.js";
import { layersOf, weightsOf } from "../body-weights.js";
import type { PlanRequest, TrainingPlan } from "../plan.js";
import { planOf, usual } from "../recipe.js";
import { readSettings } from "../settings.js";
import { lastNSettings } from "../strategy-settings.js";

/**
 * The last N layers of the base and the head train. Earlier layers are frozen and need no gradient, so a step costs
 * less.
 *
 * A layer is a convolution or product with the following biases and normalisations. The body's layers train at a tenth
 * of the head's rate, like the late half in `finetune`.
 * @see Yosinski et al., "How transferable are features in deep neural networks?", 2014
 * @throws OptionError if the base has fewer layers
 */
export function lastNPlan(model: Graph, request: PlanRequest): TrainingPlan {
  const { last } = readSettings(lastNSettings, request.option ?? {}, 'strategy "last-n"');
  const { body, head } = weightsOf(model, request.trainable);
  const layers = layersOf(body);
  if (last > layers.length)
    throw new EngraftError(
      "OptionError",
      `option last is ${last}, the base has ${layers.length} layers that may move`,
      {
        help: `give a number from 1 to ${layers.length}, or use --strategy full`,
        details: { last, layers: layers.map(([first]) => first!.value) },
      },
    );
  const peak = request.rate ?? usual.rate;
  const moving = layers.slice(-last).flat();
  return planOf(
    [
      { label: message("group-last-layers", { layers: last }), rate: peak / 10, members: moving },
      { label: message("group-head"), rate: peak, members: head },
    ],
    request,
    { what: message("last-layers", { last, layers: layers.length, from: moving[0]!.value }) },
  );
}
