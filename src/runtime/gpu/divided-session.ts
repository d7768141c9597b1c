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
 * says how many parts to try next. It is tried at once if the runtime can go on: {@link Runtime.goOn}.
 * @param free see {@link hasFreeRows}; otherwise a batch runs as one
 */
export function dividedSession(
  session: Session,
  runtime: Pick<Runtime, "batchParts" | "attempt" | "goOn">,
  free: boolean,
): Session {
  return {
    inputs: session.inputs,
    outputs: session.outputs,
    dispose: () => session.dispose(),
    async run(...given) {
      for (;;) {
        const { attempt = 0, batchParts = 1 } = runtime;
        try {
          return free ? await inParts(session, batchParts, ...given) : await session.run(...given);
        } catch (error) {
          if (!runtime.goOn) throw error;
          await runtime.goOn(error, attempt);
        }
      }
    },
  };
}

async function inParts(
  session: Session,
  parts: number,
  ...[feeds, fetches, options]: Parameters<Session["run"]>
): ReturnType<Session["run"]> {
  const rows = Object.values(feeds)[0]?.dims[0] ?? 1;
  const each = Math.ceil(rows / parts);
  const next = () => (each > 1 ? { rows: each, parts: 2 * parts } : ("one-row" as const));
  if (each >= rows) return onGpu(() => session.run(feeds, fetches, options), next);
  const made: Record<string, Tensor>[] = [];
  for (let from = 0; from < rows; from += each) {
    const part = Object.entries(feeds).map(([name, value]) => [name, someRows(value, from, from + each)]);
    made.push(await onGpu(() => session.run(Object.fromEntries(part), fetches), next));
  }
  return Object.fromEntries(
    Object.keys(made[0]!).map((name) => [name, joinedRows(made.map((one) => one[name]!))]),
  );
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
