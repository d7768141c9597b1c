import type { Graph } from "../graph.js";
import { none, type Value } from "../node.js";
import { isConstant } from "./weight-names.js";

/** The role of a weight: weight decay skips biases and norms. */
export type ParameterKind = "weight" | "bias" | "norm" | "statistic";

/** An initializer behind a value, and its role if the operators between determine it. */
export interface Origin {
  readonly value: Value;
  readonly kind?: ParameterKind;
  /** Computed together with other weights: it may be a part of a folded weight. */
  readonly combined?: true;
}

/** Operators that move or repeat the elements of their first input. */
const moves: ReadonlySet<string> = new Set([
  "Squeeze",
  "Unsqueeze",
  "Transpose",
  "Reshape",
  "Flatten",
  "Split",
  "Slice",
  "Expand",
  "Tile",
  "Identity",
]);
/** Functions of one tensor in which parameters occur: a temperature exp(t), a gate, the norm of a weight. */
const functions: ReadonlySet<string> = new Set([
  "Abs",
  "Exp",
  "Log",
  "Neg",
  "Reciprocal",
  "Sigmoid",
  "Softmax",
  "Softplus",
  "Sqrt",
  "Tanh",
  "Clip",
  "ReduceL1",
  "ReduceL2",
  "ReduceMean",
  "ReduceSum",
  "ReduceSumSquare",
]);
/** Arithmetic between weights, and the role of the smaller operand. */
const arithmetic: ReadonlyMap<string, ParameterKind> = new Map([
  ["Add", "bias"],
  ["Sub", "bias"],
  ["Mul", "norm"],
  ["Div", "norm"],
  ["Pow", "norm"],
]);

/**
 * Returns the initializers behind each value that is computed from initializers alone. Examples: an LSTM's product
 * reads its weight transposed and without the axis of directions; a class token is repeated for each item; a
 * convolution with weight normalisation reads g * v / ||v||.
 */
export function weightViews(graph: Graph): Map<Value, readonly Origin[]> {
  const views = new Map<Value, readonly Origin[]>();
  const originsOf = (v: Value): readonly Origin[] | undefined =>
    views.get(v) ?? (graph.initializers.has(v) ? [{ value: v }] : undefined);
  const sizeOf = (v: Value): number =>
    (originsOf(v) ?? []).reduce((n, { value }) => Math.max(n, graph.initializers.get(value)!.data.length), 0);
  const isFixed = (list: readonly Origin[]): boolean =>
    list.every(({ value }) => isConstant(value, graph.initializers.get(value)!));
  for (const node of graph.nodes) {
    if (node.kind !== "op") continue;
    const [first = none, second = none] = node.inputs;
    const origins = originsOf(first);
    if (origins === undefined) continue;
    const set = (list: readonly Origin[]): void => {
      for (const o of node.outputs) if (o !== none) views.set(o, unique(list));
    };
    const smaller = arithmetic.get(node.op);
    if (moves.has(node.op) || functions.has(node.op)) set(origins);
    else if (node.op === "Concat") {
      const all = node.inputs.map(originsOf);
      if (all.every((list) => list !== undefined)) set(all.flat());
    } else if (smaller !== undefined) {
      const others = originsOf(second);
      if (others === undefined) continue;
      const [a, b] = [sizeOf(first), sizeOf(second)];
      const combined = !same(origins, others) && !isFixed(origins) && !isFixed(others);
      const of = (list: readonly Origin[], less: boolean): readonly Origin[] =>
        list.map(({ value, kind = less ? smaller : undefined, combined: before }) => ({
          value,
          ...(kind && { kind }),
          ...((before || combined) && { combined: true }),
        }));
      set([...of(origins, a < b), ...of(others, b < a)]);
    }
  }
  return views;
}

const same = (a: readonly Origin[], b: readonly Origin[]): boolean =>
  a.length === b.length && a.every(({ value }, i) => value === b[i]!.value);

/** Returns each initializer once, in order of first occurrence. */
function unique(list: readonly Origin[]): Origin[] {
  const seen = new Map<Value, Origin>();
  for (const each of list) if (!seen.has(each.value)) seen.set(each.value, each);
  return [...seen.values()];
}
