import type { Builder } from "../../builder.js";
import type { Value } from "../../node.js";
import { attend, byHead } from "./attention.js";
import { cannot, type Expand, type Expansion, known, refusePast, required, shapeOf } from "./expansion.js";

/**
 * Expands attention whose queries, keys and values come from other nodes, separately or packed into one or two
 * tensors.
 */
export const multiHeadAttention: Expand = (e) => {
  const heads = known(e.a.int("num_heads"), "the number of heads");
  refusePast(e, [6, 7], 2);
  if (e.input(9) !== undefined) cannot("it follows several beams (cache_indirection)");
  if (e.reads(3)) cannot("its scores are read");
  const [q, k, v] = splitHeads(e, heads);
  const y = attend(e, { q, k, v, mask: e.input(4), bias: e.input(5) }, heads);
  return [y, k, v];
};

/** Returns q, k and v by head, each [B, N, length, size]. */
function splitHeads(e: Expansion, heads: number): [Value, Value, Value] {
  const { g } = e;
  const query = required(e, 0, "query");
  const [key, value] = [e.input(1), e.input(2)];
  const shape = shapeOf(e, query, "query", 3, 5);
  const biases = (sizes: readonly number[]): (Value | undefined)[] => {
    const bias = e.input(3);
    return bias === undefined ? [] : g.nodes("Split", [bias, g.ints(sizes)], { axis: 0 }, 3);
  };
  if (shape.length === 5) {
    // [B, S, N, 3, H]
    const size = known(shape[4], "the size of a head");
    const all = biases([heads * size, heads * size, heads * size]);
    return unpacked(g, query, 3).map((x, i) => placed(g, x, all[i], heads, size)) as [Value, Value, Value];
  }
  const width = known(shape[2], "the width of query");
  const size = whole(width / heads, "query", heads);
  if (key === undefined) return cannot("it has no key");
  const keyShape = shapeOf(e, key, "key", 3, 4, 5);
  if (keyShape.length === 5) {
    // [B, T, N, 2, H]
    const all = biases([width, width, width]);
    const [k, v] = unpacked(g, key, 2) as [Value, Value];
    const q = withBias(g, query, all[0]);
    return [byHead(g, q, heads, size), placed(g, k, all[1], heads, size), placed(g, v, all[2], heads, size)];
  }
  if (value === undefined) return cannot("it has no value");
  const valueShape = shapeOf(e, value, "value", 3, 4);
  if (keyShape.length === 4) {
    // Keys and values are already split by head, as a decoder keeps those of its encoder: [B, N, T, H].
    const valueSize = known(valueShape[3], "the size of a head's values");
    const [b] = biases([width, width, heads * valueSize]);
    return [byHead(g, withBias(g, query, b), heads, size), key, value];
  }
  const valueWidth = known(valueShape[2], "the width of value");
  const [bq, bk, bv] = biases([width, width, valueWidth]);
  return [
    byHead(g, withBias(g, query, bq), heads, size),
    byHead(g, withBias(g, key, bk), heads, size),
    byHead(g, withBias(g, value, bv), heads, whole(valueWidth / heads, "value", heads)),
  ];
}

function whole(size: number, name: string, heads: number): number {
  return Number.isInteger(size) ? size : cannot(`the width of ${name} does not divide into ${heads} heads`);
}
function withBias(g: Builder, x: Value, bias: Value | undefined): Value {
  return bias === undefined ? x : g.add(x, bias);
}
/** Splits [B, L, N, parts, H] into `parts` tensors [B, L, N, H]. */
function unpacked(g: Builder, x: Value, parts: number): Value[] {
  const sizes = g.ints(new Array<number>(parts).fill(1));
  return g.nodes("Split", [x, sizes], { axis: 3 }, parts).map((part) => g.squeeze(part, [3]));
}
/** Adds the bias [N·H] to [B, L, N, H] and splits by head: [B, N, L, H]. */
function placed(g: Builder, x: Value, bias: Value | undefined, heads: number, size: number): Value {
  const sum = bias === undefined ? x : g.add(x, g.reshape(bias, [heads, size]));
  return g.transpose(sum, [0, 2, 1, 3]);
}
