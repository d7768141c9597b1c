import { arrayOf } from "../../core/dtype.js";
import type { Tensor } from "../../core/tensor.js";
import type { Graph } from "../../graph/graph.js";
import type { Runtime, Session } from "../runtime.js";
import { onGpu } from "./batch-parts.js";

/** True if each row of the outputs depends on the same row of the inputs: all have the batch as their first axis. */
export function hasFreeRows(graph: Graph, fed: readonly string[]): boolean {
  const first = [...fed, ...graph.outputs].map((value) => graph.typeOf(value).shape?.[0]);
  return first.length > 1 && typeof first[0] === "string" && first.every((dim) => dim === first[0]);
}

/**
 * Returns a session of a GPU that runs a batch in parts, one after the other, and joins their outputs. An error of too little memory
 * says how many parts to try next.
 * @param session see {@link hasFreeRows}
 */
export function dividedSession(session: Session, { batchParts = 1 }: Pick<Runtime, "batchParts">): Session {
  return {
    inputs: session.inputs,
    outputs: session.outputs,
    dispose: () => session.dispose(),
    async run(feeds, fetches, options) {
      const rows = Object.values(feeds)[0]?.dims[0] ?? 1;
      const each = Math.ceil(rows / batchParts);
      const next = () => (each > 1 ? { rows: each, parts: 2 * batchParts } : ("one-row" as const));
      if (each >= rows) return onGpu(() => session.run(feeds, fetches, options), next);
      const made: Record<string, Tensor>[] = [];
      for (let from = 0; from < rows; from += each) {
        const part = Object.entries(feeds).map(([name, value]) => [name, someRows(value, from, from + each)]);
        made.push(await onGpu(() => session.run(Object.fromEntries(part), fetches), next));
      }
      return Object.fromEntries(
        Object.keys(made[0]!).map((name) => [name, joinedRows(made.map((one) => one[name]!))]),
      );
    },
  };
}

/** Returns a copy of some rows of a tensor. */
function someRows(value: Tensor, from: number, to: number): Tensor {
  const [rows = 1, ...rest] = value.dims;
  const size = value.data.length / rows;
  const end = Math.min(to, rows);
  return { ...value, dims: [end - from, ...rest], data: value.data.slice(from * size, end * size) } as Tensor;
}

function joinedRows(parts: readonly Tensor[]): Tensor {
  const [{ dtype, dims }] = parts as [Tensor];
  const rows = parts.reduce((n, part) => n + part.dims[0]!, 0);
  const data = new (arrayOf(dtype as "float32"))(parts.reduce((n, part) => n + part.data.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part.data as Float32Array, at);
    at += part.data.length;
  }
  return { dtype, dims: [rows, ...dims.slice(1)], data } as Tensor;
}
