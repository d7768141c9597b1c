import { headValues } from "../../bases/heads.js";
import { EngraftError } from "../../core/errors.js";
import type { Graph } from "../../graph/graph.js";
import { type Parameter, parametersOf } from "../../graph/surgery/index.js";
import { lengthOf, type PlanRequest, type RateGroup, type TrainingPlan } from "../plan.js";
import { selectWeights } from "./select-weights.js";

/**
 * fastai's `fine_tune`: base_lr 2e-3 while the body is frozen, half of it afterwards, the earliest layers at a
 * hundredth; one-cycle with pct_start .3, div 5; AdamW with weight decay .01.
 * @see fastai callback/schedule.py `fine_tune`, vision/learner.py `_default_split`
 */
const recipe = { rate: 1e-3, earliest: 100, start: 0.3, div: 5, weightDecay: 0.01, clipNorm: 1 } as const;

/**
 * Fine-tune: the head first, then all weights, with smaller rates for early layers.
 *
 * The head is not trained from noise: it starts from the probe's solution, which is what the first, frozen
 * stage of the recipe strives for. Then everything moves: the first half of the body's layers at rate / 100, the
 * second half at rate / 10, the head at the rate. BatchNormalization keeps its running statistics.
 * `request.trainable` leaves some weights of the body where they are.
 *
 * @param model pixels -> logits, with the head's weights under {@link headValues}.
 * @throws ModelError when the body has no float weights (an int8 model), OptionError when none is asked for.
 */
export function finetunePlan(model: Graph, request: PlanRequest): TrainingPlan {
  const parameters = parametersOf(model).filter((p) => p.kind !== "statistic");
  const isHead = (p: Parameter): boolean => p.value === headValues.weight || p.value === headValues.bias;
  const all = parameters.filter((p) => !isHead(p));
  if (all.length === 0) {
    const integer = model.nodes.find((n) => n.kind === "opaque" && /Quant|QLinear|Integer|QGemm/.test(n.op));
    throw new EngraftError(
      "ModelError",
      integer
        ? `the base's weights are integers (${integer.op}${integer.name ? ` "${integer.name}"` : ""}): they have no gradient, so it cannot be fine-tuned`
        : "the base has no float weights before the cut, so there is nothing to fine-tune",
      { help: "use --strategy probe, which trains only a new head, or a float version of the model" },
    );
  }
  const body = request.trainable === undefined ? all : selectWeights(model, all, request.trainable);
  // Halves by layers, as fastai splits a ResNet: a layer is a distinct depth.
  const depths = [...new Set(body.map((p) => p.depth))].sort((a, b) => a - b);
  const middle = depths[Math.floor(depths.length / 2)]!;
  const peak = request.rate ?? recipe.rate;
  const groups: (RateGroup & { members: readonly Parameter[] })[] = [
    group(
      "body, first half",
      peak / recipe.earliest,
      body.filter((p) => p.depth < middle),
    ),
    group(
      "body, second half",
      peak / Math.sqrt(recipe.earliest),
      body.filter((p) => p.depth >= middle),
    ),
    group("head", peak, parameters.filter(isHead)),
  ].filter((g) => g.values > 0);
  const { epochs, batch } = lengthOf(request);
  const moving =
    body.length === all.length ? "all weights" : `${body.length} of ${all.length} weights of the body`;
  return {
    trainable: groups.flatMap(({ members }, index) =>
      members.map((p) => ({ value: p.value, group: index, decay: p.kind === "weight" })),
    ),
    groups: groups.map(({ members: _, ...rest }) => rest),
    epochs,
    batch,
    optimizer: { name: "adamw", weightDecay: recipe.weightDecay },
    schedule: { name: "one-cycle", start: recipe.start, div: recipe.div },
    batchNorm: "frozen",
    clipNorm: recipe.clipNorm,
    words: `head from the probe's solution, then ${moving}: AdamW, one-cycle, ${epochs} epochs of batches of ${batch}, early layers at 1/100 of the rate, BatchNormalization frozen`,
  };
}

function group(name: string, rate: number, members: readonly Parameter[]) {
  return { name, rate, members, values: members.length, parameters: members.reduce((n, p) => n + p.size, 0) };
}
