import { stridesOf } from "../../core/shape.js";
import type { Reduction } from "../../graph/ops.js";
import { axisOf, given, list, positions, result } from "./arrays.js";
import { zip } from "./elementwise.js";
import type { Reference, ReferenceContext, ReferenceTable, RefTensor } from "./reference.js";

type ReduceName = Exclude<keyof Reduction, "ArgMax" | "ArgMin" | "CumSum">;

/** A reduction: y = last(next(…next(first, x1)…, xn), n). */
interface Fold {
  readonly first: number;
  readonly next: (y: number, x: number) => number;
  readonly last?: (y: number, n: number) => number;
  /** Result for a single number; default the number itself. */
  readonly alone?: (x: number) => number;
}

/** Returns where the results start in x, the offsets of the values of one result, and the remaining shape. */
function walk(dims: readonly number[], axes: readonly number[], keepdims: boolean) {
  const strides = stridesOf(dims);
  const kept = dims.map((_, i) => i).filter((i) => !axes.includes(i));
  const at = (which: readonly number[]): Int32Array =>
    positions(
      which.map((i) => dims[i]!),
      which.map((i) => strides[i]!),
    );
  return {
    starts: at(kept),
    steps: at([...axes].sort((a, b) => a - b)),
    dims: dims.flatMap((d, i) => (axes.includes(i) ? (keepdims ? [1] : []) : [d])),
  };
}

function reduce({ first, next, last = (y) => y, alone }: Fold): Reference<ReduceName> {
  return (c: ReferenceContext<ReduceName>): RefTensor[] => {
    const x = given(c, 0);
    const named = (list(c, 1) ?? []).map((a) => axisOf(a, x.dims.length));
    const { keepdims, noop_with_empty_axes } = c.attributes;
    if (named.length === 0 && noop_with_empty_axes) return [alone ? { ...x, data: x.data.map(alone) } : x];
    const axes = named.length > 0 ? named : x.dims.map((_, i) => i);
    const { starts, steps, dims } = walk(x.dims, axes, keepdims);
    const y = new Float64Array(starts.length);
    for (let i = 0; i < y.length; i++) {
      let sum = first;
      for (let j = 0; j < steps.length; j++) sum = next(sum, x.data[starts[i]! + steps[j]!]!);
      y[i] = last(sum, steps.length);
    }
    return [result(x.dtype, dims, y)];
  };
}

function position(better: (a: number, b: number) => boolean): Reference<"ArgMax" | "ArgMin"> {
  return (c) => {
    const x = given(c, 0);
    const { axis, keepdims, select_last_index } = c.attributes;
    const { starts, steps, dims } = walk(x.dims, [axisOf(axis, x.dims.length)], keepdims);
    const y = new Float64Array(starts.length);
    for (let i = 0; i < y.length; i++) {
      let best = 0;
      for (let j = 1; j < steps.length; j++) {
        const [v, top] = [x.data[starts[i]! + steps[j]!]!, x.data[starts[i]! + steps[best]!]!];
        if (better(v, top) || (select_last_index && v === top)) best = j;
      }
      y[i] = best;
    }
    return [{ dtype: "int64", dims, data: y }];
  };
}

export const reduction: ReferenceTable<Reduction> = {
  ReduceSum: reduce({ first: 0, next: (y, x) => y + x }),
  ReduceMean: reduce({ first: 0, next: (y, x) => y + x, last: (y, n) => y / n }),
  ReduceMax: reduce({ first: Number.NEGATIVE_INFINITY, next: (y, x) => Math.max(y, x) }),
  ReduceMin: reduce({ first: Number.POSITIVE_INFINITY, next: (y, x) => Math.min(y, x) }),
  ReduceProd: reduce({ first: 1, next: (y, x) => y * x }),
  ReduceSumSquare: reduce({ first: 0, next: (y, x) => y + x * x, alone: (x) => x * x }),
  ReduceL2: reduce({ first: 0, next: (y, x) => y + x * x, last: (y) => Math.sqrt(y), alone: Math.abs }),
  ReduceL1: reduce({ first: 0, next: (y, x) => y + Math.abs(x), alone: Math.abs }),
  ReduceLogSum: reduce({ first: 0, next: (y, x) => y + x, last: Math.log, alone: Math.log }),
  // y = max + log Σ e^(x - max)
  ReduceLogSumExp: (c) => {
    const fold = (x: RefTensor, f: Fold, keepdims: boolean): RefTensor =>
      reduce(f)({ ...c, inputs: [x, c.inputs[1]], attributes: { ...c.attributes, keepdims } })[0]!;
    const x = given(c, 0);
    const top = fold(x, { first: Number.NEGATIVE_INFINITY, next: Math.max }, true);
    const finite = { ...top, data: top.data.map((m) => (Number.isFinite(m) ? m : 0)) };
    const less = zip({ inputs: [x, finite] }, (v, m) => v - m)[0]!;
    const sum = fold(
      less,
      { first: 0, next: (y, v) => y + Math.exp(v), last: Math.log, alone: (v) => v },
      c.attributes.keepdims,
    );
    return [{ ...sum, data: sum.data.map((v, i) => v + finite.data[i]!) }];
  },
  ArgMax: position((a, b) => a > b),
  ArgMin: position((a, b) => a < b),
  // y_i = x_0 + … + x_i along the axis; exclusive: without x_i; reverse: from the other end
  CumSum(c) {
    const x = given(c, 0);
    const axis = axisOf(list(c, 1)![0]!, x.dims.length);
    const { starts, steps } = walk(x.dims, [axis], true);
    const y = new Float64Array(x.data.length);
    const order = c.attributes.reverse ? steps.slice().reverse() : steps;
    for (const start of starts) {
      let sum = 0;
      for (const step of order) {
        const v = x.data[start + step]!;
        y[start + step] = c.attributes.exclusive ? sum : sum + v;
        sum += v;
      }
    }
    return [result(x.dtype, x.dims, y)];
  },
};
