import { message } from "../../core/messages/message.js";
import type { Graph } from "../../graph/graph.js";
import { type Weights, weightsOf } from "../body-weights.js";
import type { PlanRequest, TrainingPlan } from "../plan.js";
import { type Moving, planOf, usual } from "../recipe.js";

/**
 * fastai's `fine_tune`: base_lr 2e-3 while the body is frozen, half of it afterwards, the earliest layers at a
 * hundredth; one-cycle with pct_start .3, div 5; AdamW with weight decay .01.
 * @see fastai callback/schedule.py `fine_tune`, vision/learner.py `_default_split`
 */
const earliest = 100;
/**
 * Of token models the halves are this far apart: a decay of 0.9 a layer, as transformers' recipes have it, over six layers. Tables of
 * words are not edges and corners that serve every picture: they have to learn what a task's words mean.
 */
const earliestOfTokens = 20;

/** How much slower the early layers are than the head. */
export const earlyFactor = ({ readsTokens }: Pick<Weights, "readsTokens">): number =>
  readsTokens ? earliestOfTokens : earliest;

/**
 * Fine-tune: the head first, then all weights, with smaller rates for early layers.
 *
 * The head is not trained from noise: it starts from the probe's solution, which is what the first, frozen
 * stage of the recipe strives for. Then everything moves: the first half of the body's layers at rate / 100 (of
 * models of texts at rate / 20), the second half at rate / 10, the head at the rate. BatchNormalization keeps its running statistics.
 * `request.trainable` leaves some weights of the body where they are.
 *
 * @param model pixels -> logits, with the head's weights under `headValues`.
 * @throws ModelError when the body has no float weights (an int8 model), OptionError when none is asked for.
 */
export function finetunePlan(model: Graph, request: PlanRequest): TrainingPlan {
  const weights = weightsOf(model, request.trainable);
  const { all, body } = weights;
  const factor = earlyFactor(weights);
  return planOf(finetuneGroups(weights, request), request, {
    what:
      body.length === all.length
        ? message("all-weights-early-slower", { factor })
        : message("some-weights-early-slower", { some: body.length, all: all.length, factor }),
  });
}

/** The groups of {@link finetunePlan}: the halves of the body at rate / 100 (or 20) and rate / 10, the head at the rate. */
export function finetuneGroups(weights: Weights, request: PlanRequest): Moving[] {
  const { body, head } = weights;
  // Halves by layers, as fastai splits a ResNet: a layer is a distinct depth.
  const depths = [...new Set(body.map((p) => p.depth))].sort((a, b) => a - b);
  const middle = depths[Math.floor(depths.length / 2)]!;
  const peak = request.rate ?? usual.rate;
  return [
    {
      label: message("group-half", { half: "first" }),
      rate: peak / earlyFactor(weights),
      members: body.filter((p) => p.depth < middle),
    },
    {
      label: message("group-half", { half: "second" }),
      rate: peak / Math.sqrt(earliest),
      members: body.filter((p) => p.depth >= middle),
    },
    { label: message("group-head"), rate: peak, members: head },
  ];
}
