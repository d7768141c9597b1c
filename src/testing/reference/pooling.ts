import { sizeOf } from "../../core/shape.js";
import type { Pooling } from "../../graph/ops.js";
import { given, type Inputs } from "./arrays.js";
import type { ReferenceContext, ReferenceTable, RefTensor } from "./reference.js";
import { paddedCounts, planeOf, slideDims, windowTable } from "./window.js";

// y[n, c, 1, …] = f(x[n, c])
function global(c: Inputs, f: (plane: Float64Array) => number): RefTensor[] {
  const x = given(c, 0);
  const plane = planeOf(x.dims);
  const [N, C] = x.dims as [number, number];
  const y = new Float64Array(N * C);
  for (let i = 0; i < y.length; i++) y[i] = f(x.data.subarray(i * plane, (i + 1) * plane));
  return [{ dtype: x.dtype, dims: [N, C, ...x.dims.slice(2).map(() => 1)], data: y }];
}

/** Returns the input, the output's plane, and the places that each window covers; S, P and K are plane sizes. */
function slid(
  context: ReferenceContext<"MaxPool"> | ReferenceContext<"AveragePool"> | ReferenceContext<"LpPool">,
) {
  const { attributes: a } = context;
  const x = given(context, 0);
  const [N, C, ...spatial] = x.dims as [number, number, ...number[]];
  const out = slideDims(spatial, a, a.ceil_mode);
  const table = windowTable(spatial, out, a);
  return { x, N, C, spatial, out, table, S: sizeOf(spatial), P: sizeOf(out), K: sizeOf(a.kernel_shape) };
}

export const pooling: ReferenceTable<Pooling> = {
  // y[n, c, p] = max_k x[n, c, table(p, k)]; the index is the position in the whole of x, the first on a tie
  MaxPool(context) {
    const { x, N, C, out, table, S, P, K } = slid(context);
    const y = new Float64Array(N * C * P);
    const indices = new Float64Array(N * C * P);
    for (let plane = 0; plane < N * C; plane++) {
      for (let p = 0; p < P; p++) {
        let best = Number.NEGATIVE_INFINITY;
        let where = -1;
        for (let k = 0; k < K; k++) {
          const at = table[p * K + k]!;
          if (at < 0) continue;
          const v = x.data[plane * S + at]!;
          if (where < 0 || v > best || Number.isNaN(v)) {
            best = v;
            where = plane * S + at;
          }
          if (Number.isNaN(v)) break;
        }
        y[plane * P + p] = best;
        indices[plane * P + p] = where;
      }
    }
    const dims = [N, C, ...out];
    return [
      { dtype: x.dtype, dims, data: y },
      { dtype: "int64", dims, data: indices },
    ];
  },
  // y[n, c, p] = Σ_k x[n, c, table(p, k)] / count(p), the padding counted or not
  AveragePool(context) {
    const { attributes: a } = context;
    const { x, N, C, spatial, out, table, S, P, K } = slid(context);
    const counted = a.count_include_pad ? paddedCounts(spatial, out, a) : undefined;
    const y = new Float64Array(N * C * P);
    for (let plane = 0; plane < N * C; plane++) {
      for (let p = 0; p < P; p++) {
        let sum = 0;
        let inside = 0;
        for (let k = 0; k < K; k++) {
          const at = table[p * K + k]!;
          if (at < 0) continue;
          sum += x.data[plane * S + at]!;
          inside++;
        }
        y[plane * P + p] = sum / (counted?.[p] ?? inside);
      }
    }
    return [{ dtype: x.dtype, dims: [N, C, ...out], data: y }];
  },
  GlobalAveragePool: (c) => global(c, (plane) => plane.reduce((a, b) => a + b, 0) / plane.length),
  GlobalMaxPool: (c) =>
    global(c, (plane) => plane.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)),
  // y[n, c, p] = (Σ_k |x[n, c, table(p, k)]|^p)^(1/p); the padding is 0
  LpPool(context) {
    const power = context.attributes.p;
    const { x, N, C, out, table, S, P, K } = slid(context);
    const y = new Float64Array(N * C * P);
    for (let i = 0; i < y.length; i++) {
      const [plane, p] = [Math.floor(i / P), i % P];
      let sum = 0;
      for (let k = 0; k < K; k++) {
        const at = table[p * K + k]!;
        if (at >= 0) sum += Math.abs(x.data[plane * S + at]!) ** power;
      }
      y[i] = sum ** (1 / power);
    }
    return [{ dtype: x.dtype, dims: [N, C, ...out], data: y }];
  },
};
