import { isStatic, sizeOf } from "../../core/shape.js";
import { Builder } from "../builder.js";
import type { Graph } from "../graph.js";
import { readsOf } from "../graph.js";
import { guardName } from "../loop-names.js";
import { type AnyOpNode, type Node, none, type Value } from "../node.js";
import { blockedDomain } from "./blocked-domain.js";

/** Smallest state that is overwritten, in elements. For a smaller one the extra nodes are not worth it. */
const worthwhile = 2 ** 14;

/** Operators that may write their output over an input: element i is written after element i was read. */
const elementwise: ReadonlySet<string> = new Set(["Add", "Sub", "Mul", "Div", "Where"]);
/** Operators between a rate and the new value in an optimiser's formula. */
const inFormula: ReadonlySet<string> = new Set([...elementwise, "Sqrt", "Neg", "Sign", "Abs"]);
/**
 * Operators that have read their inputs when their output exists, and keep no view of them. Nothing is assumed of
 * other operators.
 */
const computing: ReadonlySet<string> = new Set([
  ...["Add", "Sub", "Mul", "Div", "Conv", "ConvTranspose", "MatMul", "FusedMatMul", "Gemm", "Gather"],
  ...["ReduceSum", "ReduceSumSquare", "Sign", "Abs", "Neg", "Sqrt", "Where"],
]);

/** A step, and the states whose next value may overwrite the current one. */
export interface Overwriting {
  readonly graph: Graph;
  readonly over: ReadonlySet<Value>;
}

/**
 * Makes a step read each large state for the last time before it writes the next one, so that both can share
 * memory. The step ends before the first such write if a scalar is not finite: then the state is unchanged.
 *
 * A runtime runs nodes in any order that their inputs allow, so an order is enforced by inputs. The update θ - η·v
 * waits for a reader r of θ (such as the gradient of the layer's input) because η is made to depend on r:
 *
 *     η' = Concat(η, r[0:0])
 *
 * For finite scalars s it depends on a Gather that fails for a scalar that is not finite:
 *
 *     η'' = Gather([η], isNaN(Σ 0·s))        index 1 of one element: the runtime refuses
 *
 * @param state inputs and outputs of the step that are state
 * @param scalars outputs of the step, each one number; none may depend on the next state
 */
export function overwriteState(
  step: Graph,
  {
    state,
    scalars,
  }: {
    readonly state: readonly { readonly input: Value; readonly output: Value }[];
    readonly scalars: readonly Value[];
  },
): Overwriting {
  const order = new Order(step, scalars);
  const over = new Set(state.filter(({ input, output }) => order.wait(input, output)).map((s) => s.input));
  return over.size === 0 ? { graph: step, over } : { graph: order.sorted(), over };
}

/** A graph to which inputs are added that enforce an order. Nodes are known by their index; new nodes come last. */
class Order {
  /** The step; new nodes and constants are appended to it. */
  private readonly graph: Graph;
  private readonly g: Builder;
  private readonly nodes: Node[] = [];
  private readonly producer = new Map<Value, number>();
  private readonly readers = new Map<Value, number[]>();
  /** For each node, the nodes that compute its inputs. */
  private readonly before: number[][] = [];
  private readonly guarded = new Map<Value, Value>();
  private notFinite: Value | undefined;
  /** Nodes that must run before the scalars are known. */
  private readonly toScalars: Uint8Array;

  constructor(
    private readonly step: Graph,
    private readonly scalars: readonly Value[],
  ) {
    this.graph = step.clone();
    this.g = new Builder(this.graph, "order");
    for (const node of step.nodes) this.take(node);
    this.nodes.forEach((node, i) => {
      for (const v of readsOf(node)) this.readers.set(v, [...(this.readers.get(v) ?? []), i]);
    });
    this.toScalars = this.upTo(scalars.flatMap((s) => this.producer.get(s) ?? []));
  }

  private take(node: Node): void {
    this.before.push(this.makersOf(node));
    for (const v of node.outputs) if (v !== none) this.producer.set(v, this.nodes.length);
    this.nodes.push(node);
  }

  private makersOf(node: Node): number[] {
    return readsOf(node).flatMap((v) => this.producer.get(v) ?? []);
  }

  /**
   * Makes the next value of a state wait for all readers of the state, and for finite scalars. Returns false if it
   * cannot.
   */
  wait(input: Value, output: Value): boolean {
    const size = this.sizeOf(input);
    const writer = this.producer.get(output);
    if (size === undefined || size < worthwhile || writer === undefined) return false;
    if (!isOf(this.nodes[writer]!, elementwise) || !this.isWhole(writer, size)) return false;
    const before = this.upTo([writer]);
    const late = this.lastReaders(input).filter((i) => before[i] === 0);
    const earlier = this.upTo(late);
    if (earlier[writer] === 1 || this.toScalars[writer] === 1) return false;
    const place = this.rateOf(writer, size, (i) => earlier[i] === 1 || this.toScalars[i] === 1);
    if (!place) return false;
    const [at, node, k] = place;
    const rate = this.behind(this.guard(node.inputs[k]!), late);
    const dims = this.graph.dims(node.outputs[0]!).map(() => 1);
    const shaped = this.adding(() => this.g.reshape(rate, dims));
    this.nodes[at] = { ...node, inputs: node.inputs.map((v, i) => (i === k ? shaped : v)) } as AnyOpNode;
    this.before[at] = this.makersOf(this.nodes[at]);
    return true;
  }

