import { messageOf } from "../../../core/errors.js";
import { type Dim, formatShape, type Shape, type TensorType } from "../../../core/shape.js";
import { int64, toNumbers } from "../../../core/tensor.js";
import { Graph, readsOf } from "../../graph.js";
import { inferGraph, inferNode, type ShapeValues } from "../../infer/index.js";
import { shapeValue } from "../../infer/shape-value.js";
import { type AnyOpNode, type Node, none, type Value } from "../../node.js";
import type { OpName } from "../../ops.js";
import { type BatchAxis, type BatchContext, type BatchRule, isPlain } from "./batch-axis.js";
import { batchRules } from "./batch-rules.js";
import { opaqueBatch } from "./opaque-rules.js";

const batchName = "batch";
/** A batch size that no other size of a model equals: a prime. */
const probe = 7919;
/** Longest constant that is read as a list of sizes. */
const longestList = 64;
/** Most attempts to read the Reshapes of a file, and most nodes visited by all of them. */
const [mostAttempts, mostVisits] = [128, 500_000];

/**
 * Returns the graph with a symbolic batch if the file fixes it: [1, 3, 224, 224] becomes [batch, 3, 224, 224].
 * `Reshape(x, [1, -1])` becomes `Reshape(x, [0, -1])`.
 *
 * Condition: every operator between the inputs and the outputs is proved to treat each sample alone
 * ({@link batchRules}), and each output holds the batch in its first axis. With another batch size all shapes fit.
 *
 * @returns the new graph, the reason why the batch stays fixed, or undefined if no batch is fixed
 */
export function symbolicBatch(graph: Graph): Graph | string | undefined {
  const data = new Set(graph.inputs.filter((v) => (graph.typeOf(v).shape?.length ?? 0) >= 2));
  const sizes = new Set([...data].map((v) => graph.typeOf(v).shape![0]!));
  const [size] = sizes;
  if (size === null && data.size === 1 && sizes.size === 1) return named(graph, data);
  if (data.size === 0 || [...sizes].some((d) => typeof d !== "number")) return undefined;
  if (sizes.size > 1) return `its inputs have different first sizes, ${formatShape([...sizes])}`;
  if (typeof size !== "number" || size < 1) return `its batch has ${size} rows`;
  const choices = new Map<number, number>();
  const first = freed(graph, data, size, choices);
  let attempt = first;
  for (let n = 1; "why" in attempt; n++) {
    const limit = n >= mostAttempts || n * graph.nodes.length > mostVisits;
    // The first attempt read the Reshapes in the plainest way, so its reason is the clearest.
    if (limit || !nextReading(choices, attempt)) return "why" in first ? first.why : undefined;
    attempt = freed(graph, data, size, choices);
  }
  return attempt;
}

/** An attempt that failed. */
interface Stuck {
  readonly why: string;
  /** Reshapes whose reading the failing node depends on. */
  readonly readings: readonly number[];
  /** How many readings each Reshape has. */
  readonly counts: ReadonlyMap<number, number>;
}

/** Chooses another reading of the last Reshape that has one left. Returns false if none has. */
function nextReading(choices: Map<number, number>, { readings, counts }: Stuck): boolean {
  for (const at of [...readings].sort((a, b) => b - a)) {
    const next = (choices.get(at) ?? 0) + 1;
    if (next >= (counts.get(at) ?? 1)) continue;
    for (const later of [...choices.keys()]) if (later > at) choices.delete(later);
    choices.set(at, next);
    return true;
  }
  return false;
}

/** What an attempt knows of the values so far. */
interface Attempt {
  /** The file's graph, and the one with a symbolic batch. */
  readonly graph: Graph;
  readonly copy: Graph;
  readonly size: number;
  readonly name: string;
  /** Where values hold the batch. All other values do not depend on it. */
  readonly batch: Map<Value, BatchAxis>;
  /** Values that are computed from the batch size. */
  readonly sized: Set<Value>;
  /** Known integers, the batch by its name. */
  readonly lists: ShapeValues;
  readonly counts: Map<number, number>;
}

