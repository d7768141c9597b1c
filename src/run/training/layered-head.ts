import type { Body } from "../../bases/body.js";
import { withWeights } from "../../bases/heads.js";
import { layeredValues, withLayeredHead } from "../../bases/hidden/layered-head.js";
import type { Graph } from "../../graph/graph.js";
import type { Weights } from "../../train/epochs/average-weights.js";
import { freshWeights } from "../../train/initialize.js";
import type { TrainingHead } from "../context.js";

/** Returns the head of a task with a hidden layer. Both layers begin with random weights: He-normal, biases 0. */
export function layeredHead(head: TrainingHead, units: number): TrainingHead {
  const network = (body: Body): Graph => withLayeredHead(body, units, head.outputs, head.scores);
  const freshHead = (graph: Graph, seed: number): Weights =>
    new Map([...freshWeights(graph, seed)].filter(([value]) => layeredValues.has(value)));
  const random = (body: Body, seed: number): Graph => {
    const graph = network(body);
    return withWeights(graph, freshHead(graph, seed));
  };
  return { ...head, network, freshHead, random };
}
