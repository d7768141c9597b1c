import { EngraftError } from "../../core/errors.js";
import type { Tensor } from "../../core/tensor.js";
import type { Graph } from "../../graph/graph.js";
import { dequantizedWeight } from "../../graph/import/dequantize.js";
import type { Site } from "./sites.js";

/**
 * Returns ‖W‖ over the weights of each output, the initial magnitudes of DoRA. @throws ModelError if W is not known
 * before the model runs
 */
export function outputNorms(graph: Graph, site: Site): Float32Array {
  const weight =
    (graph.initializers.get(site.weight) as Tensor<"float32"> | undefined) ??
    dequantizedWeight(graph, site.weight);
  if (weight === undefined)
    throw new EngraftError(
      "ModelError",
      `the numbers of the weight of "${site.name}" are not known before the model runs: dora begins with their norms`,
      { at: `value "${site.weight}"`, help: "use --strategy lora, or leave this weight out of targets" },
    );
  const squares = new Float64Array(site.outputs);
  const each = weight.data.length / site.outputs;
  for (let i = 0; i < weight.data.length; i++)
    squares[site.turned ? Math.floor(i / each) : i % site.outputs]! += weight.data[i]! ** 2;
  return Float32Array.from(squares, Math.sqrt);
}
