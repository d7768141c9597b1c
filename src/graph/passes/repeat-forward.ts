import { sizeOf } from "../../core/shape.js";
import { type Graph, readsOf } from "../graph.js";
import { type AnyOpNode, type Node, none, type OpNode, type Value } from "../node.js";
import { bytesOf, isView } from "../peak-memory.js";

/** A step split for recomputation: the forward pass, and everything after it. */
export interface Parts {
  readonly graph: Graph;
  readonly forward: readonly Node[];
  readonly rest: readonly Node[];
  /** The node of the forward pass that computes each value. */
  readonly producers: ReadonlyMap<Value, Node>;
  /** Prefix for the names of copies; no other name begins with it. */
  readonly prefix: string;
}

/** A node list. For each new value in it, the value of the graph that it copies. */
export interface Repeated {
  readonly nodes: readonly Node[];
  readonly copies: ReadonlyMap<Value, Value>;
  /** The nodes of the forward pass that run twice. */
  readonly repeated: readonly Node[];
  /** Shapes of the barriers: int64 constants. */
  readonly shapes: ReadonlyMap<Value, readonly number[]>;
}

/** Splits off the forward pass: the part of a graph that these values need. */
export function splitForward(graph: Graph, ends: readonly Value[]): Parts {
  const needed = new Set<Value>(ends);
  const inForward = new Set<Node>();
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((v) => needed.has(v))) continue;
    inForward.add(node);
    for (const v of readsOf(node)) needed.add(v);
  }
  const forward = graph.nodes.filter((n) => inForward.has(n));
  const producers = new Map<Value, Node>();
  for (const node of forward) for (const v of node.outputs) if (v !== none) producers.set(v, node);
  let prefix = "again";
  while ([...graph.types.keys()].some((v) => v.startsWith(prefix))) prefix += "_";
  return { graph, forward, rest: graph.nodes.filter((n) => !inForward.has(n)), producers, prefix };
}

/** True if a node may run twice. An unknown node may draw random numbers, or take hours. */
export function mayRepeat(node: Node): boolean {
  return node.kind === "op";
}

/**
 * Returns a node list in which everything after the forward pass reads only the kept values, and copies of the
 * others. Copies are recomputed from the kept values when they are first needed.
 *
 * The runtime would merge a copy with its original, because both have the same inputs. So everything that copies
 * read passes a barrier: a Reshape to the same shape, which costs nothing.
 */
export function repeatForward(parts: Parts, kept: ReadonlySet<Value>): Repeated {
  const { graph, forward, rest, producers, prefix } = parts;
  const nodes: Node[] = [];
  const names = new Map<Value, Value>();
  const copies = new Map<Value, Value>();
  const shapes = new Map<Value, readonly number[]>();
  const repeated: Node[] = [];

  const isKept = (v: Value): boolean => {
    const node = producers.get(v);
    if (node === undefined || kept.has(v) || !mayRepeat(node) || isStatistic(node, v)) return true;
    return isView(node) && isKept(node.inputs[0]!);
  };
  const barriers = new Map<Value, Value>();
  const barrier = (v: Value): Value => {
    const known = barriers.get(v);
    if (known !== undefined) return known;
    const shape = graph.types.get(v)?.shape as readonly number[] | undefined;
    // Constants stay constants: the runtime prepares them once. Scalars save nothing.
    if (graph.initializers.has(v) || !shape?.length || sizeOf(shape) === 0) return v;
    const name = `${prefix}/from/${v}`;
    shapes.set(`${name}.shape`, shape);
    copies.set(name, v);
    barriers.set(v, name);
    nodes.push({
      kind: "op",
      op: "Reshape",
      name,
      inputs: [v, `${name}.shape`],
      outputs: [name],
      attributes: { allowzero: false },
    });
    return name;
  };
  /** Adds copies of these values and of everything they need, in the order of the forward pass. */
  const repeat = (wanted: readonly Value[]): void => {
    const needed = new Set(wanted);
    const run: Node[] = [];
    for (let i = forward.length - 1; i >= 0 && needed.size > 0; i--) {
      const node = forward[i]!;
      if (!node.outputs.some((v) => needed.delete(v))) continue;
      run.push(node);
      for (const v of readsOf(node)) if (!isKept(v) && !names.has(v)) needed.add(v);
    }
    for (const node of run.reverse()) {
      const outputs = node.outputs.map((v) => (v === none ? none : `${prefix}/${v}`));
      const read = (v: Value): Value => (v === none ? none : (names.get(v) ?? barrier(v)));
      nodes.push(again(node as AnyOpNode, read, outputs));
      repeated.push(node);
      node.outputs.forEach((v, i) => {
        copies.set(outputs[i]!, v);
        if (!isKept(v)) names.set(v, outputs[i]!);
      });
    }
  };
  for (const node of rest) {
    const wanted = readsOf(node).filter((v) => !isKept(v) && !names.has(v));
    if (wanted.length > 0) repeat(wanted);
    if (!readsOf(node).some((v) => names.has(v))) nodes.push(node);
    else nodes.push({ ...node, inputs: node.inputs.map((v) => names.get(v) ?? v) } as Node);
  }
  return { nodes: [...forward, ...gradientsLast(forward, nodes)], copies, repeated, shapes };
}

