import { zeros } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import type { Body } from "../body.js";

/** Sizes of a network for tables. */
export interface TableNetOptions {
  /** Number of inputs: scaled columns and indicators of missing values. */
  readonly scalars: number;
  /** Rows of each category's embedding (including "another value"), and its width. */
  readonly categories: readonly { readonly rows: number; readonly width: number }[];
  /** Units of each hidden layer. */
  readonly hidden: readonly number[];
}

/** Names of the weights that transfer between tables by column. */
export const tableValues = {
  /** float32[D, H]: one row per number, then `width` rows per category. */
  first: "table/layer0/weight",
  firstBias: "table/layer0/bias",
  embedding: (index: number): string => `table/embedding${index}/weight`,
} as const;

/**
 * Builds a network for tables: the embeddings of categories and the numbers of a row go through layers of x W + b and
 * ReLU. `features` float32[batch, scalars + categories] (a category is the number of its row) -> float32[batch, H]. All
 * weights are zeros: fill them with `freshWeights`.
 *
 * @see Guo & Berkhahn, "Entity Embeddings of Categorical Variables", 2016
 * @example tableNet({ scalars: 4, categories: [{ rows: 3, width: 2 }], hidden: [128, 64] })
 */
export function tableNet({ scalars, categories, hidden }: TableNetOptions): Body {
  const graph = new Graph("table");
  const g = new Builder(graph);
  const x = graph.input("features", { dtype: "float32", shape: ["batch", scalars + categories.length] });
  const slice = (from: number, to: number) => g.slice(x, { starts: [from], ends: [to], axes: [1] });
  const parts = scalars > 0 ? [slice(0, scalars)] : [];
  categories.forEach(({ rows, width }, c) => {
    const table = g.weight(tableValues.embedding(c), zeros("float32", [rows, width]));
    const row = g.cast(slice(scalars + c, scalars + c + 1), "int64");
    parts.push(g.gather(table, g.squeeze(row, [1])));
  });
  let width = scalars + categories.reduce((n, c) => n + c.width, 0);
  let value = g.concat(parts, 1);
  hidden.forEach((units, layer) => {
    const weight = g.weight(`table/layer${layer}/weight`, zeros("float32", [width, units]));
    const bias = g.weight(`table/layer${layer}/bias`, zeros("float32", [units]));
    value = g.relu(g.add(g.matmul(value, weight), bias));
    width = units;
  });
  graph.outputs.push(value);
  return {
    graph,
    cut: { value, because: "the last hidden layer" },
    pooling: "none",
    features: value,
    width,
  };
}
