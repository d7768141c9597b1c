import { type Dim, isStatic, type Shape, sizeOf } from "../../core/shape.js";
import { toNumbers } from "../../core/tensor.js";
import type { Graph } from "../graph.js";
import { type AnyOpNode, none, type Value } from "../node.js";
import { chosenList, elementwiseList, slicedList, transposedList } from "./known-lists.js";

/** Longest list that is treated as a shape. */
const longest = 32;
/** Operators whose one output holds the elements of the first input in the same order. */
const passing: ReadonlySet<string> = new Set(["Identity", "Unsqueeze", "Squeeze", "Reshape", "Flatten"]);

/**
 * Returns the sizes that a small value holds. They are followed through the operators with which exporters compute
 * the target of a Reshape or Expand, the bounds of a Slice, the widths of a Pad and the scales of a Resize:
 * `x.view(x.size(0), -1)` is Concat(Unsqueeze(Gather(Shape(x), 0)), [-1]). The numbers are in row-major order; a
 * 0-d value is a list of one. Undefined if nothing is known.
 */
export function shapeValue(
  graph: Graph,
  node: AnyOpNode,
  values: ReadonlyMap<Value, readonly Dim[]>,
): readonly Dim[] | undefined {
  const of = (i: number): readonly Dim[] | undefined => {
    const v = node.inputs[i] ?? none;
    const known = values.get(v);
    if (known) return known;
    const constant = graph.initializers.get(v);
    if (!constant || constant.data.length > longest || constant.dtype === "string") return undefined;
    return toNumbers(constant);
  };
  const numbersOf = (i: number): readonly number[] | undefined => {
    const list = of(i);
    return isStatic(list) ? list : undefined;
  };
  const dimsOf = (i: number) => {
    const shape = graph.types.get(node.inputs[i] ?? none)?.shape;
    return isStatic(shape) ? shape : undefined;
  };
  if (passing.has(node.op)) return of(0);
  switch (node.op) {
    case "Shape": {
      const shape: Shape | undefined = graph.types.get(node.inputs[0]!)?.shape;
      return shape && shape.length <= longest
        ? shape.slice(node.attributes.start, node.attributes.end)
        : undefined;
    }
    case "Size": {
      const shape = graph.types.get(node.inputs[0]!)?.shape;
      return shape && isStatic(shape) ? [sizeOf(shape)] : undefined;
    }
    case "Cast": {
      const { to } = node.attributes;
      const list = of(0);
      if (to === "bool") return list?.map((v) => (typeof v === "number" ? Number(v !== 0) : null));
      if (to === "float32") return list?.map((v) => (typeof v === "number" ? Math.fround(v) : v));
      if (to !== "int64" && to !== "int32") return undefined;
      // A number beyond the safe integers has no defined value as an integer.
      return list?.every((v) => typeof v !== "number" || Number.isSafeInteger(Math.trunc(v)))
        ? list.map((v) => (typeof v === "number" ? Math.trunc(v) : v))
        : undefined;
    }
    case "Gather": {
      const list = of(0);
      const at = of(1);
      if (!list || (dimsOf(0) ?? [0]).length !== 1 || !at?.every((i) => typeof i === "number"))
        return undefined;
      return at.map((i) => list[(i as number) < 0 ? (i as number) + list.length : (i as number)] ?? null);
    }
    case "Concat": {
      if (node.inputs.some((_, i) => (dimsOf(i) ?? [0]).length !== 1)) return undefined;
      const parts: Dim[] = [];
      for (let i = 0; i < node.inputs.length; i++) {
        const part = of(i);
        if (!part || parts.length + part.length > longest) return undefined;
        parts.push(...part);
      }
      return parts;
    }
    case "Slice": {
      const list = of(0);
      const dims = dimsOf(0) ?? (list && [list.length]);
      const [starts, ends] = [numbersOf(1), numbersOf(2)];
      const axes = node.inputs[3] ? numbersOf(3) : starts?.map((_, i) => i);
      const steps = node.inputs[4] ? numbersOf(4) : starts?.map(() => 1);
      if (!list || !dims || !starts || !ends || !axes || !steps) return undefined;
      return slicedList(
        list,
        dims,
        axes.map((axis, i) => ({ axis, start: starts[i]!, end: ends[i]!, step: steps[i]! })),
      );
    }
    case "Transpose": {
      const [list, dims] = [of(0), dimsOf(0)];
      return list && dims && transposedList(list, dims, node.attributes.perm);
    }
    case "ConstantOfShape": {
      const n = numbersOf(0)?.reduce((a, b) => a * b, 1);
      const { value } = node.attributes;
      if (n === undefined || n > longest || value.dtype === "string") return undefined;
      return new Array<number>(n).fill(toNumbers(value)[0]!);
    }
    case "Range": {
      const [start, limit, delta] = [0, 1, 2].map((i) => numbersOf(i)?.[0]);
      if (start === undefined || limit === undefined || !delta) return undefined;
      const n = Math.max(0, Math.ceil((limit - start) / delta));
      return n <= longest ? Array.from({ length: n }, (_, i) => start + i * delta) : undefined;
    }
    case "Where": {
      const [condition, a, b] = [of(0), of(1), of(2)];
      return condition && a && b && sameRank(node, graph) ? chosenList(condition, a, b) : undefined;
    }
    case "Not":
      return of(0)?.map((v) => (typeof v === "number" ? Number(v === 0) : null));
    case "Neg":
      return of(0)?.map((v) => (typeof v === "number" ? -v : null));
    case "Floor":
    case "Ceil":
      return of(0)?.map((v) => (typeof v === "number" ? Math[node.op === "Floor" ? "floor" : "ceil"](v) : v));
    default: {
      const dtype = graph.types.get(node.inputs[0] ?? none)?.dtype;
      if (node.op === "Mod" && node.attributes.fmod) return undefined;
      if (node.inputs.length !== 2 || dtype === undefined) return undefined;
      const [a, b] = [of(0), of(1)];
      return a && b && sameRank(node, graph) ? elementwiseList(node.op, a, b, dtype) : undefined;
    }
  }
}

/** True if the inputs align element by element: of one rank up to 1, of the same sizes, or single. */
function sameRank(node: AnyOpNode, graph: Graph): boolean {
  const shapes = node.inputs.map((v) => graph.types.get(v)?.shape);
  const long = shapes.filter((s) => s === undefined || s.some((d) => d !== 1));
  return long.every((s) => s !== undefined && (s.length === 1 || String(s) === String(long[0])));
}
