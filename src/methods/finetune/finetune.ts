import { message } from "../../core/messages/message.js";
import type { Graph } from "../../graph/graph.js";
import { type Weights, weightsOf } from "../body-weights.js";
import type { PlanRequest, TrainingPlan } from "../plan.js";
import { type Moving, planOf, usual } from "../recipe.js";
import { readSettings } from "../settings.js";
import { finetuneSettings } from "../strategy-settings.js";

/**
 * fastai's `fine_tune`: base_lr 2e-3 while the body is frozen, then half of it, with the earliest layers at a
 * hundredth; one-cycle with pct_start .3, div 5; AdamW with weight decay .01.
 * @see fastai callback/schedule.py `fine_tune`, vision/learner.py `_default_split`
 */
const earliest = 100;
/**
 * Factor for token models: a decay of 0.9 per layer, as in transformer recipes, over six layers. Word embeddings are
 * not general features like edges; they must learn what a task's words mean.
 */
const earliestOfTokens = 20;

/** Returns how much slower the early layers train than the head. */
export const earlyFactor = (
  { readsTokens }: Pick<Weights, "readsTokens">,
  { early }: Pick<PlanRequest, "early">,
): number => early ?? (readsTokens ? earliestOfTokens : earliest);

/** The later half of the body trains at a tenth, or at the early factor if that is smaller. */
const latest = 10;

/** Says that all weights train, the early layers slower by a factor. */
export const allWeights = (factor: number) =>
  factor === 1 ? message("all-weights") : message("all-weights-early-slower", { factor });

/**
 * Fine-tuning: all weights, with smaller rates for early layers.
 *
 * The head starts from the probe's solution, which replaces the recipe's first, frozen stage. Then everything trains:
 * the first half of the body's layers at rate / 100 (text models: rate / 20), the second half at rate / 10, the head at
 * the rate. A task or the user may set another factor. BatchNormalization keeps its running statistics.
 * `request.trainable` freezes other weights of the body.
 *
 * @param model pixels -> logits, with the head's weights under `headValues`
 * @throws ModelError if the body has no float weights (an int8 model), OptionError if none is selected
 */
export function finetunePlan(model: Graph, request: PlanRequest): TrainingPlan {
  const weights = weightsOf(model, request.trainable);
  const { all, body } = weights;
  const asked = readSettings(finetuneSettings, request.option ?? {}, 'strategy "finetune"').early;
  const early = asked || earlyFactor(weights, request);
  return planOf(finetuneGroups(weights, { ...request, early }), request, {
    what:
      body.length === all.length
        ? allWeights(early)
        : message("some-weights-early-slower", { some: body.length, all: all.length, factor: early }),
  });
}

/**
 * Returns the groups of {@link finetunePlan}: the halves of the body at rate / factor and rate / 10, the head at the rate.
 */
export function finetuneGroups(weights: Weights, request: PlanRequest): Moving[] {
  const { body, head } = weights;
  // Halves by layers, as fastai splits a ResNet: a layer is a distinct depth.
  const depths = [...new Set(body.map((p) => p.depth))].sort((a, b) => a - b);
  const middle = depths[Math.floor(depths.length / 2)]!;
  const peak = request.rate ?? usual.rate;
  const factor = earlyFactor(weights, request);
  return [
    {
      label: message("group-half", { half: "first" }),
      rate: peak / factor,
      members: body.filter((p) => p.depth < middle),
    },
    {
      label: message("group-half", { half: "second" }),
      rate: peak / Math.min(latest, factor),
      members: body.filter((p) => p.depth >= middle),
    },
    { label: message("group-head"), rate: peak, members: head },
  ];
}
