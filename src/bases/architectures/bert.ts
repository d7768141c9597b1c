import { float32, int64, type Tensor, zeros } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";

/** Sizes of a text encoder, named as in its config.json. */
export interface BertOptions {
  /** Rows of the word embedding. */
  readonly vocabulary: number;
  /** Size of a token's state, `hidden_size`; a multiple of `heads`. */
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Width of the inner layer of the feed-forward block, `intermediate_size`. */
  readonly inner: number;
  /** Longest text in tokens. */
  readonly positions: number;
  /**
   * Size of word vectors and output states if it differs from `width`: the layers then read the vectors through a
   * linear layer, and their output is added to the vectors. So the mean of states contains the mean of the words'
   * vectors.
   */
  readonly vectors?: number;
  /** Segments of a text, `type_vocab_size`: the graph then takes `token_type_ids`. Default: none. */
  readonly types?: number;
  /** Size of the vectors of words, positions and segments if a linear layer makes states of them, as in ELECTRA. Default: `width`. */
  readonly embedded?: number;
  /** Epsilon of the norms. Default: BERT's 1e-12. */
  readonly epsilon?: number;
  /** Buckets of distances between tokens, `relative_attention_num_buckets`: each head adds a number for each to its scores, as in MPNet. Default: none. */
  readonly buckets?: number;
  /** Nonlinearity of the feed-forward block. Default "gelu". */
  readonly activation?: keyof typeof bertActivations;
}

/** Nonlinearities, named as in config.json. */
export const bertActivations = {
  gelu: (g: Builder, x: Value): Value => gelu(g, x),
  gelu_new: (g: Builder, x: Value): Value => g.node("Gelu", [x], { approximate: "tanh" }),
  relu: (g: Builder, x: Value): Value => g.relu(x),
  silu: (g: Builder, x: Value): Value => g.mul(x, g.sigmoid(x)),
} as const;

const word = "embeddings.word_embeddings.weight";
const position = "embeddings.position_embeddings.weight";
const type = "embeddings.token_type_embeddings.weight";
const toStates = "embeddings_project";
const into = "embeddings.projection";
const outOf = "output.dense";
const distances = "encoder.relative_attention_bias.weight";

/**
 * Builds a text encoder like BERT:
 *
 * x = LN(E[ids] + P[0 … seq-1] + T[types]), then for each layer x = LN(x + attention(x)), x = LN(x + W₂ gelu(W₁ x))
 *
 * With `buckets`: the scores of a head get b[bucket(j − i)] for token i that looks at token j. With `vectors`: x = LN(E[ids] W + b + P[0 … seq-1]), the layers, then E[ids] + x V + c.
 *
 * `input_ids`, `attention_mask` int64[batch, seq] -> `last_hidden_state` float32[batch, seq, vectors or width]. Weights
 * are named as in Hugging Face's `BertModel`, with linear ones transposed: [in, out]. Without `given` all weights are zeros
 * (norms 1): fill them.
 *
 * @param given returns a weight by its name, of the sizes that it gets
 *
 * @see Devlin et al., "BERT", 2019
 * @example bert({ vocabulary: 14000, width: 256, layers: 3, heads: 4, inner: 1024, positions: 256 })
 */
export function bert(options: BertOptions, given?: (name: string, dims: readonly number[]) => Tensor): Graph {
  const graph = new Graph("bert");
  const ids = graph.input("input_ids", { dtype: "int64", shape: ["batch", "sequence"] });
  const mask = graph.input("attention_mask", { dtype: "int64", shape: ["batch", "sequence"] });
  const types =
    options.types === undefined
      ? undefined
      : graph.input("token_type_ids", { dtype: "int64", shape: ["batch", "sequence"] });
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
  const weights = bertWeights(g, options, given);
  const { buckets, positions: most } = options;
  const near =
    buckets === undefined
      ? undefined
      : g.node(
          "Slice",
          [
            g.weight("encoder.buckets", int64([most, most], bucketsOf(most, buckets))),
            g.constant(int64([2], [0, 0])),
            g.node("Concat", [length, length], { axis: 0 }),
            g.constant(int64([2], [0, 1])),
          ],
          {},
        );
  const hidden = bertLayers(g, weights, { ids, mask, positions, types, near }, options);
  const output = "last_hidden_state";
  const state = { dtype: "float32", shape: ["batch", "sequence", options.vectors ?? options.width] } as const;
  graph.push(
    { kind: "op", op: "Identity", name: output, inputs: [hidden], outputs: [output], attributes: {} },
    [state],
  );
  graph.outputs.push(output);
  return graph;
}

