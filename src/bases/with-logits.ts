import type { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import { toOnnx } from "../graph/to-onnx.js";
import type { StoredAs } from "./weight-storage.js";

/** Names of the outputs of a model with one head. */
export const oneHead: readonly string[] = ["logits"];

/**
 * Returns the ONNX file of a graph with an inlined model, and an output of logits for each head.
 * @param scores the value of each output
 * @param names the model's values -> those of the graph
 * @param outputs names of the outputs. Default: the only one is `logits`
 * @param stored weights of the model that the file stores as 16-bit floats
 */
export function withLogits(
  graph: Graph,
  scores: readonly Value[],
  {
    model,
    names,
    stored,
    outputs = oneHead,
  }: {
    readonly model: Graph;
    readonly names: ReadonlyMap<Value, Value>;
    readonly stored: StoredAs;
    readonly outputs?: readonly string[];
  },
): Uint8Array {
  for (const [i, output] of outputs.entries()) {
    const made = scores[i]!;
    if (made !== output)
      graph.push(
        { kind: "op", op: "Identity", name: output, inputs: [made], outputs: [output], attributes: {} },
        [graph.typeOf(made)],
      );
    graph.outputs.push(output);
  }
  for (const [domain, version] of model.opsets) graph.opsets.set(domain, version);
  return toOnnx(graph, { storeAs: new Map([...stored].map(([name, type]) => [names.get(name)!, type])) });
}
