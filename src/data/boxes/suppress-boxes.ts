import { type Box, boxIou } from "./box.js";

/** Options of {@link suppressBoxes}. */
export interface SuppressOptions {
  /** A box is dropped if its IoU with a kept one is above this. Default 0.6. */
  readonly iou?: number;
  /** Most boxes that are kept. Default 100. */
  readonly most?: number;
  /** True: a box only suppresses boxes of its class. Default true. */
  readonly byClass?: boolean;
}

interface Scored {
  readonly label: number;
  readonly score: number;
  readonly box: Box;
}

/**
 * Returns the boxes that no better box covers, by falling score (non-maximum suppression). Boxes with one score keep their order.
 *
 * The rule is that of ONNX's `NonMaxSuppression`: an IoU equal to the threshold does not suppress.
 */
export function suppressBoxes<D extends Scored>(detections: readonly D[], options?: SuppressOptions): D[] {
  return suppressSorted(
    [...detections].sort((a, b) => b.score - a.score),
    options,
  );
}

/** As {@link suppressBoxes}, for boxes by falling score. It reads no more of them than it needs. */
export function suppressSorted<D extends Scored>(
  detections: Iterable<D>,
  { iou = 0.6, most = 100, byClass = true }: SuppressOptions = {},
): D[] {
  const kept: D[] = [];
  const byLabel = new Map<number, Box[]>();
  for (const one of detections) {
    if (kept.length >= most) break;
    const key = byClass ? one.label : 0;
    const others = byLabel.get(key) ?? [];
    if (others.some((box) => boxIou(box, one.box) > iou)) continue;
    others.push(one.box);
    byLabel.set(key, others);
    kept.push(one);
  }
  return kept;
}
