import { scalar } from "../core/tensor.js";
import { Graph } from "../graph/graph.js";
import { inline } from "../graph/surgery/index.js";

/** The scores before they are divided, and what divides them, as the file names them. */
const temperatureValues = {
  undivided: "engraft/undivided",
  temperature: "engraft/temperature",
} as const;

/**
 * The model with its first output divided by a temperature, under the same name: softmax(z / T) is then what any pipeline
 * makes of it. The weights stay as they are.
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
