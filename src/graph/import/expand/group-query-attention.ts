import type { Builder } from "../../builder.js";
import type { Value } from "../../node.js";
import { addCausal } from "./attention.js";
import { cannot, type Expand, type Expansion, known, refusePast, required, shapeOf } from "./expansion.js";
import { anglesOf, rotate } from "./rotary-embedding.js";

/**
 * Expands causal attention in which several heads of queries share the keys and values of one, for whole texts: nothing is held of
 * earlier tokens.
 *
 * y = softmax(cap(q kᵀ scale) + bias + mask) v, cap(s) = softcap tanh(s / softcap)
 *
 * The lengths of the rows are not read: places behind the end of a row are seen by none before it. Texts that are filled at their
 * beginning are not supported.
 * @see Ainslie et al., "GQA: Training Generalized Multi-Query Transformer Models from Multi-Head Checkpoints", 2023
 */
export const groupQueryAttention: Expand = (e) => {
  const { g, a } = e;
  refusePast(e, [3, 4], 2);
  if (e.input(11) !== undefined) cannot("some of its attention goes nowhere (head_sink)");
  if (a.flag("smooth_softmax")) cannot("its softmax has a further term (smooth_softmax)");
  if (e.reads(3)) cannot("its scores are read");
  // Number of tokens that a query sees, its own included.
  const window = a.int("local_window_size") ?? -1;
  if (window === 0) cannot("no query sees a key (local_window_size is 0)");
  for (const part of ["k", "v"])
    if (!["", "NONE"].includes(a.string(`${part}_quant_type`) ?? ""))
      cannot("its keys and values are integers");
  const heads = known(a.int("num_heads"), "the number of heads");
  const groups = known(a.int("kv_num_heads"), "the number of heads of keys");
  if (!Number.isInteger(heads / groups)) cannot(`${heads} heads do not divide into ${groups} groups`);
  let { q, k, v } = split(e, heads, groups);
  const size = known(g.typeOf(q).shape?.[4], "the size of a head");
  if (a.flag("do_rotary")) {
    const tables = [required(e, 7, "cos_cache"), required(e, 8, "sin_cache")] as const;
    const interleaved = a.flag("rotary_interleaved") === true;
    const angles = anglesOf(e, tables, { like: q, axis: 3, places: e.input(9), heads: 2, interleaved });
    [q, k] = [rotate(g, q, angles), rotate(g, k, angles)];
  }
  const scale = a.float("scale") || 1 / Math.sqrt(size);
  let scores = g.matmul(g.mul(q, g.number(scale, q)), g.transpose(k, [0, 1, 2, 4, 3]));
  const cap = a.float("softcap") ?? 0;
  if (cap > 0) scores = g.mul(g.tanh(g.div(scores, g.number(cap, scores))), g.number(cap, scores));
  const bias = e.input(10);
  if (bias !== undefined) scores = g.add(scores, grouped(e, bias, heads, groups));
  scores = addCausal(g, scores, window < 0 ? undefined : window);
  const joined = g.transpose(g.matmul(g.softmax(scores), v), [0, 3, 1, 2, 4]);
  return [g.reshape(joined, [0, 0, heads * size]), g.squeeze(k, [2]), g.squeeze(v, [2])];
};

/** Splits by group of heads: queries [B, K, N / K, S, H], keys and values [B, K, 1, S, H]. */
function split(e: Expansion, heads: number, groups: number): Record<"q" | "k" | "v", Value> {
  const { g } = e;
  const query = required(e, 0, "query");
  const width = known(shapeOf(e, query, "query", 3)[2], "the width of query");
  const packed = e.input(1) === undefined;
  const size = width / (packed ? heads + 2 * groups : heads);
  if (!Number.isInteger(size)) cannot(`the width ${width} of query does not divide into ${heads} heads`);
  const sizes = g.ints([heads * size, groups * size, groups * size]);
  const [q, k, v] = packed
    ? g.nodes("Split", [query, sizes], { axis: 2 }, 3)
    : [query, required(e, 1, "key"), required(e, 2, "value")];
  const byGroup = (x: Value, each: number): Value =>
    g.transpose(g.reshape(x, [0, 0, groups, each, size]), [0, 2, 3, 1, 4]);
  return { q: byGroup(q!, heads / groups), k: byGroup(k!, 1), v: byGroup(v!, 1) };
}

/** Splits the heads of a bias by group: [B or 1, N or 1, S, T] to [B or 1, K or 1, N / K or 1, S, T]. */
function grouped(e: Expansion, bias: Value, heads: number, groups: number): Value {
  const { g }: { readonly g: Builder } = e;
  const each = known(shapeOf(e, bias, "the bias", 4)[1], "the number of heads of the bias");
  if (each === 1) return g.unsqueeze(bias, [1]);
  if (each !== heads) cannot(`the bias has ${each} heads, not ${heads}`);
  const parts = g.nodes(
    "Split",
    [bias, g.ints(new Array<number>(groups).fill(heads / groups))],
    { axis: 1 },
    groups,
  );
  return g.concat(
    parts.map((part) => g.unsqueeze(part, [1])),
    1,
  );
}
