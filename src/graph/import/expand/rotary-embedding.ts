import type { Builder } from "../../builder.js";
import type { Value } from "../../node.js";
import { cannot, type Expand, type Expansion, known, required, shapeOf } from "./expansion.js";
import { positions } from "./positions.js";

/** Angles of a rotation by place: cosines and sines, each float[…, S, R / 2], that are broadcast to the heads. */
export interface Angles {
  readonly cos: Value;
  readonly sin: Value;
  /** Number of features that turn, R; the others stay. */
  readonly size: number;
  /** True: neighbouring features turn together. False: feature i and feature i + R / 2. */
  readonly interleaved: boolean;
}

/**
 * (x₁, x₂) → (x₁ cos - x₂ sin, x₂ cos + x₁ sin) for each pair of features
 * @param x float[…, S, H]
 * @see Su et al., "RoFormer: Enhanced Transformer with Rotary Position Embedding", 2021
 */
export function rotate(g: Builder, x: Value, { cos, sin, size, interleaved }: Angles): Value {
  const dims = g.typeOf(x).shape ?? [];
  const [rank, width] = [dims.length, known(dims.at(-1), "the size of a head")];
  const sizes = width > size ? [size, width - size] : [size];
  const [turning, rest] = width > size ? g.nodes("Split", [x, g.ints(sizes)], { axis: rank - 1 }, 2) : [x];
  const half = size / 2;
  const kept = new Array<number>(rank - 1).fill(0);
  const pairs = interleaved ? g.reshape(turning!, [...kept, half, 2]) : turning!;
  const parts = g.nodes(
    "Split",
    [pairs, g.ints(interleaved ? [1, 1] : [half, half])],
    { axis: interleaved ? rank : rank - 1 },
    2,
  );
  const [a, b] = interleaved ? parts.map((part) => g.squeeze(part, [rank])) : parts;
  const turned = [g.sub(g.mul(a!, cos), g.mul(b!, sin)), g.add(g.mul(b!, cos), g.mul(a!, sin))];
  const joined = interleaved
    ? g.reshape(
        g.concat(
          turned.map((part) => g.unsqueeze(part, [rank])),
          rank,
        ),
        [...kept, size],
      )
    : g.concat(turned, rank - 1);
  return rest === undefined ? joined : g.concat([joined, rest], rank - 1);
}

/**
 * Returns the angles of each place from a cache of them.
 * @param like value whose axis `axis` counts the places
 * @param places int64[B, S], or [1]: the first of all. Missing: 0, 1, …
 * @param heads number of axes between those of the batch and of the places
 */
export function anglesOf(
  e: Expansion,
  [cos, sin]: readonly [Value, Value],
  {
    like,
    axis,
    places,
    heads,
    interleaved,
  }: {
    readonly like: Value;
    readonly axis: number;
    readonly places: Value | undefined;
    readonly heads: number;
    readonly interleaved: boolean;
  },
): Angles {
  const { g } = e;
  const half = known(shapeOf(e, cos, "the cosines", 2)[1], "the number of angles");
  const first = places !== undefined && shapeOf(e, places, "the positions", 1, 2).length === 1;
  const own = places !== undefined && !first ? places : positions(g, like, axis);
  const at = first ? g.add(own, g.cast(places, "int64")) : own;
  const taken = (table: Value): Value => {
    const rows = g.gather(table, at);
    return own === places
      ? g.unsqueeze(
          rows,
          Array.from({ length: heads }, (_, i) => i + 1),
        )
      : rows;
  };
  return { cos: taken(cos), sin: taken(sin), size: 2 * half, interleaved };
}

/** Turns queries or keys by their place: [B, S, N·H] or [B, N, S, H]. */
export const rotaryEmbedding: Expand = (e) => {
  const { g, a } = e;
  const x = required(e, 0, "input");
  const places = required(e, 1, "position_ids");
  const tables = [required(e, 2, "cos_cache"), required(e, 3, "sin_cache")] as const;
  if ((a.float("scale") ?? 1) !== 1) cannot(`its scale is ${a.float("scale")}`);
  if (a.flag("is_packed_batching")) cannot("its texts are packed into one row (is_packed_batching)");
  const shape = shapeOf(e, x, "the input", 3, 4);
  const interleaved = a.flag("interleaved") === true;
  if (shape.length === 4) {
    const angles = anglesOf(e, tables, { like: x, axis: 2, places, heads: 1, interleaved });
    return [rotate(g, x, angles)];
  }
  const angles = anglesOf(e, tables, { like: x, axis: 1, places, heads: 1, interleaved });
  const width = known(shape[2], "the width of the input");
  const heads = a.int("num_heads") || width / angles.size;
  if (!Number.isInteger(width / heads)) cannot(`its width ${width} does not divide into ${heads} heads`);
  const split = g.transpose(g.reshape(x, [0, 0, heads, width / heads]), [0, 2, 1, 3]);
  return [g.reshape(g.transpose(rotate(g, split, angles), [0, 2, 1, 3]), [0, 0, width])];
};