/** Distance from which on all distances are in the last bucket. */
const farthest = 128;

/**
 * Returns the bucket of each pair of tokens, int64[positions, positions]. Half of the buckets are for tokens behind; of each half, one
 * half is for single distances, and the other grows with the logarithm up to 128.
 * @see Raffel et al., "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer", 2020, section 2.1
 */
function bucketsOf(positions: number, buckets: number): bigint[] {
  const half = buckets / 2;
  const exact = Math.floor(half / 2);
  const bucket = (distance: number): number => {
    const n = Math.abs(distance);
    const grown = Math.log2(n / exact) / Math.log2(farthest / exact);
    const own = n < exact ? n : Math.min(half - 1, exact + Math.floor(grown * (half - exact)));
    return distance > 0 ? half + own : own;
  };
  return Array.from({ length: positions ** 2 }, (_, i) =>
    BigInt(bucket((i % positions) - Math.floor(i / positions))),
  );
}

/** The weights of an encoder in a graph: its word embedding, and all weights by the end of their names. */
export interface BertWeights {
  /** float32[vocabulary, vectors or width] */
  readonly words: Value;
  readonly at: (name: string) => Value;
}

/** A weight of an encoder, and the value that fills it without training: 1 for the scale of a norm. */
interface BertTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly fill: number;
}

/** Returns the weights of an encoder in the order of its graph. */
export function bertTensors({
  vocabulary,
  width,
  layers,
  inner,
  positions,
  vectors,
  types,
  buckets,
  heads,
  embedded = width,
}: BertOptions): readonly BertTensor[] {
  const all: BertTensor[] = [];
  const put = (name: string, dims: readonly number[], fill = 0): void => {
    all.push({ name, dims, fill });
  };
  const norm = (name: string, size = width): void => {
    put(`${name}.weight`, [size], 1);
    put(`${name}.bias`, [size]);
  };
  const linear = (name: string, from: number, to: number): void => {
    put(`${name}.weight`, [from, to]);
    put(`${name}.bias`, [to]);
  };
  put(word, [vocabulary, vectors ?? embedded]);
  if (vectors !== undefined) linear(into, vectors, width);
  put(position, [positions, embedded]);
  if (types !== undefined) put(type, [types, embedded]);
  norm("embeddings.LayerNorm", embedded);
  if (embedded !== width) linear(toStates, embedded, width);
  if (buckets !== undefined) put(distances, [buckets, heads]);
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
  return all;
}

/** Adds an encoder's weights to a graph. */
export function bertWeights(
  g: Builder,
  options: BertOptions,
  given?: (name: string, dims: readonly number[]) => Tensor,
): BertWeights {
  const all = new Map<string, Value>();
  for (const { name, dims, fill } of bertTensors(options)) {
    const empty = (): Tensor =>
      fill === 0 ? zeros("float32", dims) : float32(dims, new Float32Array(dims[0]!).fill(fill));
    all.set(name, g.weight(name, given?.(name, dims) ?? empty()));
  }
  return { words: all.get(word)!, at: (name) => all.get(name)! };
}

/**
 * Inputs of an encoder: int64[batch, seq]; positions int64[seq] or int64[batch, seq]. Without a mask all are tokens.
 */
export interface BertInputs {
  readonly ids: Value;
  readonly positions: Value;
  readonly mask?: Value;
  /** Segments, int64[batch, seq]. Missing: the encoder has none. */
  readonly types?: Value | undefined;
  /** Bucket of each pair of tokens, int64[seq, seq]. Missing: distances do not matter. */
  readonly near?: Value | undefined;
}

