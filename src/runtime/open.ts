import type { Graph } from "../graph/graph.js";
import { toOnnx } from "../graph/to-onnx.js";
import type { Runtime, Session, SessionOptions, TrainingSession } from "./runtime.js";

// The one place where a graph becomes a session, so that none reaches a runtime in a form that it computes wrongly.

/** A graph in the form that a runtime runs whole and right. */
export function fitted(runtime: Pick<Runtime, "fit">, graph: Graph): Graph {
  return runtime.fit?.(graph) ?? graph;
}

/** Load a graph for inference: features, predictions, scores. @throws ModelError when it cannot be loaded. */
export function openSession(runtime: Runtime, graph: Graph, options?: SessionOptions): Promise<Session> {
  return runtime.session(toOnnx(fitted(runtime, graph)), { ...options, transfer: true });
}

/** Load a graph that reads the state of a training as it is when it runs: validation, the search for what is no number. */
export function openEvaluator(
  runtime: Pick<Runtime, "fit">,
  training: TrainingSession,
  graph: Graph,
  options?: SessionOptions,
): Promise<Session> {
  return training.evaluator(toOnnx(fitted(runtime, graph)), { ...options, transfer: true });
}
