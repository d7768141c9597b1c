import { EngraftError } from "../../core/errors.js";
import { message } from "../../core/messages/message.js";
import type { Graph } from "../../graph/graph.js";
import { inGroups, layersOf, weightsOf } from "../body-weights.js";
import { lengthOf, type PlanRequest, type TrainingPlan } from "../plan.js";
import { planOf, usual } from "../recipe.js";
import { numbersOf, readSettings } from "../settings.js";
import { gradualSettings } from "../strategy-settings.js";

/**
 * Gradual unfreezing from the *output* side: the head and the last group of layers train in the first epoch, and each
 * epoch one more group joins, the earliest last.
 *
 * group k (0 the last) trains from epoch k · every on, at ηₖ = η / 2.6^(k+1); slanted triangular rates (cut .1, ratio
 * 32). The probe's solution replaces ULMFiT's first epoch, with the head alone.
 *
 * Frozen groups have rate 0 and do not count in the clipped norm. Their gradients are computed anyway, so that Adam's
 * averages are up to date: a step costs as much as in `full`.
 * @see Howard & Ruder, "Universal Language Model Fine-tuning for Text Classification", 2018, section 3.3
 * @throws OptionError if a group would be unfrozen after the last epoch
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
  // As many groups as the epochs allow, so that every group is unfrozen.
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
