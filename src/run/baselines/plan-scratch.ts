import type { Graph } from "../../graph/graph.js";
import { stepsOfPlan } from "../../methods/epoch-steps.js";
import { scratchPlan, scratchRates } from "../../methods/finetune/scratch.js";
import type { PlanRequest } from "../../methods/plan.js";
import type { Settings } from "../../methods/settings.js";
import type { ScratchTraining } from "./scratch-training.js";

/** Times the steps of the run, and at least so many: small images from random weights need about 1,500. */
const [times, least] = [3, 1500] as const;

/**
 * Plans how a network is trained from random weights.
 *
 * @param model with an empty head
 * @param request epochs and batch are those of the run it is compared with; its rate is one that was asked for
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
