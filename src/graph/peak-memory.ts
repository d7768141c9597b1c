import { bytesPerElement } from "../core/dtype.js";
import type { TensorType } from "../core/shape.js";
import { readsOf } from "./graph.js";
import { type Node, none, type Value } from "./node.js";

/** Operators whose output is the memory of their input with another shape. */
const views: ReadonlySet<string> = new Set(["Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity"]);

/** Operators that onnxruntime writes over an input with no later reader. */
const inPlace: ReadonlySet<string> = new Set([
  ...[
    "Add",
    "Sub",
    "Mul",
    "Div",
    "Neg",
    "Abs",
    "Relu",
    "Clip",
    "Sigmoid",
    "Tanh",
    "Exp",
    "Log",
    "Sqrt",
    "Erf",
  ],
  ...[
    "LeakyRelu",
    "Elu",
    "HardSigmoid",
    "HardSwish",
    "Softplus",
    "Softmax",
    "Reciprocal",
    "Floor",
    "Ceil",
    "Sign",
  ],
]);

/** True if a node only gives its first input another shape. */
export function isView(node: Node): boolean {
  return node.kind === "op" && views.has(node.op);
}

/** Bytes of a value; 0 if its sizes are not known. */
export function bytesOf(type: TensorType | undefined): number {
  if (!type?.shape || type.dtype === "string") return 0;
  return type.shape.reduce<number>(
    (n, d) => n * (typeof d === "number" ? d : 0),
    bytesPerElement[type.dtype],
  );
}

/**
 * Returns the peak memory of computed values in bytes, if the nodes run in this order:
 *
 * max over i of Σ |v|, v computed by node i or before, and read by node i or later (outputs: to the end).
 *
 * Views take no memory. An elementwise result takes the place of an input of its size if it is the last reader.
 * Inputs, weights and a kernel's scratch space are not counted.
 */
export function peakBytes(
  order: readonly Node[],
  outputs: Iterable<Value>,
  size: (value: Value) => number,
): number {
  const base = new Map<Value, Value>();
  const owner = (v: Value): Value => base.get(v) ?? v;
  const lastRead = new Map<Value, number>();
  const made = new Set<Value>();
  order.forEach((node, i) => {
    for (const v of readsOf(node)) lastRead.set(owner(v), i);
    if (isView(node)) base.set(node.outputs[0]!, owner(node.inputs[0]!));
    else for (const v of node.outputs) if (v !== none) made.add(v);
  });
  for (const v of outputs) lastRead.set(owner(v), order.length);
  const ends: Value[][] = order.map(() => []);
  for (const [v, i] of lastRead) if (made.has(v)) ends[i]?.push(v);
  let [alive, most] = [0, 0];
  order.forEach((node, i) => {
    const freed = ends[i]!.reduce((n, v) => n + size(v), 0);
    if (!isView(node)) {
      const written = node.outputs.reduce((n, v) => n + (lastRead.has(v) ? size(v) : 0), 0);
      alive += written;
      const reused = node.kind === "op" && inPlace.has(node.op) && ends[i]!.some((v) => size(v) === written);
      most = Math.max(most, reused ? alive - written : alive);
    }
    alive -= freed;
  });
  return most;
}
