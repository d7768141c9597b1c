import type { Value } from "../../graph/node.js";
import { weightedMean } from "../../losses/cross-entropy.js";
import { distillationLoss } from "../../losses/distillation.js";
import {
  attentionMap,
  attentionTransfer,
  hintLoss,
  type MapSize,
  pooledTo,
} from "../../losses/feature-maps.js";
import { relationalAngle, relationalDistance } from "../../losses/relational.js";
import type { Penalty } from "./objective.js";

// Terms that a teacher adds to a student's loss. Its outputs come with the batch, as rows.

/**
 * Soft targets: α T² KL(softmax(t / T) ‖ softmax(s / T)), with the teacher's logits as the row `teacher`.
 * @see Hinton, Vinyals & Dean, "Distilling the Knowledge in a Neural Network", 2015
 */
export function softTargets(classes: number, temperature: number, alpha: number): Penalty {
  return {
    rows: { teacher: [classes] },
    terms(g, now, batch) {
      const losses = distillationLoss(g, now.logits, batch.rows!.teacher!, { temperature });
      return { terms: { distillation: { value: weightedMean(g, losses, batch.weights), weight: alpha } } };
    },
  };
}

/**
 * FitNet's hints: β · mean squared difference between the regressor's output on the student's value and the teacher's
 * value, the row `hint`.
 * @param regressed the regressor's output, a value of the model: float32[batch, C, H, W], or float32[batch, D]
 * @param shape of the teacher's hint: [C, h, w] or [D]; larger maps of the student are averaged down to it
 * @see Romero et al., "FitNets: Hints for Thin Deep Nets", 2015
 */
export function hints(regressed: Value, shape: readonly number[], beta: number): Penalty {
  return {
    exposes: [regressed],
    rows: { hint: shape },
    terms(g, now, batch) {
      const [, height, width] = shape;
      const own = now.at(regressed);
      const student = shape.length === 3 ? pooledTo(g, own, [height!, width!]) : own;
      const losses = hintLoss(g, student, batch.rows!.hint!);
      return { terms: { hint: { value: weightedMean(g, losses, batch.weights), weight: beta } } };
    },
  };
}

/** One place where attention is compared: the student's maps, and the grid of the teacher's row. */
export interface Attended {
  /** A value of the model, float32[batch, C, H, W]. */
  readonly maps: Value;
  readonly size: MapSize;
}

/**
 * Attention transfer: β Σ over places of the mean squared difference between the student's attention map and the
 * teacher's. The teacher's maps are the row `attention`, concatenated.
 * @see Zagoruyko & Komodakis, "Paying More Attention to Attention", 2017
 */
export function attention(places: readonly Attended[], power: number, beta: number): Penalty {
  const sizes = places.map(({ size: [h, w] }) => h * w);
  return {
    exposes: places.map(({ maps }) => maps),
    rows: { attention: [sizes.reduce((a, b) => a + b)] },
    terms(g, now, batch) {
      let first = 0;
      const losses = places.map(({ maps, size }, i) => {
        const range = { starts: [first], ends: [first + sizes[i]!], axes: [1] };
        first += sizes[i]!;
        const own = attentionMap(g, pooledTo(g, now.at(maps), size), { power });
        return attentionTransfer(g, own, g.slice(batch.rows!.attention!, range));
      });
      const sum = losses.reduce(g.add);
      return { terms: { attention: { value: weightedMean(g, sum, batch.weights), weight: beta } } };
    },
  };
}

/**
 * Relational distillation: relative positions of the items of a batch, by distance and by angle. The teacher's features
 * are the row `features`.
 * @param features the student's, a value of the model: float32[batch, D]
 * @param width E, the teacher's
 * @see Park et al., "Relational Knowledge Distillation", 2019
 */
export function relations(
  features: Value,
  width: number,
  { distance, angle }: { readonly distance: number; readonly angle: number },
): Penalty {
  return {
    couplesRows: true,
    exposes: [features],
    rows: { features: [width] },
    terms(g, now, batch) {
      const [own, teacher] = [now.at(features), batch.rows!.features!];
      return {
        terms: {
          ...(distance > 0 && {
            distances: { value: relationalDistance(g, own, teacher, batch.weights), weight: distance },
          }),
          ...(angle > 0 && {
            angles: { value: relationalAngle(g, own, teacher, batch.weights), weight: angle },
          }),
        },
      };
    },
  };
}
