import { type Tensor, toNumbers } from "../../core/tensor.js";
import type { Graph } from "../graph.js";
import type { AnyOpNode, Value } from "../node.js";

/** What a pattern may ask about the graph it is looked for in. */
export interface Surroundings {
  readonly graph: Graph;
  /** The node that computes a value, where it is one of ours. */
  producer(v: Value): AnyOpNode | undefined;
  /** The same, when its operator is this one. */
  producedBy<Op extends AnyOpNode["op"]>(v: Value, op: Op): Extract<AnyOpNode, { op: Op }> | undefined;
  /** The number that a constant of one element holds. It must not widen what it is combined with: `rank` axes. */
  scalar(v: Value, rank: number): number | undefined;
  /** Rank of a value, where it is known. */
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

/** Equal but for the digits that a file has left out. */
export function near(a: number | undefined, b: number): boolean {
  return a !== undefined && Math.abs(a - b) <= 1e-6 * Math.abs(b);
}
