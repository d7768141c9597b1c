import { type Tensor, toNumbers } from "../../core/tensor.js";
import type { Graph } from "../graph.js";
import type { AnyOpNode, Value } from "../node.js";

/** Queries that a pattern makes about the graph. */
export interface Surroundings {
  readonly graph: Graph;
  /** Returns the node that computes a value, if its operator is known. */
  producer(v: Value): AnyOpNode | undefined;
  /** Returns the node that computes a value, if it is of this operator. */
  producedBy<Op extends AnyOpNode["op"]>(v: Value, op: Op): Extract<AnyOpNode, { op: Op }> | undefined;
  /**
   * Returns the number in a one-element constant of at most `rank` axes. More axes would widen the other operand.
   */
  scalar(v: Value, rank: number): number | undefined;
  /** Returns the rank of a value, if known. */
  rank(v: Value): number | undefined;
}

export function surroundingsOf(graph: Graph): Surroundings {
  const producers = graph.producers();
  const around: Surroundings = {
    graph,
    producer(v) {
      const node = producers.get(v);
      return node?.kind === "op" && node.outputs[0] === v ? node : undefined;
    },
    producedBy(v, op) {
      const node = around.producer(v);
      return node?.op === op ? (node as never) : undefined;
    },
    scalar: (v, rank) => scalarOf(graph.initializers.get(v), rank),
    rank: (v) => graph.types.get(v)?.shape?.length,
  };
  return around;
}

function scalarOf(value: Tensor | undefined, rank: number): number | undefined {
  if (value?.data.length !== 1 || value.dims.length > rank) return undefined;
  return value.dtype === "string" ? undefined : toNumbers(value)[0];
}

/** True if equal up to the digits that a file omits. */
export function near(a: number | undefined, b: number): boolean {
  return a !== undefined && Math.abs(a - b) <= 1e-6 * Math.abs(b);
}
