import { EngraftError } from "../core/errors.js";
import type { TensorType } from "../core/shape.js";
import { formatType, isStatic, type StaticShape } from "../core/shape.js";
import type { Tensor } from "../core/tensor.js";
import { type Node, none, type Value } from "./node.js";

/**
 * A model: values, and the nodes that compute them, in topological order. The graph owns its lists. Passes build
 * new graphs or edit their own copy (`clone`).
 */
export class Graph {
  readonly inputs: Value[] = [];
  readonly outputs: Value[] = [];
  readonly nodes: Node[] = [];
  /** Constants and weights. */
  readonly initializers = new Map<Value, Tensor>();
  /** Types of the values. Inputs and initializers always have one; the other types come from inference. */
  readonly types = new Map<Value, TensorType>();
  /** Opset versions of the file, by domain. They define what opaque nodes mean. */
  readonly opsets = new Map<string, number>();
  private counter = 0;
  private readonly taken = new Set<Value>();

  constructor(readonly name = "graph") {}

  /** Adds an input. */
  input(name: Value, type: TensorType): Value {
    this.claim(name);
    this.inputs.push(name);
    this.types.set(name, type);
    return name;
  }

  /** Adds a constant or weight. */
  initializer(name: Value, value: Tensor): Value {
    this.claim(name);
    this.initializers.set(name, value);
    this.types.set(name, { dtype: value.dtype, shape: value.dims });
    return name;
  }

  /** Appends a node. Its outputs must be new names. */
  push(node: Node, types: readonly (TensorType | undefined)[] = []): void {
    node.outputs.forEach((output, i) => {
      if (output === none) return;
      this.claim(output);
      const type = types[i];
      if (type) this.types.set(output, type);
    });
    this.nodes.push(node);
  }

  /** Returns a name that nothing in this graph has yet. */
  fresh(hint: string): Value {
    let name = hint;
    while (name === "" || this.taken.has(name)) name = `${hint}_${++this.counter}`;
    return name;
  }

  has(value: Value): boolean {
    return this.taken.has(value);
  }

  /** Reserves a name. @throws ModelError if it is taken */
  claim(name: Value): void {
    if (this.taken.has(name))
      throw new EngraftError("ModelError", `two values of the graph are called "${name}"`);
    this.taken.add(name);
  }

  typeOf(value: Value): TensorType {
    const type = this.types.get(value);
    if (!type)
      throw new EngraftError("ShapeError", `the type of value "${value}" is not known`, {
        at: `graph "${this.name}"`,
      });
    return type;
  }

  /** Returns the types of a node's outputs, in order; undefined where unknown. */
  typesOf(node: Node): (TensorType | undefined)[] {
    return node.outputs.map((output) => this.types.get(output));
  }

  /** Returns the sizes of a value. @throws ShapeError if one is not known */
  dims(value: Value): StaticShape {
    const type = this.typeOf(value);
    if (!isStatic(type.shape)) {
      throw new EngraftError(
        "ShapeError",
        `value "${value}" is ${formatType(type)}: its sizes must be known here`,
        { help: "fix the model's dynamic dimensions first (batch size, image size)" },
      );
    }
    return type.shape;
  }

  /** Returns the node that computes each value. */
  producers(): Map<Value, Node> {
    const map = new Map<Value, Node>();
    for (const node of this.nodes)
      for (const output of node.outputs) if (output !== none) map.set(output, node);
    return map;
  }

  /** Returns the nodes that read each value, captures of subgraphs included. */
  consumers(): Map<Value, Node[]> {
    const map = new Map<Value, Node[]>();
    for (const node of this.nodes) {
      for (const input of readsOf(node)) {
        const list = map.get(input);
        if (list) list.push(node);
        else map.set(input, [node]);
      }
    }
    return map;
  }

  /** Returns a copy with lists of its own. Tensors are shared. */
  clone(name = this.name): Graph {
    const copy = this.withoutNodes(undefined, name);
    for (const node of this.nodes) copy.push(node, this.typesOf(node));
    copy.outputs.push(...this.outputs);
    return copy;
  }

  /**
   * Returns a new graph with the inputs, weights and opsets of this one, without nodes and outputs. Rewrites begin
   * with it.
   * @param keep which weights to copy; default all
   */
  withoutNodes(keep: (weight: Value) => boolean = () => true, name = this.name): Graph {
    const begun = new Graph(name);
    for (const input of this.inputs) begun.input(input, this.typeOf(input));
    for (const [value, data] of this.initializers) if (keep(value)) begun.initializer(value, data);
    for (const [domain, version] of this.opsets) begun.opsets.set(domain, version);
    return begun;
  }
}

/** Returns all values that a node reads, each once. */
export function readsOf(node: Node): Value[] {
  const reads = node.inputs.filter((v) => v !== none);
  if (node.kind === "opaque") reads.push(...node.captures);
  return [...new Set(reads)];
}
