import { wordEmbeddings } from "../../bases/text/word-embedding.js";
import { EngraftError } from "../../core/errors.js";
import type { Explanation } from "../../core/results/explanation.js";
import { float32, type Tensor } from "../../core/tensor.js";
import { segmentUnit } from "../../data/texts/pair-template.js";
import type { Tokenizer } from "../../data/texts/tokenizer.js";
import {
  type GradientGraph,
  gradientGraph,
  gradientValues,
  integratedGradients,
  type Link,
} from "../../explain/index.js";
import type { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { bindDims } from "../../graph/surgery/index.js";
import { openSession } from "../../runtime/open.js";
import type { Runtime, Session } from "../../runtime/runtime.js";
import type { ExplainOptions } from "./explanation.js";

/** Points of the path per batch. */
const atOnce = 4;

/** A row of tokens, with those that the path changes. */
export interface TokenRow {
  /** Token ids with special tokens; segments as in {@link segmentUnit}. */
  readonly ids: readonly number[];
  /** True for tokens whose path begins at the mask. Special tokens stay unchanged. */
  readonly moves: (place: number) => boolean;
}

/** Computes Integrated Gradients for one row. @param place token whose tag is explained, for token classification */
export type TokenGradients = (
  row: TokenRow,
  k: number,
  options: ExplainOptions,
  place?: number,
) => Promise<
  { /** Contribution of each token to the prediction. */ readonly weights: Float64Array } & Pick<
    Explanation,
    "base_value" | "ig"
  >
>;

interface Opened {
  readonly length: number;
  readonly made: GradientGraph;
  readonly session: Session;
}

/**
 * Opens a text model for Integrated Gradients along its word embeddings. The path runs from the embeddings of the mask token
 * (or padding, without a mask token) to those of the text. Each length has its own graph.
 * @throws ModelError if the word embeddings are not a table of float32 numbers
 */
export function openTokenGradients(
  runtime: Runtime,
  model: Graph,
  tokenizer: Tokenizer,
  link: Link,
): TokenGradients {
  if (tokenizer.joined)
    throw new EngraftError("ModelError", "Integrated Gradients explain one encoder, and the model has 2", {
      help: "use --method shap, which looks at the predictions alone",
    });
  const { embedded, table, width } = embeddingOf(model);
  const [batchName, lengthName] = model.typeOf("input_ids").shape ?? [];
  let opened: Opened | undefined;
  const openFor = async (tokens: number): Promise<Opened> => {
    const length = typeof lengthName === "number" ? lengthName : tokens;
    if (opened?.length === length) return opened;
    await opened?.session.dispose();
    const sizes: Record<string, number> = {};
    if (typeof batchName === "string") sizes[batchName] = atOnce;
    if (typeof lengthName === "string") sizes[lengthName] = length;
    const made = gradientGraph(bindDims(model, sizes), [embedded], link);
    const session = await openSession(runtime, made.graph, { label: "Integrated Gradients" });
    opened = { length, made, session };
    return opened;
  };
  return async ({ ids, moves }, k, { signal }, place) => {
    const { length, made, session } = await openFor(ids.length);
    const { batch, graph } = made;
    const tokens = Array.from({ length }, (_, i) => ids[i] ?? -1);
    const number = (id: number): number => (id < 0 ? tokenizer.pad : id % segmentUnit);
    const to = new Float32Array(length * width);
    const from = new Float32Array(length * width);
    const begin = tokenizer.mask ?? tokenizer.pad;
    for (const [i, id] of tokens.entries()) {
      const tokenId = number(id);
      const first = i < ids.length && moves(i) ? begin : tokenId;
      to.set(table.subarray(tokenId * width, (tokenId + 1) * width), i * width);
      from.set(table.subarray(first * width, (first + 1) * width), i * width);
    }
    const dims = graph.typeOf(gradientValues.selected).shape as readonly number[];
    const classes = dims.at(-1)!;
    const selected = new Float32Array(dims.reduce((a, b) => a * b, 1)).map((_, at) => {
      const here = dims.length < 3 || Math.floor(at / classes) % length === place;
      return here && at % classes === k ? 1 : 0;
    });
    const int64 = (of: (id: number) => number): Tensor => ({
      dtype: "int64",
      dims: [batch, length],
      data: BigInt64Array.from({ length: batch * length }, (_, at) => BigInt(of(tokens[at % length]!))),
    });
    const inputs: Record<string, Tensor> = {
      input_ids: int64(number),
      attention_mask: int64((id) => (id < 0 ? 0 : 1)),
      token_type_ids: int64((id) => (id < 0 ? 0 : Math.floor(id / segmentUnit))),
      [gradientValues.selected]: float32(dims, selected),
    };
    const given = graph.inputs.filter((name) => !made.moved.includes(name));
    const feeds = Object.fromEntries(given.map((name) => [name, inputs[name]!]));
    const found = await integratedGradients(
      made,
      (all) => session.run(all),
      [{ from, to }],
      feeds,
      signal ? { signal } : {},
    );
    const { base, steps, error } = found;
    const [attributions] = found.attributions;
    const weights = new Float64Array(ids.length);
    for (let at = 0; at < ids.length * width; at++) weights[Math.floor(at / width)]! += attributions![at]!;
    return { weights, base_value: base, ig: { steps, error } };
  };
}

/** Returns the value that holds the looked-up word embeddings, and their table. */
function embeddingOf(model: Graph): {
  readonly embedded: Value;
  readonly table: Float32Array;
  readonly width: number;
} {
  const [embedding] = wordEmbeddings(model);
  const data = embedding && model.initializers.get(embedding.value)?.data;
  const lookup =
    embedding && model.nodes.find(({ op, inputs }) => op === "Gather" && inputs[0] === embedding.value);
  if (!(data instanceof Float32Array) || !lookup)
    throw new EngraftError("ModelError", "the model's word embeddings are not a table of float32 numbers", {
      help: "use --method shap, which looks at the predictions alone",
    });
  return { embedded: lookup.outputs[0]!, table: data, width: embedding.width };
}