  private sizeOf(v: Value): number | undefined {
    const shape = this.graph.types.get(v)?.shape;
    return isStatic(shape) ? sizeOf(shape) : undefined;
  }

  /** True if an elementwise node computes as many elements as the state has. */
  private isWhole(i: number, size: number): boolean {
    return this.sizeOf(this.nodes[i]!.outputs[0]!) === size;
  }

  /** 1 for these nodes and for all that must run before one of them. */
  private upTo(nodes: readonly number[]): Uint8Array {
    const found = new Uint8Array(this.nodes.length);
    const stack = [...nodes];
    for (const i of stack) found[i] = 1;
    while (stack.length > 0)
      for (const j of this.before[stack.pop()!]!)
        if (found[j] === 0) {
          found[j] = 1;
          stack.push(j);
        }
    return found;
  }

  /**
   * Returns the last nodes that read a state. A node that may return a view is replaced by the readers of the view.
   */
  private lastReaders(input: Value): number[] {
    const found = new Set<number>();
    const values = new Set([input]);
    for (const v of values)
      for (const i of this.readers.get(v) ?? []) {
        const node = this.nodes[i]!;
        const read = isComputing(node) ? [] : node.outputs.filter((o) => this.readers.has(o));
        if (read.length === 0) found.add(i);
        for (const o of read) values.add(o);
      }
    return [...found];
  }

  /**
   * Returns the nearest scalar in the formula of a new value that can be made to wait: the node that reads it, as
   * input k.
   */
  private rateOf(
    writer: number,
    size: number,
    earlier: (i: number) => boolean,
  ): [at: number, node: AnyOpNode, k: number] | undefined {
    const formula = new Set([writer]);
    for (const i of formula) {
      const node = this.nodes[i]!;
      if (earlier(i) || !isOf(node, inFormula) || !this.isWhole(i, size)) continue;
      const k = node.inputs.findIndex(
        (v) => this.sizeOf(v) === 1 && this.graph.typeOf(v).dtype === "float32",
      );
      if (k >= 0 && isOf(node, elementwise)) return [i, node as AnyOpNode, k];
      for (const j of this.before[i]!) formula.add(j);
    }
    return undefined;
  }

  /** Returns a scalar as [1] that exists only if all scalars are finite. */
  private guard(number: Value): Value {
    const { g, graph } = this;
    const known = this.guarded.get(number);
    if (known !== undefined) return known;
    return this.adding(() => {
      // Times 0: finite values add nothing, infinity and NaN give NaN.
      const nothing = (s: Value) => g.mul(g.reshape(g.cast(s, "float32"), [1]), g.number(0));
      this.notFinite ??= g.cast(g.node("IsNaN", [this.scalars.map(nothing).reduce(g.add)], {}), "int64");
      const made = graph.fresh(guardName);
      graph.push(
        {
          kind: "op",
          op: "Gather",
          name: guardName,
          inputs: [g.reshape(number, [1]), this.notFinite],
          outputs: [made],
          attributes: { axis: 0 },
        },
        [{ dtype: "float32", shape: [1] }],
      );
      this.guarded.set(number, made);
      return made;
    });
  }

  /** Returns a scalar [1] that exists only after some nodes have run. */
  private behind(number: Value, nodes: readonly number[]): Value {
    const { g } = this;
    const nothing = (i: number) =>
      g.slice(g.cast(g.reshape(this.nodes[i]!.outputs[0]!, [-1]), "float32"), {
        starts: [0],
        ends: [0],
        axes: [0],
      });
    if (nodes.length === 0) return number;
    return this.adding(() => g.node("Concat", [number, ...nodes.map(nothing)], { axis: 0 }));
  }

  private adding(make: () => Value): Value {
    const from = this.graph.nodes.length;
    const value = make();
    for (const node of this.graph.nodes.slice(from)) this.take(node);
    return value;
  }

  /** Returns the graph with its nodes in their old order, except that a waiting node follows what it waits for. */
  sorted(): Graph {
    const result = this.graph.withoutNodes();
    result.outputs.push(...this.graph.outputs);
    const old = this.step.nodes.length;
    const done = new Uint8Array(this.nodes.length);
    const waiting = new Map<number, number[]>();
    const run = (i: number): boolean => {
      if (done[i] === 1) return true;
      for (const j of this.before[i]!) {
        // New nodes and those that the scalars need run when they are first needed.
        if (done[j] === 1 || ((j >= old || this.toScalars[j] === 1) && run(j))) continue;
        waiting.set(j, [...(waiting.get(j) ?? []), i]);
        return false;
      }
      const node = this.nodes[i]!;
      result.push(node, this.graph.typesOf(node));
      done[i] = 1;
      for (const later of waiting.get(i) ?? []) run(later);
      return true;
    };
    for (let i = 0; i < old; i++) run(i);
    return result;
  }
}

function isOf(node: Node, ops: ReadonlySet<string>): boolean {
  return node.kind === "op" && ops.has(node.op);
}

/** Includes the runtime's own convolutions. */
function isComputing(node: Node): boolean {
  return (
    isOf(node, computing) || (node.kind === "custom" && node.domain === blockedDomain && node.op === "Conv")
  );
}
