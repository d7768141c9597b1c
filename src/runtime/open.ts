import type { Graph } from "../graph/graph.js";
import { toOnnx } from "../graph/to-onnx.js";
import type { Runtime, Session, SessionOptions, TrainingSession } from "./runtime.js";

// The only place where a graph becomes a session, so that no runtime gets a form that it computes wrongly.

/** Returns the graph in a form that the runtime computes completely and correctly. */
export function fitted(runtime: Pick<Runtime, "fit">, graph: Graph): Graph {
  return runtime.fit?.(graph) ?? graph;
}

/** Loads a graph for inference: features, predictions, scores. @throws ModelError if it cannot be loaded */
export async function openSession(
  runtime: Runtime,
  graph: Graph,
  options?: SessionOptions,
): Promise<Session> {
  const session = await runtime.session(toOnnx(fitted(runtime, graph)), { ...options, transfer: true });
  return byRows(runtime, graph, session);
}

/** Loads a graph that reads the current state of a training: validation, the search for non-finite values. */
export async function openEvaluator(
  runtime: Partial<Pick<Runtime, "fit" | "device" | "batchParts">>,
  training: TrainingSession,
  graph: Graph,
  options?: SessionOptions,
): Promise<Session> {
  const session = await training.evaluator(toOnnx(fitted(runtime, graph)), { ...options, transfer: true });
  // The state of a training cannot be loaded again: its run goes on from a checkpoint.
  const { device = "cpu", batchParts } = runtime;
  return byRows({ device, batchParts }, graph, session);
}

/** A GPU may have too little memory for a batch: it then runs in parts. */
async function byRows(
  runtime: Pick<Runtime, "device" | "batchParts" | "attempt" | "goOn">,
  graph: Graph,
  session: Session,
): Promise<Session> {
  if (runtime.device === "cpu") return session;
  const { dividedSession, hasFreeRows } = await import("./gpu/divided-session.js");
  const fed = session.inputs.map(({ name }) => name);
  return dividedSession(session, runtime, hasFreeRows(graph, fed));
}
