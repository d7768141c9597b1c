import type { Tensor } from "../../core/tensor.js";
import type { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { wordEmbeddings } from "./word-embedding.js";

/**
 * Makes weights that equal a word embedding, or its transpose, one tensor with it. PyTorch's exporter writes tied weights as two constants, which
 * would be trained apart.
 * @param graph is changed
 * @param tables weights that others may equal. Default: the word embeddings
 * @returns the weights that are gone
 */
export function tieTables(
  graph: Graph,
  tables: readonly Value[] = wordEmbeddings(graph).map(({ value }) => value),
): readonly Value[] {
  const tied: Value[] = [];
  for (const table of tables) {
    const own = graph.initializers.get(table);
    if (own === undefined) continue;
    for (const [other, weight] of [...graph.initializers]) {
      if (other === table || weight.dtype !== "float32" || own.dtype !== "float32") continue;
      const captured = graph.nodes.some((node) => node.kind === "opaque" && node.captures.includes(other));
      if (captured || graph.outputs.includes(other)) continue;
      if (isEqual(own, weight)) {
        for (const [i, node] of graph.nodes.entries())
          if (node.inputs.includes(other))
            graph.nodes[i] = { ...node, inputs: node.inputs.map((one) => (one === other ? table : one)) };
      } else if (isTransposed(own, weight)) {
        const attributes = { perm: [1, 0] };
        const name = graph.fresh(`${other}/tied`);
        graph.nodes.unshift({
          kind: "op",
          op: "Transpose",
          name,
          inputs: [table],
          outputs: [other],
          attributes,
        });
      } else continue;
      graph.initializers.delete(other);
      tied.push(other);
    }
  }
  return tied;
}

const isEqual = (a: Tensor, b: Tensor): boolean =>
  a.dims.join() === b.dims.join() && a.data.every((x, i) => x === b.data[i]);

/** True if b[j, i] = a[i, j] throughout. */
function isTransposed(a: Tensor, b: Tensor): boolean {
  const [rows, columns] = a.dims;
  if (rows === undefined || columns === undefined || a.dims.length !== 2) return false;
  if (b.dims.length !== 2 || b.dims[0] !== columns || b.dims[1] !== rows) return false;
  return a.data.every((x, at) => x === b.data[(at % columns) * rows + Math.floor(at / columns)]);
}
