import type { Dim } from "../../../core/shape.js";
import type { Builder } from "../../builder.js";
import type { Value } from "../../node.js";
import { cannot, type Expansion, shapeOf } from "./expansion.js";
import { positions } from "./positions.js";

/** What is added to the scores where a query may not see a key that comes after it: float32's lowest number. */
const lowest = -3.4028234663852886e38;

/** What a mask is read for. */
export interface Masked {
  /** float[B, N, S, T] */
  readonly scores: Value;
  readonly batch: Dim;
  /** Added to the score of a key that the mask leaves out. */
  readonly filter: number;
}

/**
 * The scores with the mask added, in each of the forms that BERT's exports have: of 1 and 0 for keys [B, T], for
 * keys of each query [B, S, T], or the number of keys [B], followed by the first of them [2B].
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

/** Query s sees key t only when t <= s. */
export function addCausal(g: Builder, scores: Value): Value {
  const query = g.unsqueeze(positions(g, scores, 2), [1]);
  const later = g.greater(g.unsqueeze(positions(g, scores, 3), [0]), query);
  return g.where(later, g.number(lowest, scores), scores);
}
