import { hashString } from "../../core/random.js";
import { int64 } from "../../core/tensor.js";
import type { Builder } from "../../graph/builder.js";
import type { Value } from "../../graph/node.js";
import { partNumber, stepNumber } from "../../train/step/state-names.js";

/** A prime, 2³¹ - 1: products of two numbers below it fit into int64. */
const prime = 2147483647;
/** A primitive root of it (Park & Miller, "Random number generators: good ones are hard to find", 1988). */
const multiplier = 48271;

/** Start of a place's random numbers. */
export const saltOf = (seed: number, place: string): number => hashString(`${seed}/${place}`) % prime;

/**
 * Dropout: a share p of x is zeroed in each training step, and the rest divided by 1 - p; x itself in inference (step
 * 0).
 *
 * The mask is a hash of place, step and position, h ← (h² + c) mod (2³¹ - 1) after a linear step. It has no state, so a
 * resumed run draws the same.
 *
 * @see Srivastava et al., "Dropout", 2014
 */
export function dropped(g: Builder, x: Value, p: number, salt: number): Value {
  if (p === 0) return x;
  const number = (v: number): Value => g.constant(int64([], [v]));
  const mod = (v: Value): Value => g.node("Mod", [v, number(prime)], { fmod: false });
  const fed = (name: Value): Value =>
    g.graph.has(name)
      ? name
      : g.graph.initializer(name, { dtype: "float32", dims: [], data: Float32Array.of(0) });
  const step = fed(stepNumber);
  const begin = mod(g.add(g.mul(g.cast(step, "int64"), number(69_621)), number(salt)));
  // Positions: a number for each axis, combined by broadcasting.
  const { shape } = g.typeOf(x);
  let h = begin;
  shape!.forEach((_, axis) => {
    const size = g.node("Shape", [x], { start: axis, end: axis + 1 });
    const count = g.squeeze(size, [0]);
    const range = g.node("Range", [number(0), count, number(1)], {});
    // In part j of a divided batch the rows begin at j · count.
    const at = axis === 0 ? g.add(range, g.mul(g.cast(fed(partNumber), "int64"), count)) : range;
    const along = g.reshape(
      at,
      shape!.map((_, i) => (i === axis ? -1 : 1)),
    );
    h = mod(g.add(g.mul(h, number(multiplier)), g.add(along, number(1))));
    h = mod(g.add(g.mul(h, h), number(salt % 65_536)));
  });
  const keep = g.cast(
    g.node("GreaterOrEqual", [mod(g.mul(h, number(multiplier))), number(Math.round(p * prime))], {}),
    "float32",
  );
  const on = g.cast(g.greater(step, g.number(0)), "float32");
  // 1 + on · (keep / (1 - p) - 1)
  const factor = g.add(g.number(1), g.mul(on, g.sub(g.mul(keep, g.number(1 / (1 - p))), g.number(1))));
  return g.mul(x, factor);
}
