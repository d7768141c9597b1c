import { EngraftError } from "../../core/errors.js";
import { message } from "../../core/messages/message.js";
import type { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { cosineSimilarityLoss } from "../../losses/cosine-similarity.js";
import { weightedMean } from "../../losses/cross-entropy.js";
import type { Objective } from "../../train/objectives/objective.js";
import { featuresOf, weightsOf } from "../body-weights.js";
import type { PlanRequest, TrainingPlan } from "../plan.js";
import { planOf } from "../recipe.js";
import { readSettings } from "../settings.js";
import { setfitSettings } from "../strategy-settings.js";
import { stepsOfPairs } from "./pair-plan.js";

/** SetFit's values for a sentence encoder of BERT-base's size: rate, and pairs per step. */
const [rate, pairsPerStep] = [2e-5, 16] as const;

/**
 * SetFit: the body learns which pairs of labelled items belong together, then the head is solved.
 *
 * 1. loss = mean over pairs of (cos(u, v) − t)²,   t = 1 for two of one class, 0 for two of different ones;
 *    u, v the features; R pairs of either kind for each item and epoch (`iterations`, 20), 16 pairs per step, one
 *    epoch.
 * 2. Logistic regression on the new features, with its strength chosen on validation: the probe.
 *
 * It suits few labels, because N items make 2 R N pairs. `iterations` counts per item, as in the authors' library;
 * their paper counts R per class. An epoch is scored by a head on its features; if validation does not improve, the
 * body stays unchanged.
 * @see Tunstall et al., "Efficient Few-Shot Learning Without Prompts" (SetFit), 2022, section 3
 */
export function setfitPlan(model: Graph, request: PlanRequest): TrainingPlan {
  const { iterations } = readSettings(setfitSettings, request.option ?? {}, 'strategy "setfit"');
  if (request.sampling === "balanced")
    throw new EngraftError("OptionError", 'sampling "balanced" means nothing for the strategy "setfit"', {
      help: "half of its pairs are of one class in any case: leave it out",
      details: { option: "sampling", strategy: "setfit" },
    });
  const { body } = weightsOf(model, request.trainable);
  const perStep = Math.max(1, Math.ceil((request.batch ?? 2 * pairsPerStep) / 2));
  const pairs = { iterations, perStep };
  const batch = 2 * perStep;
  const epochs = request.epochs ?? 1;
  const plan = planOf(
    [{ label: message("group-pairs"), rate: request.rate ?? rate, members: body }],
    { ...request, epochs, batch, examples: batch * stepsOfPairs(request.examples, pairs) },
    {
      what: message("setfit", { pairs: 2 * iterations, epochs, per_step: perStep }),
      schedule: { name: "linear" },
    },
  );
  return {
    ...plan,
    pairs,
    objective: alikeByClass(featuresOf(model)),
    recipe: plan.recipe.filter(({ code }) => code !== "head-from-probe" && code !== "epochs-of-batches"),
  };
}

/** A pair is row i of a batch's first half and row i of its second half. */
function alikeByClass(features: Value): Objective<"train"> {
  return {
    needs: ["train"],
    exposes: [features],
    terms(g, model, { train }) {
      const outputs = model(train.x);
      const rows = g.dims(train.labels)[0]!;
      const half = (value: Value, at: 0 | 1): Value => {
        const size = Math.floor(rows / 2);
        return g.slice(value, { starts: [at * size], ends: [(at + 1) * size], axes: [0] });
      };
      const all = outputs.at(features);
      const same = g.cast(g.equal(half(train.labels, 0), half(train.labels, 1)), "float32");
      const losses = cosineSimilarityLoss(g, half(all, 0), half(all, 1), same);
      const weights = g.mul(half(train.weights, 0), half(train.weights, 1));
      return { terms: { pairs: { value: weightedMean(g, losses, weights), weight: 1 } }, logits: outputs };
    },
  };
}
