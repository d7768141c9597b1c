import { sizeOf } from "../../core/shape.js";
import type { Builder } from "../../graph/builder.js";
import type { Value } from "../../graph/node.js";
import type { Linalg } from "../../graph/ops.js";
import { type Gradients, type Rules, rule } from "../rule.js";

/** Swaps the last two axes. */
export function transposeLast(g: Builder, x: Value): Value {
  const rank = g.rank(x);
  const perm = Array.from({ length: rank }, (_, i) => i);
  perm.splice(rank - 2, 2, rank - 1, rank - 2);
  return g.transpose(x, perm);
}

/** op(a) @ op(b) for any ranks from 2. Two matrices use Gemm, which needs no Transpose. */
function product(g: Builder, a: Value, transA: boolean, b: Value, transB: boolean): Value {
  if (g.rank(a) === 2 && g.rank(b) === 2) return g.gemm(a, b, "", { transA, transB });
  return g.matmul(transA ? transposeLast(g, a) : a, transB ? transposeLast(g, b) : b);
}

interface Matrices {
  readonly a: Value;
  readonly b: Value;
  readonly dy: Value;
  readonly transA: boolean;
  readonly transB: boolean;
  readonly needs: readonly boolean[];
}

/**
 * y = A @ B, A = op(a), B = op(b)    dA = dy @ Bᵀ, dB = Aᵀ @ dy
 * differentiate() sums over broadcast batch axes. The usual case, one matrix for a whole batch, is one product over
 * batch and rows together.
 */
function matmulGradients(g: Builder, { a, b, dy, transA, transB, needs }: Matrices): Gradients {
  const da = (): Value => (transA ? product(g, b, transB, dy, true) : product(g, dy, false, b, !transB));
  const db = (): Value => {
    if (g.rank(b) === 2 && g.rank(a) > 2 && !transA) {
      const rows = g.reshape(a, flatRows(g.dims(a)));
      const dRows = g.reshape(dy, flatRows(g.dims(dy)));
      return transB ? product(g, dRows, true, rows, false) : product(g, rows, true, dRows, false);
    }
    return transB ? product(g, dy, true, a, transA) : product(g, a, !transA, dy, false);
  };
  return [needs[0] ? da() : undefined, needs[1] ? db() : undefined];
}

function flatRows(dims: readonly number[]): number[] {
  return [sizeOf(dims.slice(0, -1)), dims.at(-1)!];
}

export const linalg: Rules<Linalg> = {
  // y = a @ b    da = dy @ bᵀ, db = aᵀ @ dy; a vector is a matrix of one row (a) or one column (b)
  MatMul: rule(({ g, inputs: [a, b], dy, needs }) => {
    const dimsA = g.dims(a!);
    const dimsB = g.dims(b!);
    const rowA = dimsA.length === 1 ? [1, dimsA[0]!] : dimsA;
    const columnB = dimsB.length === 1 ? [dimsB[0]!, 1] : dimsB;
    const outer = [...g.dims(dy)];
    if (dimsA.length === 1) outer.splice(dimsB.length === 1 ? outer.length : outer.length - 1, 0, 1);
    if (dimsB.length === 1) outer.push(1);
    const [da, db] = matmulGradients(g, {
      a: g.reshape(a!, rowA),
      b: g.reshape(b!, columnB),
      dy: g.reshape(dy, outer),
      transA: false,
      transB: false,
      needs,
    });
    // The added axis of size 1 is removed after the sum over broadcast batch axes.
    const undo = (d: Value | undefined, dims: readonly number[]): Value | undefined => {
      if (d === undefined || dims.length > 1) return d;
      const batch = Array.from({ length: g.rank(d) - 2 }, (_, i) => i);
      return g.reshape(batch.length > 0 ? g.reduceSum(d, { axes: batch }) : d, dims);
    };
    return [undo(da, dimsA), undo(db, dimsB)];
  }),
  // y = alpha * op(a) @ op(b) + beta * c    dc = beta * dy
  Gemm: rule(({ g, inputs: [a, b, c], attributes: { alpha, beta, transA, transB }, dy, needs }) => {
    const da = (): Value =>
      transA
        ? g.gemm(b!, dy, "", { transA: transB, transB: true, alpha })
        : g.gemm(dy, b!, "", { transB: !transB, alpha });
    const db = (): Value =>
      transB
        ? g.gemm(dy, a!, "", { transA: true, transB: transA, alpha })
        : g.gemm(a!, dy, "", { transA: !transA, alpha });
    const dc = (): Value => (beta === 1 ? dy : g.mul(dy, g.number(beta, dy)));
    return [needs[0] ? da() : undefined, needs[1] ? db() : undefined, c && needs[2] ? dc() : undefined];
  }),
  // y = alpha * op(a) @ op(b): the same products with alpha * dy
  FusedMatMul: rule(({ g, inputs: [a, b], attributes: { alpha, transA, transB }, dy, needs }) => {
    const scaled = alpha === 1 ? dy : g.mul(dy, g.number(alpha, dy));
    return matmulGradients(g, { a: a!, b: b!, dy: scaled, transA, transB, needs });
  }),
};
