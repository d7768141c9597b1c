import { type Dim, isStatic, type Shape, sizeOf } from "../../core/shape.js";
import { toNumbers } from "../../core/tensor.js";
import type { Graph } from "../graph.js";
import { type AnyOpNode, none, type Value } from "../node.js";
import { chosenList, elementwiseList, slicedList, transposedList } from "./known-lists.js";

/** Longest list that is treated as a shape. */
const longest = 32;
/** Operators whose one output holds the elements of the first input in the same order. */
const passing: ReadonlySet<string> = new Set(["Identity", "Unsqueeze", "Squeeze", "Reshape", "Flatten"]);

/** Known sizes of the inputs of an operator, by their index. */
interface KnownInputs {
  readonly inputs: readonly Value[];
  /** The sizes that an input holds. A size may be unknown. */
  readonly list: (i: number) => readonly Dim[] | undefined;
  /** The same, if all are known. */
  readonly numbers: (i: number) => readonly number[] | undefined;
  /** The static shape of an input. */
  readonly dims: (i: number) => readonly number[] | undefined;
}

function knownInputs(
  graph: Graph,
  { inputs }: AnyOpNode,
  values: ReadonlyMap<Value, readonly Dim[]>,
): KnownInputs {
  const list = (i: number): readonly Dim[] | undefined => {
    const v = inputs[i] ?? none;
    const known = values.get(v);
    if (known) return known;
    const constant = graph.initializers.get(v);
    if (!constant || constant.data.length > longest || constant.dtype === "string") return undefined;
    return toNumbers(constant);
  };
  const ifStatic = (dims: readonly Dim[] | undefined) => (isStatic(dims) ? dims : undefined);
  return {
    inputs,
    list,
    numbers: (i) => ifStatic(list(i)),
    dims: (i) => ifStatic(graph.types.get(inputs[i] ?? none)?.shape),
  };
}

/**
 * Returns the sizes in a small integer tensor, in row-major order, or undefined if nothing is known. Exporters compute shapes by
 * operators: `x.view(x.size(0), -1)` is Concat(Unsqueeze(Gather(Shape(x), 0)), [-1]).
 */
export function shapeValue(
  graph: Graph,
  node: AnyOpNode,
  values: ReadonlyMap<Value, readonly Dim[]>,
): readonly Dim[] | undefined {
  const known = knownInputs(graph, node, values);
  const { list, numbers, dims } = known;
  const shape: Shape | undefined = graph.types.get(node.inputs[0] ?? none)?.shape;
  if (passing.has(node.op)) return list(0);
  switch (node.op) {
    case "Shape":
      return shape && shape.length <= longest
        ? shape.slice(node.attributes.start, node.attributes.end)
        : undefined;
    case "Size":
      return shape && isStatic(shape) ? [sizeOf(shape)] : undefined;
    case "Cast":
      return castList(list(0), node.attributes.to);
    case "Gather":
      return gatheredList(known);
    case "Concat":
      return joinedList(known);
    case "Slice":
      return cutList(known);
    case "Transpose": {
      const [from, sizes] = [list(0), dims(0)];
      return from && sizes && transposedList(from, sizes, node.attributes.perm);
    }
    case "ConstantOfShape": {
      const n = numbers(0)?.reduce((a, b) => a * b, 1);
      const { value } = node.attributes;
      if (n === undefined || n > longest || value.dtype === "string") return undefined;
      return new Array<number>(n).fill(toNumbers(value)[0]!);
    }
    case "Range": {
      const [start, limit, delta] = [0, 1, 2].map((i) => numbers(i)?.[0]);
      if (start === undefined || limit === undefined || !delta) return undefined;
      const n = Math.max(0, Math.ceil((limit - start) / delta));
      return n <= longest ? Array.from({ length: n }, (_, i) => start + i * delta) : undefined;
    }
    case "Where": {
      const [condition, a, b] = [list(0), list(1), list(2)];
      return condition && a && b && sameRank(node, graph) ? chosenList(condition, a, b) : undefined;
    }
    case "Not":
      return list(0)?.map((v) => (typeof v === "number" ? Number(v === 0) : null));
    case "Neg":
      return list(0)?.map((v) => (typeof v === "number" ? -v : null));
    case "Floor":
    case "Ceil":
      return list(0)?.map((v) =>
        typeof v === "number" ? Math[node.op === "Floor" ? "floor" : "ceil"](v) : v,
      );
    default: {
      const dtype = graph.types.get(node.inputs[0] ?? none)?.dtype;
      if (node.op === "Mod" && node.attributes.fmod) return undefined;
      if (node.inputs.length !== 2 || dtype === undefined) return undefined;
      const [a, b] = [list(0), list(1)];
      return a && b && sameRank(node, graph) ? elementwiseList(node.op, a, b, dtype) : undefined;
    }
  }
}

/** Returns the sizes as another type. */
function castList(list: readonly Dim[] | undefined, to: string): readonly Dim[] | undefined {
  if (to === "bool") return list?.map((v) => (typeof v === "number" ? Number(v !== 0) : null));
  if (to === "float32") return list?.map((v) => (typeof v === "number" ? Math.fround(v) : v));
  if (to !== "int64" && to !== "int32") return undefined;
  // A number beyond the safe integers has no defined value as an integer.
  return list?.every((v) => typeof v !== "number" || Number.isSafeInteger(Math.trunc(v)))
    ? list.map((v) => (typeof v === "number" ? Math.trunc(v) : v))
    : undefined;
}

/** Returns the sizes that a Gather picks. */
function gatheredList({ list, dims }: KnownInputs): readonly Dim[] | undefined {
  const [from, at] = [list(0), list(1)];
  if (!from || (dims(0) ?? [0]).length !== 1 || !at?.every((i) => typeof i === "number")) return undefined;
  return at.map((i) => from[(i as number) < 0 ? (i as number) + from.length : (i as number)] ?? null);
}

/** Returns the sizes that a Concat joins. */
function joinedList({ inputs, list, dims }: KnownInputs): readonly Dim[] | undefined {
  const all: Dim[] = [];
  for (let i = 0; i < inputs.length; i++) {
    const part = list(i);
    if ((dims(i) ?? [0]).length !== 1 || !part || all.length + part.length > longest) return undefined;
    all.push(...part);
  }
  return all;
}

/** Returns the sizes that a Slice keeps. */
function cutList({ inputs, list, numbers, dims }: KnownInputs): readonly Dim[] | undefined {
  const from = list(0);
  const sizes = dims(0) ?? (from && [from.length]);
  const [starts, ends] = [numbers(1), numbers(2)];
  const axes = inputs[3] ? numbers(3) : starts?.map((_, i) => i);
  const steps = inputs[4] ? numbers(4) : starts?.map(() => 1);
  if (!from || !sizes || !starts || !ends || !axes || !steps) return undefined;
  return slicedList(
    from,
    sizes,
    axes.map((axis, i) => ({ axis, start: starts[i]!, end: ends[i]!, step: steps[i]! })),
  );
}

/** True if the inputs align element by element: of one rank up to 1, of the same sizes, or single. */
function sameRank(node: AnyOpNode, graph: Graph): boolean {
  const shapes = node.inputs.map((v) => graph.types.get(v)?.shape);
  const long = shapes.filter((s) => s === undefined || s.some((d) => d !== 1));
  return long.every((s) => s !== undefined && (s.length === 1 || String(s) === String(long[0])));
}
