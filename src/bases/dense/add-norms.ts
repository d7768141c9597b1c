import { float32 } from "../../core/tensor.js";
import { Graph } from "../../graph/graph.js";

/**
 * Returns a network with a BatchNormalization after each convolution. Exporters fold
 * normalisations into the weights. Without them, a deep network hardly trains from random weights.
 */
export function withNorms(graph: Graph): Graph {
  const out = new Graph(graph.name);
  for (const input of graph.inputs) out.input(input, graph.typeOf(input));
  for (const [value, data] of graph.initializers) out.initializer(value, data);
  for (const node of graph.nodes) {
    const types = graph.typesOf(node);
    const [y] = node.outputs;
    const channels = node.op === "Conv" ? types[0]?.shape?.[1] : undefined;
    if (typeof channels !== "number") {
      out.push(node, types);
      continue;
    }
    const raw = out.fresh(`${y!}/raw`);
    out.push({ ...node, outputs: [raw] }, types);
    const filled = (name: string, value: number) =>
      out.initializer(`${y!}/norm.${name}`, float32([channels], new Float32Array(channels).fill(value)));
    const inputs = [raw, filled("scale", 1), filled("bias", 0), filled("mean", 0), filled("variance", 1)];
    out.push(
      {
        kind: "op",
        op: "BatchNormalization",
        name: `${y!}/norm`,
        inputs,
        outputs: [y!],
        attributes: { epsilon: 1e-5, momentum: 0.9, training_mode: false },
      },
      [types[0]!],
    );
  }
  out.outputs.push(...graph.outputs);
  for (const [domain, version] of graph.opsets) out.opsets.set(domain, version);
  return out;
}
