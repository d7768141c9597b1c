import { float32, int64, zeros } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";

/** Sizes of a text encoder, by the names that its config.json has for them. */
export interface BertOptions {
  /** Rows of the word embedding. */
  readonly vocabulary: number;
  /** Numbers a token, `hidden_size`; a multiple of `heads`. */
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Units between the two products of a layer, `intermediate_size`. */
  readonly inner: number;
  /** Longest text in tokens. */
  readonly positions: number;
  /**
   * Numbers of a word's vector and of a state, where they are not `width`: the layers then read the vectors through a
   * product, and what they find is added to the vectors. A mean of states is the mean of the words' vectors, and more.
   */
  readonly vectors?: number;
}

/** BERT's own. */
const epsilon = 1e-12;
const word = "embeddings.word_embeddings.weight";
const position = "embeddings.position_embeddings.weight";
const into = "embeddings.projection";
const outOf = "output.dense";

/**
 * A text encoder as BERT is, without token types:
 *
 * x = LN(E[ids] + P[0 … seq-1]), then a layer at a time x = LN(x + attention(x)), x = LN(x + W₂ gelu(W₁ x))
 *
 * and with `vectors` x = LN(E[ids] W + b + P[0 … seq-1]), the layers, E[ids] + x V + c.
 *
 * `input_ids`, `attention_mask` int64[batch, seq] -> `last_hidden_state` float32[batch, seq, vectors or width]; weights are named as
 * Hugging Face's `BertModel` names them, its linear ones turned: [in, out]. All weights are zeros (norms 1): fill them.
 *
 * @see Devlin et al., "BERT", 2019
 * @example bert({ vocabulary: 14000, width: 256, layers: 3, heads: 4, inner: 1024, positions: 256 })
 */
export function bert(options: BertOptions): Graph {
  const graph = new Graph("bert");
  const ids = graph.input("input_ids", { dtype: "int64", shape: ["batch", "sequence"] });
  const mask = graph.input("attention_mask", { dtype: "int64", shape: ["batch", "sequence"] });
  const g = new Builder(graph);
  const numbers = g.weight("embeddings.position_ids", {
    dtype: "int64",
    dims: [options.positions],
    data: BigInt64Array.from({ length: options.positions }, (_, i) => BigInt(i)),
  });
  const length = g.node("Shape", [ids], { start: 1, end: 2 });
  const one = g.constant(int64([1], [1]));
  const from = g.constant(int64([1], [0]));
  const positions = g.node("Slice", [numbers, from, length, from, one], {});
  const hidden = bertLayers(g, bertWeights(g, options), { ids, mask, positions }, options);
  const output = "last_hidden_state";
  const type = { dtype: "float32", shape: ["batch", "sequence", options.vectors ?? options.width] } as const;
  graph.push(
    { kind: "op", op: "Identity", name: output, inputs: [hidden], outputs: [output], attributes: {} },
    [type],
  );
  graph.outputs.push(output);
  return graph;
}

/** The weights of an encoder in a graph: its word embedding, and all by the end of their names. */
export interface BertWeights {
  /** float32[vocabulary, vectors or width] */
  readonly words: Value;
  readonly at: (name: string) => Value;
}

/** Puts an encoder's weights into a graph. */
export function bertWeights(
  g: Builder,
  { vocabulary, width, layers, inner, positions, vectors }: BertOptions,
): BertWeights {
  const all = new Map<string, Value>();
  const put = (name: string, dims: readonly number[], fill = 0): void => {
    const value = fill === 0 ? zeros("float32", dims) : float32(dims, new Float32Array(width).fill(fill));
    all.set(name, g.weight(name, value));
  };
  const norm = (name: string): void => {
    put(`${name}.weight`, [width], 1);
    put(`${name}.bias`, [width]);
  };
  const linear = (name: string, from: number, to: number): void => {
    put(`${name}.weight`, [from, to]);
    put(`${name}.bias`, [to]);
  };
  put(word, [vocabulary, vectors ?? width]);
  if (vectors !== undefined) linear(into, vectors, width);
  put(position, [positions, width]);
  norm("embeddings.LayerNorm");
  for (let i = 0; i < layers; i++) {
    const layer = `encoder.layer.${i}`;
    for (const part of ["query", "key", "value"]) linear(`${layer}.attention.self.${part}`, width, width);
    linear(`${layer}.attention.output.dense`, width, width);
    norm(`${layer}.attention.output.LayerNorm`);
    linear(`${layer}.intermediate.dense`, width, inner);
    linear(`${layer}.output.dense`, inner, width);
    norm(`${layer}.output.LayerNorm`);
  }
  if (vectors !== undefined) linear(outOf, width, vectors);
  return { words: all.get(word)!, at: (name) => all.get(name)! };
}

