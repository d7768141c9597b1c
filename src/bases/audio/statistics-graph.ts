import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import { frontEndPrefix } from "./front-end-tables.js";
import { type LogMelSpec, logMel } from "./log-mel.js";
import { statisticsEach, statisticsOverTime, withoutLoudness } from "./pool-frames.js";

/**
 * Builds the trivial features of sounds: statistics of the log-mel frames of a clip without its loudness. Samples float32[batch, samples]
 * -> float32[batch, 6 · bands].
 */
export function statisticsGraph(spec: LogMelSpec): { readonly graph: Graph; readonly width: number } {
  const graph = new Graph("log-mel statistics");
  const samples = graph.input("input_values", { dtype: "float32", shape: ["batch", "length"] });
  const g = new Builder(graph, frontEndPrefix);
  graph.outputs.push(statisticsOverTime(g, withoutLoudness(g, logMel(g, samples, spec))));
  return { graph, width: statisticsEach * spec.mel.bands };
}
