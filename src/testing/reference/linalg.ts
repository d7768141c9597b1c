import { invariant } from "../../core/errors.js";
import { sizeOf } from "../../core/shape.js";
import type { Linalg } from "../../graph/ops.js";
import { broadcastDims, broadcastStrides, given, positions, result, stretched } from "./arrays.js";
import type { ReferenceTable, RefTensor } from "./reference.js";

/** A tensor as a stack of matrices, each read with its own strides. */
interface Matrices {
  readonly data: Float64Array;
  /** Stack sizes, before the two axes of the matrix. */
  readonly stack: readonly number[];
  readonly rows: number;
  readonly columns: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

function matrices(dims: readonly number[], data: Float64Array, transpose: boolean): Matrices {
  const [m, n] = [dims.at(-2)!, dims.at(-1)!];
  const stack = dims.slice(0, -2);
  return transpose
    ? { data, stack, rows: n, columns: m, rowStride: 1, columnStride: n }
    : { data, stack, rows: m, columns: n, rowStride: n, columnStride: 1 };
}

// y[…, i, j] = alpha · Σ_k a[…, i, k] b[…, k, j]
function product(a: RefTensor, b: RefTensor, transA = false, transB = false, alpha = 1): RefTensor {
  // A 1-d a is a row, a 1-d b a column; their axis of size 1 is dropped afterwards.
  const p = matrices(a.dims.length === 1 ? [1, ...a.dims] : a.dims, a.data, transA && a.dims.length > 1);
  const q = matrices(b.dims.length === 1 ? [...b.dims, 1] : b.dims, b.data, transB && b.dims.length > 1);
  const [M, K, N] = [p.rows, p.columns, q.columns];
  invariant(K === q.rows, `inner dimensions ${K} and ${q.rows} differ`);
  const stack = broadcastDims([p.stack, q.stack]);
  const starts = (m: Matrices): Int32Array => {
    const size = m.rows * m.columns;
    return positions(
      stack,
      broadcastStrides(m.stack, stack).map((s) => s * size),
    );
  };
  const [pStart, qStart] = [starts(p), starts(q)];
  const y = new Float64Array(sizeOf(stack) * M * N);
  let at = 0;
  for (let s = 0; s < pStart.length; s++) {
    for (let i = 0; i < M; i++) {
      for (let j = 0; j < N; j++) {
        let u = pStart[s]! + i * p.rowStride;
        let v = qStart[s]! + j * q.columnStride;
        let sum = 0;
        for (let k = 0; k < K; k++, u += p.columnStride, v += q.rowStride) sum += p.data[u]! * q.data[v]!;
        y[at++] = alpha * sum;
      }
    }
  }
  const dims = [...stack, ...(a.dims.length === 1 ? [] : [M]), ...(b.dims.length === 1 ? [] : [N])];
  return result(a.dtype, dims, y);
}

export const linalg: ReferenceTable<Linalg> = {
  MatMul: (c) => [product(given(c, 0), given(c, 1))],
  FusedMatMul({ attributes: { alpha, transA, transB }, ...c }) {
    return [product(given(c, 0), given(c, 1), transA, transB, alpha)];
  },
  // y = alpha · op(a) @ op(b) + beta · c
  Gemm({ attributes: { alpha, beta, transA, transB }, ...c }) {
    const y = product(given(c, 0), given(c, 1), transA, transB, alpha);
    const bias = c.inputs[2];
    if (!bias) return [y];
    const b = stretched(bias, y.dims);
    return [
      result(
        y.dtype,
        y.dims,
        y.data.map((v, i) => v + beta * b[i]!),
      ),
    ];
  },
};
