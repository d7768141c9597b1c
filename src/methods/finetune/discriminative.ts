import { message } from "../../core/messages/message.js";
import type { Graph } from "../../graph/graph.js";
import { inGroups, layersOf, weightsOf } from "../body-weights.js";
import type { PlanRequest, TrainingPlan } from "../plan.js";
import { planOf, usual } from "../recipe.js";
import { readSettings } from "../settings.js";
import { discriminativeSettings } from "../strategy-settings.js";

/**
 * Layer-wise rates: all weights train, each group of layers slower than the next one.
 *
 * ηₗ₋₁ = ηₗ / 2.6,   the head at η. With one group per layer (`groups=200`) and `factor=1.1` this is the layer-wise
 * decay of transformer recipes (0.9 per layer).
 * @see Howard & Ruder, "Universal Language Model Fine-tuning for Text Classification", 2018, section 3.2
 */
export function discriminativePlan(model: Graph, request: PlanRequest): TrainingPlan {
  const { groups, factor } = readSettings(
    discriminativeSettings,
    request.option ?? {},
    'strategy "discriminative"',
  );
  const { body, head } = weightsOf(model, request.trainable);
  const parts = inGroups(layersOf(body), groups);
  const peak = request.rate ?? usual.rate;
  return planOf(
    [
      ...parts.map((members, i) => ({
        label: message("group-part", { part: i + 1, parts: parts.length }),
        rate: peak / factor ** (parts.length - i),
        members,
      })),
      { label: message("group-head"), rate: peak, members: head },
    ],
    request,
    { what: message("layer-groups-slower", { groups: parts.length, factor }) },
  );
}
