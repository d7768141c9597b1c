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
 * Whether a step keeps what its forward pass computes until its backward pass reads it, or computes it again.
 * "off": it keeps everything. "on": as little memory as can be. "auto": it computes again only as much as the memory that
 * there is asks for. `limitBytes`: as much as keeps the step within these bytes, or a refusal.
 */
export type Recompute = "off" | "auto" | "on" | { readonly limitBytes: number };

/** A step's graph, what of its forward pass is computed twice, and, where something is, the bytes of the step. */
export type Room = Pick<Recomputed, "graph" | "share"> &
  Partial<Pick<Recomputed, "bytes">> & {
    /** Outputs that are written over inputs. */
    readonly over?: readonly Value[];
  };

/** Bytes that a step takes at least: of one that computes again, as simulated in the runtime's order of execution. */
export function roomBytes({ graph, share, bytes, over }: Room): number {
  return share > 0 && bytes ? bytes.now : leastBytes(graph, over);
}

/** What a process takes for each byte of a step: onnxruntime's memory is in pieces (measured: 1.3 to 1.7). */
const bytesPerByte = 1.6;

/**
 * The step's graph, in as much memory as it may have.
 * @param graph after `fuseForOrt` @param step.overwrites whether its state is written over itself @param available bytes of the machine; undefined: not looked at
 * @throws OptionError when a given limit cannot be kept, with the least that can be reached
 */
export function makeRoom(
  graph: Graph,
  { scalars, overwrites }: Pick<Step, "scalars"> & { readonly overwrites: boolean },
  recompute: Recompute,
  available: number | undefined,
): Room {
  // The norm of the gradients is the end of the backward pass; all other scalars are there after the forward pass.
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
