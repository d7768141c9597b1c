import { float32 } from "../../core/tensor.js";
import type { Builder } from "../../graph/builder.js";
import type { Value } from "../../graph/node.js";
import { generalizedIou } from "../../losses/generalized-iou.js";
import { qualityFocal } from "../../losses/quality-focal.js";
import { needsOf, type Objective, type Penalty, termsOf } from "./objective.js";

/** Largest |a| of a raw distance: distances are exp(a) strides. */
export const largestDistance = 6;
/** Weight of the box term. @see Li et al., "Generalized Focal Loss", 2020 */
const boxWeight = 2;

export interface DetectionOptions {
  /** K */
  readonly classes: number;
  /** P */
  readonly places: number;
  /** Additional terms. Default none. */
  readonly penalties?: readonly Penalty[];
}

/**
 * Object detection without anchors: quality focal loss of the class logits, and 1 − GIoU of the boxes, at the places of all levels.
 *
 * The model returns float32[B, P, K + 4]: K class logits z, then raw distances a. A box is l, t, r, b = exp(clip(a, −6, 6)) around
 * its place, in strides of the level. Additional inputs, for each place:
 *
 * - `train.assigned` float32[B, P]: its class 0 … K − 1, or K for none.
 * - `train.distances` float32[B, P, 4]: l, t, r, b of its true box in strides; any box of positive size for none.
 * - `train.counted` float32[B, P]: 1, or 0 for a place that is left out, such as one in a crowd.
 *
 * The target of a class logit is the IoU u of the predicted box; no gradient passes u. With N⁺ = max(1, number of places with a
 * class in the batch) and v the highest probability of a place, through which no gradient passes either:
 *
 * loss = Σ QFL(z, u) / N⁺ + 2 Σ v (1 − GIoU) / max(1, Σ v)
 *
 * @see Li et al., "Generalized Focal Loss", 2020, section 3.3
 */
export function detection({ classes, places, penalties = [] }: DetectionOptions): Objective<"train"> {
  const own = { assigned: [places], distances: [places, 4], counted: [places] };
  return {
    needs: ["train"],
    ...needsOf(penalties, own),
    terms(g, model, { train }, before) {
      const outputs = model(train.x);
      const { assigned, distances, counted } = train.rows as Record<string, Value>;
      const part = (from: number, to: number): Value =>
        g.slice(outputs.logits, { starts: [from], ends: [to], axes: [2] });
      const logits = part(0, classes);
      const counts = g.mul(counted!, g.unsqueeze(train.weights, [1]));
      const positive = g.mul(g.cast(g.less(assigned!, g.number(classes)), "float32"), counts);
      const { iou, giou } = generalizedIou(
        g,
        boxesOf(g, predictedDistances(g, part(classes, classes + 4))),
        boxesOf(g, distances!),
      );
      const quality = g.mul(g.identity(iou), positive);
      const sure = g.mul(g.reduceMax(g.sigmoid(logits), { axes: [2] }), positive);
      // The class K of a place without one is a row of zeros.
      const target = g.mul(g.oneHot(g.cast(assigned!, "int64"), classes), g.unsqueeze(quality, [2]));
      const focal = g.mul(qualityFocal(g, logits, target), g.unsqueeze(counts, [2]));
      const mass = g.max(g.reduceSum(positive), g.number(1));
      const boxLoss = g.reduceSum(g.mul(sure, g.sub(g.number(1), giou)));
      const added = termsOf(penalties, g, outputs, train, before);
      return {
        terms: {
          classification: { value: g.div(g.reduceSum(focal), mass), weight: 1 },
          boxes: { value: g.div(boxLoss, g.max(g.reduceSum(sure), g.number(1))), weight: boxWeight },
          ...added.terms,
        },
        logits: { ...outputs, logits: g.reduceMax(logits, { axes: [1] }) },
        constants: [target, sure, ...added.constants],
        mass,
      };
    },
  };
}

/** Returns distances in strides from raw ones: exp(clip(a, −6, 6)). */
export const predictedDistances = (g: Builder, raw: Value): Value =>
  g.exp(g.clip(raw, g.number(-largestDistance), g.number(largestDistance)));

/** Returns x1, y1, x2, y2 around a place at 0: −l, −t, r, b. */
const boxesOf = (g: Builder, distances: Value): Value =>
  g.mul(distances, g.constant(float32([4], [-1, -1, 1, 1])));
