import { normalizeAxis, sizeOf } from "../../core/shape.js";
import type { Builder } from "../../graph/builder.js";
import type { Value } from "../../graph/node.js";
import type { Gradients, VjpContext } from "../rule.js";

type Layer = VjpContext<"LayerNormalization">;

/**
 * Over rows of D numbers, with the node's own outputs mean and r = 1 / sqrt(var + epsilon), x̂ = (x - mean) * r:
 *   dbias = sum_rows(dy)                  dscale = sum_rows(dy * x̂)
 *   dx = r * (dy * scale - mean_D(dy * scale) - x̂ * mean_D(dy * scale * x̂))
 *
 * Memory is what this costs, so with t = dy * r and u = t * x everything else is a sum or one map per row:
 *   dscale = sum_rows(u) - sum_rows(t * mean)
 *   p = t · scale,   q = u · scale - mean * p          (products with a vector: sums over D, r times too large)
 *   b = r² * q / D,  c = b * mean - p / D,             dx = t * scale - (x * b - c)
 * The gradients of mean and r, where there are any, join c and b: mean' = 1 / D, r' = -r³ * (x - mean) / D.
 */
export function layerNormalization(context: Layer): Gradients {
  const { g, inputs, attributes, dy, dys, needs, extraOutput } = context;
  const [x, scale] = inputs as [Value, Value];
  const dims = g.dims(x);
  const from = normalizeAxis(attributes.axis, dims.length);
  const rows = sizeOf(dims.slice(0, from));
  const D = sizeOf(dims.slice(from));
  const own = dims.slice(from);
  const bias = needs[2] ? dy : undefined;
  // A scale that differs between rows, or broadcasts along a row, is rare: the plain formula.
  if (g.dims(scale).join() !== own.join()) return [...spelledOut(context, D), bias];

  const moment = (v: Value): Value => g.reshape(g.cast(v, g.dtype(x)), [rows, 1]);
  const [mean, r] = [moment(extraOutput(1)), moment(extraOutput(2))];
  const [X, dY] = [g.reshape(x, [rows, D]), g.reshape(dy, [rows, D])];
  const t = g.mul(dY, r);
  const u = needs[0] || needs[1] ? g.mul(t, X) : t;
  const column = g.reshape(scale, [D, 1]);
  const dx = (): Value => {
    const each = g.number(1 / D, x);
    const p = g.matmul(t, column);
    const q = g.sub(g.matmul(u, column), g.mul(mean, p));
    let b = g.mul(g.mul(g.mul(r, r), q), each);
    let rest = g.neg(g.mul(p, each));
    if (dys[2]) b = g.add(b, g.mul(g.mul(g.mul(r, g.mul(r, r)), moment(dys[2])), each));
    if (dys[1]) rest = g.add(rest, g.mul(moment(dys[1]), each));
    const c = g.add(g.mul(b, mean), rest);
    return g.add(g.sub(g.mul(t, g.reshape(scale, [1, D])), g.mul(X, b)), c);
  };
  const dscale = (): Value => {
    const shift = g.matmul(g.reshape(mean, [1, rows]), t);
    return g.reshape(g.sub(g.reduceSum(u, { axes: [0] }), g.reshape(shift, [D])), own);
  };
  return [needs[0] ? g.reshape(dx(), dims) : undefined, needs[1] ? dscale() : undefined, bias];
}

function spelledOut(context: Layer, D: number): Gradients {
  const { g, inputs, attributes, dy, dys, needs, extraOutput } = context;
  const [x, scale] = inputs as [Value, Value];
  const dims = g.dims(x);
  const from = normalizeAxis(attributes.axis, dims.length);
  const o = { axes: dims.flatMap((_, i) => (i < from ? [] : [i])), keepdims: true };
  const cast = (v: Value): Value => g.cast(v, g.dtype(x));
  const [mean, r] = [cast(extraOutput(1)), cast(extraOutput(2))];
  const normal = g.mul(g.sub(x, mean), r);
  const dn = g.mul(dy, scale);
  const each = g.number(1 / D, x);
  const dx = (): Value => {
    const slope = g.reduceMean(g.mul(dn, normal), o);
    let sum = g.mul(r, g.sub(g.sub(dn, g.reduceMean(dn, o)), g.mul(normal, slope)));
    if (dys[1]) sum = g.add(sum, g.mul(cast(dys[1]), each));
    if (dys[2]) sum = g.sub(sum, g.mul(normal, g.mul(g.mul(r, r), g.mul(cast(dys[2]), each))));
    return sum;
  };
  return [needs[0] ? dx() : undefined, needs[1] ? g.mul(dy, normal) : undefined];
}

/**
 * Over the planes of P numbers of x[N, C, …], with z = x - mean and r = 1 / sqrt(mean(z²) + epsilon):
 *   s = sum(dy), q = sum(dy * z)          dbias = sum_N(s), dscale = sum_N(r * q)
 *   a = scale * r, b = a * r² * q / P     dx = a * dy - b * z - a * s / P
 */
export function instanceNormalization(context: VjpContext<"InstanceNormalization">): Gradients {
  const { g, inputs, attributes, dy, needs } = context;
  const [x, scale] = inputs as [Value, Value];
  const dims = g.dims(x);
  const [N, C] = dims as [number, number];
  const P = sizeOf(dims.slice(2));
  const planes = (v: Value): Value => g.reshape(v, [N, C, P]);
  const over = { axes: [2], keepdims: true };
  const dY = planes(dy);
  const s = g.reduceSum(dY, over);
  const dbias = needs[2] ? overBatch(g, s, C) : undefined;
  if (!needs[0] && !needs[1]) return [undefined, undefined, dbias];

  const X = planes(x);
  const each = g.number(1 / P, x);
  const z = g.sub(X, g.reduceMean(X, over));
  const variance = g.mul(g.reduceSumSquare(z, over), each);
  const r = g.reciprocal(g.sqrt(g.add(variance, g.number(attributes.epsilon, x))));
  const q = g.reduceSum(g.mul(dY, z), over);
  const dx = (): Value => {
    const a = g.mul(g.reshape(scale, [C, 1]), r);
    const b = g.mul(g.mul(a, g.mul(r, r)), g.mul(q, each));
    const moved = g.sub(g.mul(dY, a), g.mul(z, b));
    return g.reshape(g.sub(moved, g.mul(a, g.mul(s, each))), dims);
  };
  return [needs[0] ? dx() : undefined, needs[1] ? overBatch(g, g.mul(r, q), C) : undefined, dbias];
}

/** [N, C, 1] -> [C]. */
function overBatch(g: Builder, v: Value, channels: number): Value {
  return g.reshape(g.reduceSum(v, { axes: [0] }), [channels]);
}