/** What an encoder reads: int64[batch, seq], but positions int64[seq] or int64[batch, seq]; no mask: all are tokens. */
export interface BertInputs {
  readonly ids: Value;
  readonly positions: Value;
  readonly mask?: Value;
}

/** The layers of an encoder over weights that are in the graph. @returns float32[batch, seq, vectors or width] */
export function bertLayers(
  g: Builder,
  weights: BertWeights,
  inputs: BertInputs,
  options: Pick<BertOptions, "width" | "layers" | "heads" | "vectors">,
): Value {
  const { words, found } = bertInside(g, weights, inputs, options);
  if (options.vectors === undefined) return found;
  const { at } = weights;
  return g.add(words, g.add(g.matmul(found, at(`${outOf}.weight`)), at(`${outOf}.bias`)));
}

/** The words' vectors, and what the layers find: float32[batch, seq, vectors or width], float32[batch, seq, width]. */
export function bertInside(
  g: Builder,
  { words, at }: BertWeights,
  { ids, positions, mask }: BertInputs,
  { width, layers, heads, vectors }: Pick<BertOptions, "width" | "layers" | "heads" | "vectors">,
): { readonly words: Value; readonly found: Value } {
  const norm = (x: Value, name: string): Value =>
    g.nodes("LayerNormalization", [x, at(`${name}.weight`), at(`${name}.bias`)], { axis: -1, epsilon })[0]!;
  const linear = (x: Value, name: string): Value =>
    g.add(g.matmul(x, at(`${name}.weight`)), at(`${name}.bias`));
  const split = (x: Value, perm: readonly number[]): Value =>
    g.transpose(g.reshape(x, [0, 0, heads, width / heads]), perm);
  const scale = g.number(Math.sqrt(heads / width));
  // 0 where there is a token, far below every score where there is padding.
  const outside =
    mask && g.mul(g.sub(g.number(1), g.cast(g.unsqueeze(mask, [1, 2]), "float32")), g.number(-10000));
  const given = g.gather(words, ids);
  const read = vectors === undefined ? given : linear(given, into);
  let x = norm(g.add(read, g.gather(at(position), positions)), "embeddings.LayerNorm");
  for (let i = 0; i < layers; i++) {
    const layer = `encoder.layer.${i}`;
    const self = `${layer}.attention.self`;
    const query = split(linear(x, `${self}.query`), [0, 2, 1, 3]);
    const key = split(linear(x, `${self}.key`), [0, 2, 3, 1]);
    const value = split(linear(x, `${self}.value`), [0, 2, 1, 3]);
    const scores = g.mul(g.matmul(query, key), scale);
    const shares = g.softmax(outside === undefined ? scores : g.add(scores, outside));
    const mixed = g.reshape(g.transpose(g.matmul(shares, value), [0, 2, 1, 3]), [0, 0, width]);
    x = norm(
      g.add(x, linear(mixed, `${layer}.attention.output.dense`)),
      `${layer}.attention.output.LayerNorm`,
    );
    const inside = gelu(g, linear(x, `${layer}.intermediate.dense`));
    x = norm(g.add(x, linear(inside, `${layer}.output.dense`)), `${layer}.output.LayerNorm`);
  }
  return { words: given, found: x };
}

/** x · ½ (1 + erf(x / √2)), in operators that every version has. */
export function gelu(g: Builder, x: Value): Value {
  const twice = g.add(g.node("Erf", [g.mul(x, g.number(Math.SQRT1_2))], {}), g.number(1));
  return g.mul(g.mul(x, twice), g.number(0.5));
}
