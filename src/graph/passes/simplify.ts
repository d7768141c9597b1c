import { isStatic, type StaticShape } from "../../core/shape.js";
import { int64, type Tensor, toNumbers } from "../../core/tensor.js";
import { Graph } from "../graph.js";
import { type AnyOpNode, type Node, none, type Value } from "../node.js";
import { removeDeadCode } from "./dead-code.js";

/**
 * Returns the same graph with less work and equal results:
 * - the same operator with the same inputs and attributes is computed once; equal small constants are merged;
 * - multiplication or division by 1, addition or subtraction of 0, Identity, and Cast or Expand without effect are
 * removed;
 * - a Transpose of a Transpose and a Reshape of a Reshape become one, or none;
 * - nodes that no output needs are removed. Names of inputs and outputs stay.
 */
export function simplify(graph: Graph): Graph {
  const result = new Graph(graph.name);
  const pass: Pass = {
    graph,
    result,
    same: new Map(),
    outputs: new Set(graph.outputs),
    producers: new Map(),
    known: new Map(),
  };
  for (const input of graph.inputs) result.input(input, graph.typeOf(input));
  for (const [value, data] of graph.initializers) {
    const key = data.data.length <= 64 && !pass.outputs.has(value) ? constantKey(data) : undefined;
    const twin = key === undefined ? undefined : pass.known.get(key);
    if (twin?.[0] !== undefined) pass.same.set(value, twin[0]);
    else {
      result.initializer(value, data);
      if (key !== undefined) pass.known.set(key, [value]);
    }
  }
  // All names of the graph are reserved: a new constant must not collide with a later node.
  const reserved = new Set(graph.nodes.flatMap((n) => n.outputs));
  const constant = (values: StaticShape): Value => {
    const data = int64([values.length], values);
    const twin = pass.known.get(constantKey(data));
    if (twin?.[0] !== undefined) return twin[0];
    let name = result.fresh("simplify/shape");
    for (let i = 1; reserved.has(name); i++) name = result.fresh(`simplify/shape.${i}`);
    pass.known.set(constantKey(data), [name]);
    return result.initializer(name, data);
  };
  for (const node of graph.nodes) visit(pass, node, constant);
  result.outputs.push(...graph.outputs);
  for (const [domain, version] of graph.opsets) result.opsets.set(domain, version);
  return removeDeadCode(result);
}

interface Pass {
  readonly graph: Graph;
  readonly result: Graph;
  /** Values that equal an earlier value of the result. */
  readonly same: Map<Value, Value>;
  readonly outputs: ReadonlySet<Value>;
  readonly producers: Map<Value, AnyOpNode>;
  /** Computed and stored values, by content. */
  readonly known: Map<string, readonly Value[]>;
}

function visit(pass: Pass, original: Node, constant: (values: StaticShape) => Value): void {
  const { graph, result, same } = pass;
  const resolve = (v: Value): Value => same.get(v) ?? v;
  const types = original.outputs.map((o) => graph.types.get(o));
  if (original.kind !== "op") {
    const inputs = original.inputs.map(resolve);
    // The subgraphs of an opaque node refer to captures by name, so those values must keep their names.
    const node =
      original.kind === "opaque"
        ? { ...original, inputs, captures: original.captures }
        : { ...original, inputs };
    if (original.kind === "opaque") for (const v of original.captures) keepName(pass, v);
    result.push(node, types);
    return;
  }
  const moved = { ...original, inputs: original.inputs.map(resolve) } as AnyOpNode;
  const node = shorten(pass, moved, constant);
  const isOutput = node.outputs.some((o) => pass.outputs.has(o));
  const source = passesOn(pass, node);
  if (source !== undefined && !isOutput) {
    same.set(node.outputs[0]!, source);
    return;
  }
  const key = nodeKey(node);
  const twin = pass.known.get(key);
  if (twin && !isOutput) {
    node.outputs.forEach((o, i) => {
      if (o !== none) same.set(o, twin[i]!);
    });
    return;
  }
  if (!twin) pass.known.set(key, node.outputs);
  for (const o of node.outputs) if (o !== none) pass.producers.set(o, node);
  result.push(node, types);
}