/** Tries to free the batch with some readings of the Reshapes. */
function freed(
  graph: Graph,
  data: ReadonlySet<Value>,
  size: number,
  choices: ReadonlyMap<number, number>,
): Graph | Stuck {
  let name = batchName;
  while (graph.inputs.some((v) => graph.typeOf(v).shape?.includes(name))) name += "_";
  const copy = begun(graph, data, name);
  const batch = new Map([...data].map((v): [Value, BatchAxis] => [v, { axis: 0, before: 1, after: 1 }]));
  const counts = new Map<number, number>();
  const a: Attempt = { graph, copy, size, name, batch, sized: new Set(), lists: new Map(), counts };
  const stuck = (why: string, values: readonly Value[]): Stuck => {
    const readings = values.flatMap((v) => batch.get(v)?.readings ?? []);
    return { why: why.replaceAll(String(probe), name), readings: [...new Set(readings)], counts };
  };
  for (const [index, node] of graph.nodes.entries()) {
    let why: string | undefined;
    try {
      why = addNode(a, node, index, choices.get(index) ?? 0);
    } catch (error) {
      why = messageOf(error);
    }
    if (why !== undefined) return stuck(why, node.inputs);
  }
  copy.outputs.push(...graph.outputs);
  for (const v of graph.outputs) {
    const b = batch.get(v);
    if (b?.axis !== 0 || !isPlain(b)) return stuck(notFirst(a, v), [v]);
  }
  try {
    const wrong = wrongShape(a, data);
    return wrong === undefined ? copy : stuck(wrong, [...batch.keys()]);
  } catch (error) {
    return stuck(messageOf(error), [...batch.keys()]);
  }
}

/** Begins a graph with the inputs and weights of another one, and a symbolic batch. */
function begun(graph: Graph, data: ReadonlySet<Value>, name: string): Graph {
  const copy = new Graph(graph.name);
  for (const [domain, version] of graph.opsets) copy.opsets.set(domain, version);
  for (const v of graph.inputs) {
    const { dtype, shape } = graph.typeOf(v);
    copy.input(v, { dtype, shape: data.has(v) ? [name, ...shape!.slice(1)] : shape });
  }
  for (const [value, tensor] of graph.initializers) copy.initializer(value, tensor);
  return copy;
}

/** Adds a node to the copy. Returns the reason if it is not proved to treat each sample alone. */
function addNode(a: Attempt, node: Node, index: number, reading: number): string | undefined {
  const reads = readsOf(node);
  const rows = reads.some((v) => a.batch.has(v));
  const sized = reads.some((v) => a.sized.has(v));
  const where = `${node.op} "${node.name || node.outputs[0]}"`;
  if (node.kind !== "op") {
    if (sized) return `${where} computes with the size of the batch`;
    const found = !rows
      ? []
      : node.kind === "custom"
        ? notKnown
        : opaqueBatch(a.graph, node, contextOf(a, node, index, reading));
    if (typeof found === "string") return `${where} ${found}`;
    for (const [i, b] of found.entries()) if (node.outputs[i]) a.batch.set(node.outputs[i]!, b);
    a.copy.push(
      node,
      node.outputs.map((v) => withBatch(a.graph.types.get(v), a.batch.get(v), a.name)),
    );
    return undefined;
  }
  const isSize = node.op === "Shape" || node.op === "Size";
  if ((rows && !isSize) || (sized && readsSize(a, node))) return addProved(a, node, index, reading, where);
  addOp(a, node);
  if (!rows && !sized) return undefined;
  const list = a.lists.get(node.outputs[0]!);
  // A list without the batch's name is the same for every batch.
  if (!list || list.some((d) => d === null || d === a.name)) for (const v of node.outputs) a.sized.add(v);
  return undefined;
}
const notKnown = "is not known to treat each row alone";

/** True for an operator that reads a size of the batch as the shape of its result. */
function readsSize(a: Attempt, { op, inputs }: AnyOpNode): boolean {
  if (op === "ConstantOfShape") return true;
  return (op === "Reshape" || op === "Expand") && a.sized.has(inputs[1] ?? none);
}

/** Adds a node whose result holds the batch. */
function addProved(
  a: Attempt,
  node: AnyOpNode,
  index: number,
  reading: number,
  where: string,
): string | undefined {
  const shapeInput =
    node.op === "ConstantOfShape" ? 0 : node.op === "Reshape" || node.op === "Expand" ? 1 : -1;
  if (node.inputs.some((v, i) => i !== shapeInput && a.sized.has(v)))
    return `${where} computes with the size of the batch`;
  const inputs = [...node.inputs];
  const context = contextOf(a, node, index, reading);
  const found = (batchRules[node.op] as BatchRule<OpName>)({
    ...context,
    replace(i, list) {
      let name = a.copy.fresh(`${node.outputs[0]}.target`);
      while (a.graph.has(name)) name = a.copy.fresh(`${name}_`);
      inputs[i] = a.copy.initializer(name, int64([list.length], list));
    },
  });
  if (typeof found === "string") return `${where} ${found}`;
  const rows = context.out?.[found.axis];
  // The rule and the file must agree on the size: an Expand of one row to three is no batch of three.
  if (context.out && rows !== a.size * found.before * found.after)
    return `${where} gives ${rows ?? "an unknown number of"} rows`;
  for (const v of node.outputs) if (v !== none) a.batch.set(v, found);
  addOp(a, { ...node, inputs } as AnyOpNode);
  return undefined;
}

