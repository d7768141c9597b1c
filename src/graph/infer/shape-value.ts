import { type Dim, isStatic, type Shape, sizeOf } from "../../core/shape.js";
import { toNumbers } from "../../core/tensor.js";
import type { Graph } from "../graph.js";
import { type AnyOpNode, none, type Value } from "../node.js";
import { sliceBounds } from "./slice.js";

/** Lists longer than this are not shapes. */
const longest = 32;

/**
 * The sizes that an integer value holds, followed through the few operators with which exporters compute the
 * target of a Reshape: `x.view(x.size(0), -1)` is Concat(Unsqueeze(Gather(Shape(x), 0)), [-1]).
 * A 0-d value counts as a list of one; undefined where nothing is known.
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
    if (!constant || constant.data.length > longest) return undefined;
    return constant.dtype === "int64" || constant.dtype === "int32" ? toNumbers(constant) : undefined;
  };
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
    // A list of equal sizes, as many as a list of one number says.
    case "ConstantOfShape": {
      const count = of(0);
      const { dtype, data } = node.attributes.value;
      if (dtype !== "int64" || count?.length !== 1 || typeof count[0] !== "number" || !(count[0] <= longest))
        return undefined;
      return new Array<Dim>(Math.max(0, count[0])).fill(Number(data[0]));
    }
    case "Neg":
      return of(0)?.map((d) => (typeof d === "number" ? -d : null));
    case "Identity":
    case "Unsqueeze":
    case "Squeeze":
      return of(0);
    case "Cast":
      return node.attributes.to === "int64" || node.attributes.to === "int32" ? of(0) : undefined;
    case "Gather": {
      const list = of(0);
      const at = of(1);
      if (!list || !at?.every((i) => typeof i === "number")) return undefined;
      return at.map((i) => list[(i as number) < 0 ? (i as number) + list.length : (i as number)] ?? null);
    }
    case "Concat": {
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
      const [start, end] = [of(1)?.[0], of(2)?.[0]];
      const step = node.inputs[4] ? of(4)?.[0] : 1;
      if (
        !list ||
        typeof start !== "number" ||
        typeof end !== "number" ||
        typeof step !== "number" ||
        step < 1
      )
        return undefined;
      const [from, to] = sliceBounds(list.length, start, end, step);
      return list.slice(from, to).filter((_, i) => i % step === 0);
    }
    case "Mul":
    case "Add":
    case "Sub":
    case "Div": {
      const [a, b] = [of(0), of(1)];
      if (a?.length !== 1 || b?.length !== 1) return undefined;
      return [arithmetic(node.op, a[0]!, b[0]!)];
    }
    default:
      return undefined;
  }
}

function arithmetic(op: "Mul" | "Add" | "Sub" | "Div", a: Dim, b: Dim): Dim {
  if (typeof a === "number" && typeof b === "number") {
    if (op === "Mul") return a * b;
    if (op === "Add") return a + b;
    if (op === "Sub") return a - b;
    return b === 0 ? null : Math.trunc(a / b);
  }
  // A name survives what leaves it as it is.
  if (op === "Mul" && a === 1) return b;
  if ((op === "Mul" || op === "Div") && b === 1) return a;
  if ((op === "Add" || op === "Sub") && b === 0) return a;
  return null;
}