/**
 * Orders the nodes after the forward pass by the last forward node that each depends on. Gradients, which all
 * depend on its end, come after recomputed values and masks. Of a node's inputs, onnxruntime first computes the one
 * that comes last in the file. So a gradient waits for the gradient before it, and only then its other inputs are
 * recomputed.
 */
function gradientsLast(forward: readonly Node[], nodes: readonly Node[]): Node[] {
  const level = new Map<Value, number>();
  forward.forEach((node, i) => {
    for (const v of node.outputs) level.set(v, i + 1);
  });
  const of = new Map<Node, number>();
  for (const node of nodes) {
    const at = readsOf(node).reduce((most, v) => Math.max(most, level.get(v) ?? 0), 0);
    of.set(node, at);
    for (const v of node.outputs) level.set(v, at);
  }
  return [...nodes].sort((a, b) => of.get(a)! - of.get(b)!);
}

/** Copies a node. Batch statistics are kept, not computed or averaged again; only their use is repeated. */
function again(node: AnyOpNode, read: (v: Value) => Value, outputs: readonly Value[]): Node {
  if (!usesBatch(node)) return { ...node, name: outputs[0]!, inputs: node.inputs.map(read), outputs };
  const [x, scale, bias] = node.inputs as [Value, Value, Value];
  const [, mean, variance] = node.outputs as [Value, Value, Value];
  return {
    ...node,
    name: outputs[0]!,
    inputs: [x, scale, bias, mean, variance].map(read),
    outputs: [outputs[0]!],
    attributes: { ...node.attributes, training_mode: false },
  };
}

function usesBatch(node: Node): node is OpNode<"BatchNormalization"> & AnyOpNode {
  return node.kind === "op" && node.op === "BatchNormalization" && node.attributes.training_mode;
}

function isStatistic(node: Node, v: Value): boolean {
  return usesBatch(node) && v !== node.outputs[0];
}

/** Returns the graph with this node list. */
export function withNodes({ graph }: Parts, { nodes, copies, shapes }: Repeated): Graph {
  const result = graph.withoutNodes();
  for (const [name, shape] of shapes)
    result.initializer(name, {
      dtype: "int64",
      dims: [shape.length],
      data: BigInt64Array.from(shape, (d, i) => BigInt(i === 0 ? -1 : d)),
    });
  const typeOf = (v: Value) => graph.types.get(copies.get(v) ?? v);
  for (const node of nodes) result.push(node, node.outputs.map(typeOf));
  result.outputs.push(...graph.outputs);
  return result;
}

/** Bytes of a value of the graph, or of a copy. */
export function sizes({ graph }: Parts): (v: Value, copies?: ReadonlyMap<Value, Value>) => number {
  const known = new Map<Value, number>();
  return (v, copies) => {
    const of = copies?.get(v) ?? v;
    let size = known.get(of);
    if (size === undefined) {
      size = bytesOf(graph.types.get(of));
      known.set(of, size);
    }
    return size;
  };
}
