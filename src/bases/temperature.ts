import { scalar } from "../core/tensor.js";
import { Graph } from "../graph/graph.js";
import { inline } from "../graph/surgery/index.js";

/** Names of the logits before division, and of the divisor. */
export const temperatureValues = {
  undivided: "engraft/undivided",
  temperature: "engraft/temperature",
} as const;

/**
 * Divides the model's first output by a temperature, under the same name, so that any pipeline computes softmax(z / T).
 * The weights stay the same.
 * @param temperature above 0
 */
export function withTemperature(model: Graph, temperature: number): Graph {
  const [scores] = model.outputs as [string];
  const graph = new Graph(model.name);
  const { undivided } = temperatureValues;
  inline(graph, model, new Map([[scores, undivided]]));
  const divisor = graph.initializer(temperatureValues.temperature, scalar(temperature));
  graph.push(
    {
      kind: "op",
      op: "Div",
      name: "engraft/calibrated",
      inputs: [undivided, divisor],
      outputs: [scores],
      attributes: {},
    },
    [model.typeOf(scores)],
  );
  graph.outputs.push(...model.outputs);
  for (const [domain, version] of model.opsets) graph.opsets.set(domain, version);
  return graph;
}
