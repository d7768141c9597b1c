import type { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import {
  recompute as computeAgain,
  type Recomputed,
  type RecomputeOptions,
} from "../../graph/passes/recompute.js";
import type { Step } from "./step.js";
import { leastBytes } from "./step-memory.js";

/**
 * Whether results of the forward pass are kept for the backward pass or recomputed. "off": all are kept. "on": as
 * little memory as possible. "auto": recomputes as much as the available memory requires. `limitBytes`: as much as
 * keeps the step within these bytes, or an error.
 */
export type Recompute = "off" | "auto" | "on" | { readonly limitBytes: number };

/** A step's graph, the recomputed share of its forward pass, and, if not 0, the bytes of the step. */
export type Room = Pick<Recomputed, "graph" | "share"> &
  Partial<Pick<Recomputed, "bytes">> & {
    /** Outputs that are written over inputs. */
    readonly over?: readonly Value[];
  };

/** Least memory of a step in bytes; with recomputation, simulated in the runtime's order of execution. */
export function roomBytes({ graph, share, bytes, over }: Room): number {
  return share > 0 && bytes ? bytes.now : leastBytes(graph, over);
}

/** Memory of a process per byte of a step: onnxruntime's memory is fragmented (measured: 1.3 to 1.7). */
const bytesPerByte = 1.6;

/**
 * Fits the step's graph into the available memory.
 * @param graph after `fuseForOrt`
 * @param step.overwrites true if its state is overwritten in place
 * @param available bytes of the machine; undefined: not checked
 * @throws OptionError if a given limit cannot be kept, with the least memory that is possible
 */
export function makeRoom(
  graph: Graph,
  { scalars, overwrites }: Pick<Step, "scalars"> & { readonly overwrites: boolean },
  recompute: Recompute,
  available: number | undefined,
): Room {
  // The gradient norm is the end of the backward pass; all other scalars exist after the forward pass.
  const ends = scalars.filter((name) => name !== "gradient_norm");
  const over = overwrites ? { over: graph.outputs.filter((v) => !scalars.includes(v)) } : {};
  const again = (limit: Omit<RecomputeOptions, "ends" | "overwrites">): Room => ({
    ...computeAgain(graph, { ends, overwrites, ...limit }),
    ...over,
  });
  if (typeof recompute === "object") return again({ limitBytes: recompute.limitBytes });
  if (recompute === "on") return again({});
  if (recompute === "off" || available === undefined) return { graph, share: 0, ...over };
  return again({ limitBytes: available / bytesPerByte, orLeast: true });
}
