import type { Dim } from "../../../core/shape.js";
import type { Builder } from "../../builder.js";
import type { Value } from "../../node.js";
import { cannot, type Expand, type Expansion, known, refusePast, required, shapeOf } from "./expansion.js";
import { positions } from "./positions.js";

/** Queries, keys and values, split by head. */
export interface Heads {
  /** float[B, N, S, H] */
  readonly q: Value;
  /** float[B, N, T, H] */
  readonly k: Value;
  /** float[B, N, T, Hv] */
  readonly v: Value;
  readonly mask: Value | undefined;
  /** Added to the scores: float[B or 1, N or 1, S, T]. */
  readonly bias: Value | undefined;
}

/** Splits [B, S, N·H] by head: [B, N, S, H]. */
export function byHead(g: Builder, x: Value, heads: number, size: number): Value {
  return g.transpose(g.reshape(x, [0, 0, heads, size]), [0, 2, 1, 3]);
}

/**
 * y = softmax(q kᵀ / sqrt(H) + mask) v, with the heads joined again: [B, S, N·Hv]. The attributes `scale`,
 * `mask_filter_value` and `unidirectional` and their defaults are those of com.microsoft.
 */
export function attend(e: Expansion, { q, k, v, mask, bias }: Heads, heads: number): Value {
  const { g, a } = e;
  const [batch = null] = g.typeOf(q).shape ?? [];
  const size = known(g.typeOf(q).shape?.[3], "the size of a head");
  const valueSize = known(g.typeOf(v).shape?.[3], "the size of a head's values");
  const scale = a.float("scale") || 1 / Math.sqrt(size);
  let scores = g.matmul(g.mul(q, g.number(scale, q)), g.transpose(k, [0, 1, 3, 2]));
  if (bias !== undefined) scores = g.add(scores, bias);
  // com.microsoft's default, which is what BERT adds.
  const filter = a.float("mask_filter_value") ?? -10000;
  if (mask !== undefined) scores = addMask(e, mask, { scores, batch, filter });
  if (a.flag("unidirectional")) scores = addCausal(g, scores);
  const joined = g.transpose(g.matmul(g.softmax(scores), v), [0, 2, 1, 3]);
  return g.reshape(joined, [0, 0, heads * valueSize]);
}

/** Attention with one product for queries, keys and values: [q, k, v] = input @ weights + bias. */
export const attention: Expand = (e) => {
  const { g, a } = e;
  const x = required(e, 0, "input");
  const weights = required(e, 1, "weights");
  shapeOf(e, x, "the input", 3);
  refusePast(e, [4], 3);
  if (a.flag("do_rotary")) cannot("it rotates queries and keys (do_rotary)");
  const heads = known(a.int("num_heads"), "the number of heads");
  const total = known(shapeOf(e, weights, "the weights", 2)[1], "the size of the weights");
  const sizes = a.ints("qkv_hidden_sizes") ?? [total / 3, total / 3, total / 3];
  if (sizes.length !== 3 || sizes.some((s) => s <= 0 || !Number.isInteger(s / heads)))
    cannot(`sizes [${sizes.join(", ")}] do not divide into ${heads} heads`);

  const bias = e.input(2);
  const product = g.matmul(x, weights);
  const joint = bias === undefined ? product : g.add(product, bias);
  const parts = g.nodes("Split", [joint, g.ints(sizes)], { axis: 2 }, 3);
  const [q, k, v] = parts.map((part, i) => byHead(g, part, heads, sizes[i]! / heads)) as [
    Value,
    Value,
    Value,
  ];
  const y = attend(e, { q, k, v, mask: e.input(3), bias: e.input(5) }, heads);
  return [y, e.reads(1) ? g.concat([g.unsqueeze(k, [0]), g.unsqueeze(v, [0])], 0) : undefined];
};

/** Added to the score of a later key in causal attention: the lowest float32. */
const lowest = -3.4028234663852886e38;

/** Inputs of a mask. */
interface Masked {
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
function addMask(e: Expansion, mask: Value, { scores, batch, filter }: Masked): Value {
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

/**
 * Masks later keys: query s sees key t only if t <= s, and s - t < window.
 * @param scores float[…, S, T]
 */
export function addCausal(g: Builder, scores: Value, window?: number): Value {
  const rank = g.rank(scores);
  const query = g.unsqueeze(positions(g, scores, rank - 2), [1]);
  const key = g.unsqueeze(positions(g, scores, rank - 1), [0]);
  const later = g.greater(key, query);
  const hidden =
    window === undefined
      ? later
      : g.node("Or", [later, g.greater(g.sub(query, key), g.number(window - 1, "int64"))], {});
  return g.where(hidden, g.number(lowest, scores), scores);
}
