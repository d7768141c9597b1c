import { message } from "../core/messages/message.js";
import type { InitReport } from "../core/results/task.js";
import { leftOut, movedPart, type NamedReason } from "../core/results/task.js";
import { float32, type Tensor } from "../core/tensor.js";
import { encodedWidth, scalarNames, type TableEncoding } from "../data/tables/table-encoding.js";
import type { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import { tableValues } from "./architectures/index.js";

/** A network for tables with the encoding of its inputs. */
export interface EncodedNet {
  readonly graph: Graph;
  readonly encoding: TableEncoding;
}

/** Returns the first row and the number of rows of each column in the first layer's weight, by name. */
function rowsOf(encoding: TableEncoding): Map<string, { readonly at: number; readonly rows: number }> {
  const rows = new Map(scalarNames(encoding).map((name, at) => [name, { at, rows: 1 }]));
  let at = encodedWidth(encoding) - encoding.categories.length;
  for (const { name, width } of encoding.categories) {
    rows.set(`category: ${name}`, { at, rows: width });
    at += width;
  }
  return rows;
}

/**
 * Transfers a network from one table to another: rows of the first layer for columns of the same name, rows of
 * embeddings for categories of the same name, and all later layers. Columns only in the new table begin without
 * influence (zero rows in the first layer). Columns only in the old table are replaced by their mean: 0 for a
 * standardised number, the mean embedding over the old training rows for a category, added to the first layer's bias.
 *
 * @param to the new network with fresh weights; its encoding was fitted with the old one as `known`
 * @returns the new weights, and what was done with every column
 */
export function transferTable(
  from: EncodedNet,
  to: EncodedNet,
): { readonly weights: ReadonlyMap<Value, Tensor> } & Pick<
  InitReport,
  "matched" | "parameters" | "adapted" | "skipped"
> {
  const weights = new Map<Value, Tensor>();
  const adapted: InitReport["adapted"][number][] = [];
  const skipped: NamedReason[] = [];
  let [matched, parameters] = [0, 0];
  const of = (net: EncodedNet, value: Value) => net.graph.initializers.get(value);
  const old = of(from, tableValues.first)!;
  const now = of(to, tableValues.first)!;
  const [, units = 0] = old.dims;
  const [rowsFrom, rowsTo] = [rowsOf(from.encoding), rowsOf(to.encoding)];
  const first = new Float32Array(now.data.length);
  const oldFirst = old.data as Float32Array;
  for (const [name, { at, rows }] of rowsTo) {
    const before = rowsFrom.get(name);
    if (!before) skipped.push(leftOut(name, message("column-only-new")));
    else if (before.rows !== rows)
      skipped.push(leftOut(name, message("embedding-size-differs", { old: before.rows, now: rows })));
    else {
      first.set(oldFirst.subarray(before.at * units, (before.at + rows) * units), at * units);
      parameters += rows * units;
      adapted.push(movedPart(name, message("first-layer-rows", { rows })));
    }
  }
  weights.set(tableValues.first, float32(now.dims, first));
  const bias = Float32Array.from(of(from, tableValues.firstBias)!.data as Float32Array);
  from.encoding.categories.forEach((category, c) => {
    const { name, width } = category;
    const own = to.encoding.categories.findIndex((other) => other.name === name);
    const embedding = of(from, tableValues.embedding(c))!.data as Float32Array;
    if (own < 0) {
      const { at } = rowsFrom.get(`category: ${name}`)!;
      const mean = meanEmbedding(embedding, category.counts, width);
      for (let j = 0; j < width; j++)
        for (let u = 0; u < units; u++) bias[u]! += mean[j]! * oldFirst[(at + j) * units + u]!;
      skipped.push(leftOut(`category: ${name}`, message("column-only-old")));
      return;
    }
    const next = to.encoding.categories[own]!;
    const value = tableValues.embedding(own);
    const fresh = of(to, value)!;
    if (fresh.dims[1] !== width) return;
    const moved = Float32Array.from(fresh.data as Float32Array);
    moved.set(embedding.subarray(0, width), 0);
    let same = 0;
    next.values.forEach((label, i) => {
      const row = category.values.indexOf(label);
      if (row >= 0) same++;
      // A value unknown to the old table begins as its "another value".
      moved.set(embedding.subarray((row + 1) * width, (row + 2) * width), (i + 1) * width);
    });
    weights.set(value, float32(fresh.dims, moved));
    parameters += (same + 1) * width;
    adapted.push(
      movedPart(`embedding: ${name}`, message("embedding-values", { same, values: next.values.length })),
    );
  });
  for (const { name } of from.encoding.numbers)
    if (!rowsTo.has(`number: ${name}`)) skipped.push(leftOut(`number: ${name}`, message("column-only-old")));
  weights.set(tableValues.firstBias, float32([units], bias));
  for (const [value, tensor] of from.graph.initializers) {
    if (!/^table\/layer\d+\/(weight|bias)$/.test(value) || value === tableValues.first) continue;
    if (value !== tableValues.firstBias) weights.set(value, tensor);
    matched++;
    parameters += tensor.data.length;
  }
  return { weights, matched, parameters, adapted, skipped };
}

/** Σ count · row / Σ count. */
function meanEmbedding(embedding: Float32Array, counts: readonly number[], width: number): Float32Array {
  const mean = new Float32Array(width);
  const all = counts.reduce((a, b) => a + b, 0) || 1;
  counts.forEach((count, row) => {
    for (let j = 0; j < width; j++) mean[j]! += (count / all) * embedding[row * width + j]!;
  });
  return mean;
}