/** What the layers of an encoder need of its sizes. */
type BertSizes = Pick<
  BertOptions,
  "width" | "layers" | "heads" | "vectors" | "embedded" | "epsilon" | "activation"
>;

/** Adds the layers of an encoder whose weights are in the graph. @returns float32[batch, seq, vectors or width] */
export function bertLayers(g: Builder, weights: BertWeights, inputs: BertInputs, options: BertSizes): Value {
  const { words, found } = bertInside(g, weights, inputs, options);
  if (options.vectors === undefined) return found;
  const { at } = weights;
  return g.add(words, g.add(g.matmul(found, at(`${outOf}.weight`)), at(`${outOf}.bias`)));
}

/**
 * Returns the words' vectors and the layers' output: float32[batch, seq, vectors or width], float32[batch, seq, width].
 */
export function bertInside(
  g: Builder,
  { words, at }: BertWeights,
  { ids, positions, mask, types, near }: BertInputs,
  { width, layers, heads, vectors, embedded = width, epsilon = 1e-12, activation = "gelu" }: BertSizes,
): { readonly words: Value; readonly found: Value } {
  const norm = (x: Value, name: string): Value =>
    g.nodes("LayerNormalization", [x, at(`${name}.weight`), at(`${name}.bias`)], { axis: -1, epsilon })[0]!;
  const linear = (x: Value, name: string): Value =>
    g.add(g.matmul(x, at(`${name}.weight`)), at(`${name}.bias`));
  const split = (x: Value, perm: readonly number[]): Value =>
    g.transpose(g.reshape(x, [0, 0, heads, width / heads]), perm);
  const scale = g.number(Math.sqrt(heads / width));
  // 0 for a token, far below every score for padding.
  const outside =
    mask && g.mul(g.sub(g.number(1), g.cast(g.unsqueeze(mask, [1, 2]), "float32")), g.number(-10000));
  const given = g.gather(words, ids);
  // float32[1, heads, seq, seq]
  const byDistance = near && g.unsqueeze(g.transpose(g.gather(at(distances), near), [2, 0, 1]), [0]);
  const read = vectors === undefined ? given : linear(given, into);
  const placed = g.add(read, g.gather(at(position), positions));
  let x = norm(
    types === undefined ? placed : g.add(placed, g.gather(at(type), types)),
    "embeddings.LayerNorm",
  );
  if (embedded !== width) x = linear(x, toStates);
  for (let i = 0; i < layers; i++) {
    const layer = `encoder.layer.${i}`;
    const self = `${layer}.attention.self`;
    const query = split(linear(x, `${self}.query`), [0, 2, 1, 3]);
    const key = split(linear(x, `${self}.key`), [0, 2, 3, 1]);
    const value = split(linear(x, `${self}.value`), [0, 2, 1, 3]);
    const products = g.mul(g.matmul(query, key), scale);
    const scores = byDistance === undefined ? products : g.add(products, byDistance);
    const shares = g.softmax(outside === undefined ? scores : g.add(scores, outside));
    const mixed = g.reshape(g.transpose(g.matmul(shares, value), [0, 2, 1, 3]), [0, 0, width]);
    x = norm(
      g.add(x, linear(mixed, `${layer}.attention.output.dense`)),
      `${layer}.attention.output.LayerNorm`,
    );
    const inside = bertActivations[activation](g, linear(x, `${layer}.intermediate.dense`));
    x = norm(g.add(x, linear(inside, `${layer}.output.dense`)), `${layer}.output.LayerNorm`);
  }
  return { words: given, found: x };
}

/** x · ½ (1 + erf(x / √2)), from operators of every opset. */
export function gelu(g: Builder, x: Value): Value {
  const twice = g.add(g.node("Erf", [g.mul(x, g.number(Math.SQRT1_2))], {}), g.number(1));
  return g.mul(g.mul(x, twice), g.number(0.5));
}
