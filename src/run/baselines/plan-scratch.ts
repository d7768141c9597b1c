import type { Graph } from "../../graph/graph.js";
import { stepsOfPlan } from "../../methods/epoch-steps.js";
import { scratchPlan, scratchRates } from "../../methods/finetune/scratch.js";
import type { PlanRequest } from "../../methods/plan.js";
import type { Settings } from "../../methods/settings.js";
import type { ScratchTraining } from "./scratch-training.js";

/** Steps of the run times this, and the minimum: small images need about 1,500 steps from random weights. */
const [times, least] = [3, 1500] as const;

/**
 * Plans the training of a network from random weights.
 *
 * @param model with an empty head
 * @param request epochs and batch of the run that it is compared with; its rate is a requested one
 * @param middle the usual learning rate of the network, default 0.001
 */
export function planScratch(
  model: Graph,
  request: PlanRequest,
  { own = {}, middle }: { readonly own?: Settings; readonly middle?: number } = {},
): ScratchTraining {
  const { examples } = request;
  const fewest = times * stepsOfPlan(scratchPlan(model, request, { own }), examples);
  return {
    steps: Math.max(fewest, least),
    fewest,
    ...scratchRates(request, middle),
    planAt: (rate, steps) => scratchPlan(model, request, { own, rate, steps }),
    examples,
  };
}
