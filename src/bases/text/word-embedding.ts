import type { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";

/** Exporters' names for inputs that hold token numbers. */
const idNames = /^(input_ids|char_ids|token_ids|tokens|ids)$/i;
/** Operators that pass token numbers through unchanged. */
const passing = new Set(["Cast", "Identity", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Where"]);

/** An embedding table that token numbers index. */
export interface WordEmbedding {
  readonly value: Value;
  /** Rows: size of the vocabulary. */
  readonly rows: number;
  readonly width: number;
}

/** Returns the embedding tables of a model, in the order in which they are read. */
export function wordEmbeddings(graph: Graph): WordEmbedding[] {
  const consumers = graph.consumers();
  const seen = new Set(graph.inputs.filter((v) => idNames.test(v)));
  const found: WordEmbedding[] = [];
  for (const value of seen)
    for (const node of consumers.get(value) ?? []) {
      // Where: padding replaces tokens that do not count.
      const passed = node.op === "Where" ? node.inputs[0] !== value : node.inputs[0] === value;
      if (passing.has(node.op) && passed) for (const out of node.outputs) seen.add(out);
      const table = node.op === "Gather" && node.inputs[1] === value ? node.inputs[0]! : undefined;
      const [rows, width] = (table !== undefined && graph.initializers.get(table)?.dims) || [];
      if (table === undefined || rows === undefined) continue;
      if (!found.some((one) => one.value === table)) found.push({ value: table, rows, width: width ?? 1 });
    }
  return found;
}