/** Restores a captured value under its own name if it was merged into another. */
function keepName({ graph, result, same }: Pass, value: Value): void {
  const twin = same.get(value);
  if (twin === undefined || result.has(value)) return;
  const data = graph.initializers.get(value);
  if (data) result.initializer(value, data);
  else
    result.push(
      { kind: "op", op: "Identity", name: value, inputs: [twin], outputs: [value], attributes: {} },
      [graph.types.get(value)],
    );
}

function dimsOf({ result, graph }: Pass, v: Value): StaticShape | undefined {
  const shape = (result.types.get(v) ?? graph.types.get(v))?.shape;
  return isStatic(shape) ? shape : undefined;
}
function equalDims(a: StaticShape | undefined, b: StaticShape | undefined): boolean {
  return a !== undefined && b !== undefined && a.length === b.length && a.every((d, i) => d === b[i]);
}

/** Returns the input that a node passes through unchanged, if it does nothing else. */
function passesOn(pass: Pass, node: AnyOpNode): Value | undefined {
  const [a, b] = node.inputs as [Value, Value?];
  const output = node.outputs[0]!;
  const unchanged = (v: Value): Value | undefined =>
    equalDims(dimsOf(pass, v), dimsOf(pass, output)) ? v : undefined;
  const isNumber = (v: Value | undefined, n: number): boolean => {
    const data = v === undefined ? undefined : pass.result.initializers.get(v);
    return (
      data !== undefined && data.data.length === 1 && data.dtype !== "string" && toNumbers(data)[0] === n
    );
  };
  switch (node.op) {
    case "Identity":
      return a;
    case "Cast":
      return pass.result.types.get(a)?.dtype === node.attributes.to ? a : undefined;
    case "Mul":
      return isNumber(b, 1) ? unchanged(a) : isNumber(a, 1) ? unchanged(b!) : undefined;
    case "Add":
      return isNumber(b, 0) ? unchanged(a) : isNumber(a, 0) ? unchanged(b!) : undefined;
    case "Div":
      return isNumber(b, 1) ? unchanged(a) : undefined;
    case "Sub":
      return isNumber(b, 0) ? unchanged(a) : undefined;
    case "Expand":
    case "Reshape":
    case "Flatten":
    case "Squeeze":
    case "Unsqueeze":
      return unchanged(a);
    case "Transpose":
      return node.attributes.perm.every((p, i) => p === i) ? a : undefined;
    default:
      return undefined;
  }
}

const reshaping: ReadonlySet<string> = new Set(["Reshape", "Flatten", "Squeeze", "Unsqueeze"]);

/** Merges two moves of the elements. */
function shorten(pass: Pass, node: AnyOpNode, constant: (values: StaticShape) => Value): AnyOpNode {
  const before = pass.producers.get(node.inputs[0] ?? none);
  if (!before) return node;
  if (node.op === "Transpose" && before.op === "Transpose") {
    const perm = node.attributes.perm.map((p) => before.attributes.perm[p]!);
    return { ...node, inputs: [before.inputs[0]!], attributes: { perm } };
  }
  if (reshaping.has(node.op) && reshaping.has(before.op)) {
    const dims = dimsOf(pass, node.outputs[0]!);
    // Size 0 would mean "copy".
    if (!dims || dims.includes(0)) return node;
    return {
      kind: "op",
      op: "Reshape",
      name: node.name,
      inputs: [before.inputs[0]!, constant(dims)],
      outputs: node.outputs,
      attributes: { allowzero: false },
    };
  }
  return node;
}

function nodeKey({ op, inputs, outputs, attributes }: AnyOpNode): string {
  const shape = outputs.map((o) => (o === none ? 0 : 1)).join("");
  return JSON.stringify([op, inputs, shape, attributes], plain);
}
function constantKey({ dtype, dims, data }: Tensor): string {
  // -0 and 0 are different constants, but join() writes them alike.
  const text = Array.from(data as ArrayLike<unknown>, (v) => (Object.is(v, -0) ? "-0" : String(v)));
  return `constant ${dtype} ${dims.join("x")}: ${text.join(" ")}`;
}
/** Writes BigInt, typed arrays and tensors among the attributes as text. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>, String);
  return value;
}
