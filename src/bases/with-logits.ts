import type { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import { toOnnx } from "../graph/to-onnx.js";
import type { StoredAs } from "./weight-storage.js";

/**
 * Returns the ONNX file of a graph with an inlined model and one output called `logits`.
 * @param scores the value that becomes `logits`
 * @param names the model's values -> those of the graph
 * @param stored weights of the model that the file stores as 16-bit floats
 */
export function withLogits(
  graph: Graph,
  scores: Value,
  {
    model,
    names,
    stored,
  }: { readonly model: Graph; readonly names: ReadonlyMap<Value, Value>; readonly stored: StoredAs },
): Uint8Array {
  if (scores !== "logits")
    graph.push(
      { kind: "op", op: "Identity", name: "logits", inputs: [scores], outputs: ["logits"], attributes: {} },
      [graph.typeOf(scores)],
    );
  graph.outputs.push("logits");
  for (const [domain, version] of model.opsets) graph.opsets.set(domain, version);
  return toOnnx(graph, { storeAs: new Map([...stored].map(([name, type]) => [names.get(name)!, type])) });
}
