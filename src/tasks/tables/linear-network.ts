import { tableNet, tableValues } from "../../bases/architectures/index.js";
import { type LinearHead, withHead, withWeights } from "../../bases/heads.js";
import { float32 } from "../../core/tensor.js";
import { scalarNames, type TableEncoding } from "../../data/tables/table-encoding.js";
import type { Graph } from "../../graph/graph.js";

/**
 * Returns a linear model on one-hot rows as a network on encoded ones: the embedding of a value holds its weights, one for each
 * output, and the head adds them.
 *
 * logits = W [scalars] + Σ_c E_c[value of category c] + b
 *
 * @param head weight float32[outputs, scalars + values of all categories], see `oneHotRows`
 */
export function linearNetwork(encoding: TableEncoding, { weight, bias }: LinearHead): Graph {
  const outputs = bias.length;
  const inputs = weight.length / outputs;
  const scalars = scalarNames(encoding).length;
  const sizes = encoding.categories.map(({ values }) => values.length + 1);
  const body = tableNet({
    scalars,
    categories: sizes.map((rows) => ({ rows, width: outputs })),
    hidden: [],
  });
  const embeddings = sizes.map((rows, c) => {
    const first = sizes.slice(0, c).reduce((a, b) => a + b, scalars);
    const values = Float32Array.from(
      { length: rows * outputs },
      (_, i) => weight[(i % outputs) * inputs + first + Math.floor(i / outputs)]!,
    );
    return [tableValues.embedding(c), float32([rows, outputs], values)] as const;
  });
  const head = new Float32Array(outputs * body.width);
  for (let k = 0; k < outputs; k++) {
    head.set(weight.subarray(k * inputs, k * inputs + scalars), k * body.width);
    sizes.forEach((_, c) => {
      head[k * body.width + scalars + c * outputs + k] = 1;
    });
  }
  const graph = withWeights(body.graph, new Map(embeddings));
  return withHead({ ...body, graph }, outputs, { weight: head, bias });
}
