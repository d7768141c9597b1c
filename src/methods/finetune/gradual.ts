import { EngraftError } from "../../core/errors.js";
import { message } from "../../core/messages/message.js";
import type { Graph } from "../../graph/graph.js";
import { inGroups, layersOf, weightsOf } from "../body-weights.js";
import { lengthOf, type PlanRequest, type TrainingPlan } from "../plan.js";
import { planOf, usual } from "../recipe.js";
import { numbersOf, readSettings } from "../settings.js";
import { gradualSettings } from "../strategy-settings.js";

/**
 * Gradual unfreezing, from the *output* side: the head and the last group of layers move in the first epoch, each
 * epoch one group more joins, the earliest last.
 *
 * group k (0 the last) moves from epoch k · every on, at ηₖ = η / 2.6^(k+1); slanted triangular rates (cut .1, ratio 32).
 * ULMFiT's first epoch, with the head alone, is what the probe's solution stands for.
 *
 * What is still frozen has rate 0 and no part in the clipped norm; its gradient is computed all the same, so that
 * Adam's averages are those of a weight that was always there: a step costs what it costs in `full`.
 * @see Howard & Ruder, "Universal Language Model Fine-tuning for Text Classification", 2018, section 3.3
 * @throws OptionError when a group would be unfrozen after the last epoch
 */
export function gradualPlan(model: Graph, request: PlanRequest): TrainingPlan {
  const { groups, every, milestones, factor } = readSettings(
    gradualSettings,
    request.option ?? {},
    'strategy "gradual"',
  );
  const { body, head } = weightsOf(model, request.trainable);
  const { epochs } = lengthOf(request);
  const given = numbersOf(milestones);
  const late = given.find((epoch) => epoch >= epochs);
  if (late !== undefined)
    throw new EngraftError("OptionError", `milestone ${late} is behind the last of ${epochs} epochs`, {
      help: `give milestones from 1 to ${epochs - 1}, or more --epochs`,
      details: { milestones: given, epochs },
    });
  // As many as there are epochs for: a group that never moves would not be unfrozen.
  const count = given.length > 0 ? given.length + 1 : Math.min(groups, Math.ceil(epochs / every));
  const parts = inGroups(layersOf(body), count);
  const peak = request.rate ?? usual.rate;
  return planOf(
    [
      ...parts.map((members, i) => {
        const k = parts.length - 1 - i;
        const from = k === 0 ? 0 : given.length > 0 ? given[k - 1]! : k * every;
        return {
          label: message("group-part", { part: i + 1, parts: parts.length }),
          rate: peak / factor ** (k + 1),
          members,
          from,
        };
      }),
      { label: message("group-head"), rate: peak, members: head },
    ],
    request,
    {
      what: message("gradual-unfreezing", { groups: parts.length }),
      schedule: { name: "slanted-triangular" },
    },
  );
}
