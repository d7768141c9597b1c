import type { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";

/** Inputs that hold numbers of tokens, as exporters call them. */
const idNames = /^(input_ids|char_ids|token_ids|tokens|ids)$/i;
/** What passes numbers of tokens on as they are. */
const passing = new Set(["Cast", "Identity", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Where"]);

/** A table of rows that numbers of tokens choose from. */
export interface WordEmbedding {
  readonly value: Value;
  /** Rows: tokens that the model knows. */
  readonly rows: number;
  readonly width: number;
}

/** The tables that a model looks its tokens up in, in the order in which they are read. */
export function wordEmbeddings(graph: Graph): WordEmbedding[] {
  const consumers = graph.consumers();
  const seen = new Set(graph.inputs.filter((v) => idNames.test(v)));
  const found: WordEmbedding[] = [];
  for (const value of seen)
    for (const node of consumers.get(value) ?? []) {
      // Where: padding is put in the place of tokens that do not count.
      const passed = node.op === "Where" ? node.inputs[0] !== value : node.inputs[0] === value;
      if (passing.has(node.op) && passed) for (const out of node.outputs) seen.add(out);
      const table = node.op === "Gather" && node.inputs[1] === value ? node.inputs[0]! : undefined;
      const [rows, width] = (table !== undefined && graph.initializers.get(table)?.dims) || [];
      if (table === undefined || rows === undefined) continue;
      if (!found.some((one) => one.value === table)) found.push({ value: table, rows, width: width ?? 1 });
    }
  return found;
}
