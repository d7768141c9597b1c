import type { Dim } from "../../../core/shape.js";
import type { Builder } from "../../builder.js";
import type { Value } from "../../node.js";
import { cannot, type Expansion, shapeOf } from "./expansion.js";
import { positions } from "./positions.js";

/** Added to the score of a later key in causal attention: the lowest float32. */
const lowest = -3.4028234663852886e38;

/** Inputs of a mask. */
export interface Masked {
  /** float[B, N, S, T] */
  readonly scores: Value;
  readonly batch: Dim;
  /** Added to the score of a key that the mask excludes. */
  readonly filter: number;
}

/**
 * Adds the mask to the scores. BERT exports have masks in four forms: 1 and 0 for keys [B, T]; 1 and 0 for the
 * keys of each query [B, S, T]; the number of keys [B]; the number and the first key of each row [2B].
 */
export function addMask(e: Expansion, mask: Value, { scores, batch, filter }: Masked): Value {
  const { g } = e;
  const shape = shapeOf(e, mask, "the mask", 1, 2, 3);
  const keep = shape.length === 1 ? keepRange() : g.greater(mask, g.number(0, mask));
  // [B, T] to [B, 1, 1, T], [B, S, T] to [B, 1, S, T]
  const placed = shape.length === 3 ? g.unsqueeze(keep, [1]) : g.unsqueeze(keep, [1, 2]);
  return g.add(scores, g.where(placed, g.number(0, scores), g.number(filter, scores)));

  // first <= t < end
  function keepRange(): Value {
    const key = g.cast(positions(g, scores, 3), g.dtype(mask));
    const column = (v: Value): Value => g.unsqueeze(v, [1]);
    if (shape[0] === batch && batch !== null) return g.less(key, column(mask));
    if (typeof batch !== "number" || shape[0] !== 2 * batch)
      return cannot(
        `its mask has ${shape[0] ?? "an unknown number of"} numbers for a batch of ${batch ?? "unknown size"}`,
      );
    const [end, first] = g.nodes("Split", [mask, g.ints([batch, batch])], { axis: 0 }, 2) as [Value, Value];
    const begun = g.node("GreaterOrEqual", [key, column(first)], {});
    return g.and(g.less(key, column(end)), begun);
  }
}

/** Masks later keys: query s sees key t only if t <= s. */
export function addCausal(g: Builder, scores: Value): Value {
  const query = g.unsqueeze(positions(g, scores, 2), [1]);
  const later = g.greater(g.unsqueeze(positions(g, scores, 3), [0]), query);
  return g.where(later, g.number(lowest, scores), scores);
}