/** Adds a node with its types and, for integers, its known values. */
function addOp(a: Attempt, node: AnyOpNode): void {
  const types = inferNode(a.copy, node, a.lists);
  const precise = node.outputs.map((v, i) => withName(types[i], a.batch.get(v), a.name));
  a.copy.push(node, precise);
  const known = shapeValue(a.copy, node, a.lists);
  if (known && node.outputs[0]) a.lists.set(node.outputs[0], known);
}

/** A Reshape with -1 hides that its size is the batch. */
function withName(
  type: TensorType | undefined,
  b: BatchAxis | undefined,
  name: string,
): TensorType | undefined {
  if (!type?.shape || !b || !isPlain(b) || type.shape[b.axis] !== null) return type;
  return { ...type, shape: type.shape.map((d, i) => (i === b.axis ? name : d)) };
}

function contextOf(a: Attempt, node: Node, index: number, reading: number): BatchContext<OpName> {
  const input = (i: number): Value => node.inputs[i] ?? none;
  return {
    node: node as BatchContext<OpName>["node"],
    attributes: node.attributes as BatchContext<OpName>["attributes"],
    batch: (i) => a.batch.get(input(i)),
    shape: (i) => a.graph.types.get(input(i))?.shape,
    list(i) {
      const constant = a.graph.initializers.get(input(i));
      if (!constant) return a.lists.get(input(i));
      return constant.dtype !== "string" && constant.data.length <= longestList
        ? toNumbers(constant)
        : undefined;
    },
    out: a.graph.types.get(node.outputs[0] ?? none)?.shape,
    size: a.size,
    name: a.name,
    index,
    reading,
    replace: () => {},
    readings: (count) => a.counts.set(index, count),
  };
}

/** The type of a value of the file, with the batch left open. */
function withBatch(
  type: TensorType | undefined,
  b: BatchAxis | undefined,
  size: Dim,
): TensorType | undefined {
  if (!type?.shape || !b) return type;
  const merged = typeof size === "number" ? size * b.before * b.after : null;
  return { ...type, shape: type.shape.map((d, i) => (i !== b.axis ? d : isPlain(b) ? size : merged)) };
}

/** Why an output does not hold the batch in its first axis. */
function notFirst({ graph, batch, name }: Attempt, v: Value): string {
  const shape = graph.types.get(v)?.shape;
  const b = batch.get(v);
  if (!b) return `output "${v}", ${formatShape(shape)}, does not depend on the batch`;
  const factor = b.before * b.after;
  const size = factor === 1 ? name : `${factor}·${name}`;
  return `output "${v}", ${formatShape(shape)}, would become ${formatShape(shape?.map((d, i) => (i === b.axis ? size : d)))}`;
}

/** Infers all shapes with a batch of a prime size, and names a value whose shape is not the expected one. */
function wrongShape({ graph, copy, batch }: Attempt, data: ReadonlySet<Value>): string | undefined {
  const tried = copy.clone();
  const expected = (v: Value): TensorType | undefined => withBatch(graph.types.get(v), batch.get(v), probe);
  for (const v of data) tried.types.set(v, expected(v)!);
  for (const node of tried.nodes)
    if (node.kind !== "op")
      for (const v of node.outputs) if (batch.has(v) && expected(v)) tried.types.set(v, expected(v)!);
  inferGraph(tried);
  for (const v of batch.keys()) {
    const [want, got] = [expected(v)?.shape, tried.types.get(v)?.shape];
    if (want && got && !agrees(want, got))
      return `value "${v}", ${formatShape(graph.types.get(v)?.shape)}, would become ${formatShape(got)}`;
  }
  return undefined;
}

/** True if no size that is known in both differs. */
function agrees(a: Shape, b: Shape): boolean {
  const known = (d: Dim | undefined) => typeof d === "number";
  return a.length === b.length && a.every((d, i) => !known(d) || !known(b[i]) || d === b[i]);
}

/** Names the open batch of the one input, and infers all types again. */
function named(graph: Graph, data: ReadonlySet<Value>): Graph {
  const copy = begun(graph, data, batchName);
  const lists: ShapeValues = new Map();
  const first = (type: TensorType | undefined): TensorType | undefined =>
    type?.shape?.[0] === null ? { ...type, shape: [batchName, ...type.shape.slice(1)] } : type;
  for (const node of graph.nodes) {
    const old = graph.typesOf(node);
    if (node.kind !== "op") {
      const rows = readsOf(node).some(
        (v) => !graph.initializers.has(v) && copy.types.get(v)?.shape?.includes(batchName) !== false,
      );
      copy.push(node, rows ? old.map(first) : old);
      continue;
    }
    copy.push(node, inferNode(copy, node, lists));
    const known = shapeValue(copy, node, lists);
    if (known && node.outputs[0]) lists.set(node.outputs[0], known);
  }
  copy.outputs.push(...graph.outputs);
  for (const v of copy.outputs) {
    const type = copy.types.get(v) ?? first(graph.types.get(v));
    if (type) copy.types.set(v, type);
  }
  return copy;
}
