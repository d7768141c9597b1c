import { message } from "../../core/messages/message.js";
import type { Graph } from "../../graph/graph.js";
import { weightsOf } from "../body-weights.js";
import { allWeights, earlyFactor, finetuneGroups } from "../finetune/finetune.js";
import type { PlanRequest, TrainingPlan } from "../plan.js";
import { type Moving, planOf, usual } from "../recipe.js";
import type { Align } from "./align.js";

/** Target number of steps, and the most epochs for it: alignment is slower than fitting the source. */
const steps = { pretrained: 600, fresh: 2500 } as const;
const epochRange = [4, 15] as const;
/** Items of each domain per step, as in Transfer-Learning-Library. */
const usualBatch = 32;

/**
 * Plans a training: a base as in `finetune`, a fresh network at one rate; weights of the method at the head's rate.
 * @param request.examples number of source training items
 * @param fresh true if the network starts from random weights
 */
export function adaptPlan(
  model: Graph,
  request: PlanRequest,
  {
    fresh,
    target,
    align,
  }: { readonly fresh: boolean; readonly target: number; readonly align?: Align | undefined },
): TrainingPlan {
  const batch = Math.min(request.batch ?? usualBatch, request.examples, target);
  const perEpoch = stepsPerEpoch(request.examples, batch);
  const wanted = Math.round(steps[fresh ? "fresh" : "pretrained"] / perEpoch);
  const epochs = request.epochs ?? Math.min(epochRange[1], Math.max(epochRange[0], wanted));
  const weights = weightsOf(model, request.trainable);
  const rate = request.rate ?? usual.rate;
  const own: Moving[] = [{ label: message("group-discriminator"), rate, members: align?.weights ?? [] }];
  const groups: readonly Moving[] = fresh
    ? [{ label: message("group-everything"), rate, members: [...weights.body, ...weights.head] }]
    : finetuneGroups(weights, request);
  const what = fresh
    ? { start: message("random-weights"), what: message("all-weights") }
    : { what: allWeights(earlyFactor(weights, request)) };
  return planOf(
    [...groups, ...own],
    { ...request, epochs, batch },
    { ...what, schedule: { name: "cosine" } },
  );
}

/** Only whole batches: the last few source items of an epoch, different ones each time, are left out. */
export function stepsPerEpoch(examples: number, batch: number): number {
  return Math.max(1, Math.floor(examples / batch));
}
