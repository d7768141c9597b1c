import type { Builder } from "../../graph/builder.js";
import type { Value } from "../../graph/node.js";
// Imported directly and not from the folder's index, so that a page loads only the losses that it uses.
import { weightedMean } from "../../losses/cross-entropy.js";
import { distillationLoss } from "../../losses/distillation.js";
import { featureMapDrift, weightDrift } from "../../losses/drift.js";
import { smallestSingularValues } from "../../losses/spectral-shrinkage.js";
import type { Penalty } from "./objective.js";
import { targetRows } from "./target-rows.js";

/**
 * L2-SP: α Σ ½‖w - w⁰‖² over the weights of the body, with w⁰ their initial values.
 * @see Li, Grandvalet & Davoine, 2018, equation 2
 */
export function startingPoint(body: readonly Value[], alpha: number): Penalty {
  return {
    terms: (g, _now, _batch, before) => ({
      terms: {
        "starting point": {
          value: weightDrift(
            g,
            body.map((value) => ({ now: value, before: before.weight(value) })),
          ),
          weight: alpha,
        },
      },
    }),
  };
}

/** β Σ ½‖w‖² over the weights of a new head, which has no pretrained values. No term if the model has no new head, as decoders. */
export function shrunkHead(head: readonly Value[], beta: number): Penalty {
  if (head.length === 0) return { terms: () => ({ terms: {} }) };
  return {
    terms: (g) => ({
      terms: {
        head: {
          value: weightDrift(
            g,
            head.map((value) => ({ now: value })),
          ),
          weight: beta,
        },
      },
    }),
  };
}

/**
 * DELTA without channel weights: α · mean over the batch of Σ over maps of their distance from the initial model's maps
 * of the same image. Costs a second forward pass.
 * @param maps values of the model, float32[batch, C, H, W] or float32[batch, L, C]
 */
export function featureMaps(maps: readonly Value[], alpha: number): Penalty {
  return {
    exposes: maps,
    terms(g, now, batch, before) {
      const teacher = before.model(batch.x);
      const drifts = maps.map((map) => featureMapDrift(g, now.at(map), teacher.at(map)));
      const sum = drifts.reduce(g.add);
      const value = weightedMean(g, sum, itemWeights(g, batch.weights, g.dims(sum)[0]!));
      return { terms: { "feature maps": { value, weight: alpha } } };
    },
  };
}

/** Returns the weight of each item, float32[N]: of an item with several labels, such as a row of tokens, the sum of theirs. */
const itemWeights = (g: Builder, weights: Value, items: number): Value =>
  g.dims(weights)[0] === items ? weights : g.reduceSum(g.reshape(weights, [items, -1]), { axes: [1] });

/** Batch spectral shrinkage: η · Σ of the squares of the k smallest singular values of the batch's features. */
export function spectralShrinkage(features: Value, k: number, eta: number): Penalty {
  return {
    couplesRows: true,
    exposes: [features],
    terms(g, now, batch) {
      const { value, constants } = smallestSingularValues(g, now.at(features), batch.weights, { k });
      return { terms: { "spectral shrinkage": { value, weight: eta } }, constants };
    },
  };
}

/**
 * Learning without forgetting: λ · divergence of the old head's softened predictions from those before training, T²
 * KL(before ‖ now). Costs a second forward pass.
 * @param scores logits of the old head, float32[batch, Z]: a value of the model
 */
export function oldAnswers(scores: Value, temperature: number, lambda: number): Penalty {
  return {
    exposes: [scores],
    terms(g, now, batch, before) {
      const teacher = before.model(batch.x).at(scores);
      const losses = distillationLoss(g, now.at(scores), teacher, { temperature });
      return {
        terms: { "old answers": { value: weightedMean(g, losses, batch.weights), weight: lambda } },
      };
    },
  };
}

/**
 * Co-tuning: λ · the cross-entropy of the old head against the old classes that resemble an example's class, R[y].
 * @param scores logits of the old head, float32[batch, Z]: a value of the model
 * @param relationship name and shape [C, Z] of R, which is given when training starts
 */
export function relatedClasses(
  scores: Value,
  relationship: { readonly name: string; readonly shape: readonly number[] },
  lambda: number,
): Penalty {
  return {
    exposes: [scores],
    given: { [relationship.name]: relationship.shape },
    terms(g, now, batch, before) {
      const [table, shares] = [before.given(relationship.name), batch.rows?.[targetRows]];
      const q = shares === undefined ? g.gather(table, batch.labels) : g.matmul(shares, table);
      const losses = g.neg(g.reduceSum(g.mul(q, g.logSoftmax(now.at(scores), -1)), { axes: [1] }));
      return {
        terms: { "related classes": { value: weightedMean(g, losses, batch.weights), weight: lambda } },
      };
    },
  };
}
