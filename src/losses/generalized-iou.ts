import type { Builder } from "../graph/builder.js";
import type { Value } from "../graph/node.js";

/** Smallest area that is divided by, in squared units of the boxes. */
const epsilon = 1e-6;

/**
 * Intersection over union of pairs of boxes, and its generalization, which has a gradient for boxes that do not overlap.
 *
 * w = max(0, min(x2, x2*) − max(x1, x1*)), h likewise,  I = w h,  U = A + A* − I + ε,
 * C = area of the smallest box around both + ε
 *
 * IoU = I / U,   GIoU = IoU − (C − U) / C
 *
 * Both keep their values if an axis is stretched or moved, up to ε = 1e-6.
 * @param predicted,truth float32[…, 4]: x1, y1, x2, y2
 * @returns float32[…]: IoU in 0 … 1, GIoU in −1 … 1, higher is better
 * @see Rezatofighi et al., "Generalized Intersection over Union", 2019
 */
export function generalizedIou(
  g: Builder,
  predicted: Value,
  truth: Value,
): { readonly iou: Value; readonly giou: Value } {
  const axis = g.rank(predicted) - 1;
  const half = (box: Value, from: number): Value =>
    g.slice(box, { starts: [from], ends: [from + 2], axes: [axis] });
  /** Product of the two sides, float32[…]. */
  const area = (sides: Value): Value => {
    const side = (from: number): Value =>
      g.squeeze(g.slice(sides, { starts: [from], ends: [from + 1], axes: [axis] }), [axis]);
    return g.mul(side(0), side(1));
  };
  const [low, high] = [half(predicted, 0), half(predicted, 2)];
  const [trueLow, trueHigh] = [half(truth, 0), half(truth, 2)];
  const shared = area(g.max(g.sub(g.min(high, trueHigh), g.max(low, trueLow)), g.number(0)));
  const areas = g.add(area(g.sub(high, low)), area(g.sub(trueHigh, trueLow)));
  const union = g.add(g.sub(areas, shared), g.number(epsilon));
  const around = g.add(area(g.sub(g.max(high, trueHigh), g.min(low, trueLow))), g.number(epsilon));
  const iou = g.div(shared, union);
  return { iou, giou: g.sub(iou, g.div(g.sub(around, union), around)) };
}
