import type { Graph } from "../graph/graph.js";
import { toOnnx } from "../graph/to-onnx.js";
import type { Runtime, Session, SessionOptions, TrainingSession } from "./runtime.js";

// The only place where a graph becomes a session, so that no runtime gets a form that it computes wrongly.

/** Returns the graph in a form that the runtime computes completely and correctly. */
export function fitted(runtime: Pick<Runtime, "fit">, graph: Graph): Graph {
  return runtime.fit?.(graph) ?? graph;
}

/** Loads a graph for inference: features, predictions, scores. @throws ModelError if it cannot be loaded */
export function openSession(runtime: Runtime, graph: Graph, options?: SessionOptions): Promise<Session> {
  return runtime.session(toOnnx(fitted(runtime, graph)), { ...options, transfer: true });
}

/** Loads a graph that reads the current state of a training: validation, the search for non-finite values. */
export function openEvaluator(
  runtime: Pick<Runtime, "fit">,
  training: TrainingSession,
  graph: Graph,
  options?: SessionOptions,
): Promise<Session> {
  return training.evaluator(toOnnx(fitted(runtime, graph)), { ...options, transfer: true });
}
