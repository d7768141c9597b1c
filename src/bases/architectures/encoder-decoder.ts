import { float32, type Tensor, zeros } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";

/** Sizes of an encoder–decoder, named as in its config.json where that has a name. */
export interface EncoderDecoderSizes {
  /** Tokens of sources and targets, `vocab_size`. */
  readonly vocabulary: number;
  /** Size of a token's state, `d_model`; a multiple of 2 and of `heads`. */
  readonly width: number;
  readonly encoderLayers: number;
  readonly decoderLayers: number;
  readonly heads: number;
  /** Width of the inner layer of the feed-forward block. */
  readonly inner: number;
}

/** Both parts of an encoder–decoder, in the form of optimum and Transformers.js. */
export interface EncoderDecoder {
  /** `input_ids`, `attention_mask` int64[batch, source] -> `last_hidden_state` float32[batch, source, width] */
  readonly encoder: Graph;
  /**
   * `input_ids` int64[batch, target], `encoder_hidden_states`, `encoder_attention_mask`, and the keys and values of earlier tokens
   * `past_key_values.N.decoder.key` float32[batch, heads, past, width / heads] -> `logits` float32[batch, target, vocabulary] and
   * `present.N.decoder.key`. With a past of length 0 it reads a whole target.
   */
  readonly decoder: Graph;
}

type Given = (name: string, dims: readonly number[]) => Tensor;
const shared = "shared.weight";

/**
 * Builds an encoder–decoder like that of "Attention Is All You Need", with norms before the blocks:
 *
 * x = √width E[ids] + P;  encoder: x += A(LN x), x += F(LN x);  decoder: x += A(LN x), x += A(LN x, source), x += F(LN x)
 *
 * logits = LN(x) Eᵀ;  F(x) = W₂ relu(W₁ x + b₁) + b₂;  P[t] = sin(t ω₀ …), cos(t ω₀ …) with ωₖ = 10000^(−2k / width)
 *
 * Both parts have the word embedding E: one weight. Positions have no weights, so a text may be of any length. Without `given` all weights
 * are zeros (norms 1): fill them.
 * @param given returns a weight by its name, of the sizes that it gets; linear ones are [in, out]
 * @see Vaswani et al., "Attention Is All You Need", 2017; Xiong et al., "On Layer Normalization in the Transformer Architecture", 2020
 * @example encoderDecoder({ vocabulary: 99, width: 128, encoderLayers: 3, decoderLayers: 2, heads: 4, inner: 512 })
 */
export function encoderDecoder(sizes: EncoderDecoderSizes, given?: Given): EncoderDecoder {
  return { encoder: encoderOf(sizes, given), decoder: decoderOf(sizes, given) };
}

function encoderOf(sizes: EncoderDecoderSizes, given: Given | undefined): Graph {
  const graph = new Graph("encoder");
  const text = { dtype: "int64", shape: ["batch_size", "encoder_sequence_length"] } as const;
  const ids = graph.input("input_ids", text);
  const mask = graph.input("attention_mask", text);
  const layers = new Layers(new Builder(graph), sizes, given);
  const { g } = layers;
  const outside = layers.outside(mask);
  let x = layers.embedded(ids, layers.range(g.number(0, "int64"), layers.size(ids, 1)));
  for (let i = 0; i < sizes.encoderLayers; i++) {
    const at = `encoder.layers.${i}`;
    const own = layers.norm(x, `${at}.self_attn_layer_norm`);
    x = g.add(
      x,
      layers.attention(own, layers.keysAndValues(own, `${at}.self_attn`), outside, `${at}.self_attn`),
    );
    x = layers.forward(x, at);
  }
  named(graph, layers.norm(x, "encoder.layer_norm"), "last_hidden_state", [...text.shape, sizes.width]);
  return graph;
}

function decoderOf(sizes: EncoderDecoderSizes, given: Given | undefined): Graph {
  const { width, heads, decoderLayers } = sizes;
  const graph = new Graph("decoder");
  const source = ["batch_size", "encoder_sequence_length"] as const;
  const target = ["batch_size", "decoder_sequence_length"] as const;
  const mask = graph.input("encoder_attention_mask", { dtype: "int64", shape: [...source] });
  const ids = graph.input("input_ids", { dtype: "int64", shape: [...target] });
  const hidden = graph.input("encoder_hidden_states", { dtype: "float32", shape: [...source, width] });
  const kept = (length: string) => ["batch_size", heads, length, width / heads];
  const places = Array.from({ length: decoderLayers }, (_, i) =>
    ["key", "value"].map((kind) => `${i}.decoder.${kind}`),
  );
  const pasts = places.map((kinds) =>
    kinds.map((kind) =>
      graph.input(`past_key_values.${kind}`, {
        dtype: "float32",
        shape: kept("past_decoder_sequence_length"),
      }),
    ),
  );
  const layers = new Layers(new Builder(graph), sizes, given);
  const { g } = layers;
  const before = layers.size(pasts[0]![0]!, 2);
  const all = g.add(before, layers.size(ids, 1));
  const own = layers.range(before, all);
  const later = g.greater(g.unsqueeze(layers.range(g.number(0, "int64"), all), [0]), g.unsqueeze(own, [1]));
  const causal = g.mul(g.cast(later, "float32"), g.number(hiddenScore));
  const outside = layers.outside(mask);
  const presents: Value[][] = [];
  let x = layers.embedded(ids, own);
  for (const [i, past] of pasts.entries()) {
    const at = `decoder.layers.${i}`;
    const y = layers.norm(x, `${at}.self_attn_layer_norm`);
    const made = layers.keysAndValues(y, `${at}.self_attn`).map((one, k) => g.concat([past[k]!, one], 2));
    presents.push(made);
    x = g.add(x, layers.attention(y, made, causal, `${at}.self_attn`));
    const z = layers.norm(x, `${at}.encoder_attn_layer_norm`);
    const read = layers.keysAndValues(hidden, `${at}.encoder_attn`);
    x = g.add(x, layers.attention(z, read, outside, `${at}.encoder_attn`));
    x = layers.forward(x, at);
  }
  const logits = g.matmul(layers.norm(x, "decoder.layer_norm"), g.transpose(layers.words, [1, 0]));
  named(graph, logits, "logits", [...target, sizes.vocabulary]);
  for (const [i, made] of presents.entries())
    for (const [k, value] of made.entries())
      named(graph, value, `present.${places[i]![k]}`, kept("past_decoder_sequence_length + 1"));
  return graph;
}

/** Adds an output of a name and shape. */
function named(graph: Graph, value: Value, name: string, shape: readonly (string | number)[]): void {
  graph.push({ kind: "op", op: "Identity", name, inputs: [value], outputs: [name], attributes: {} }, [
    { dtype: "float32", shape: [...shape] },
  ]);
  graph.outputs.push(name);
}

/** Added to the scores of places that a token must not see. */
const hiddenScore = -10_000;

/** Writes the layers of a part into its graph. */
class Layers {
  /** E, float32[vocabulary, width] */
  readonly words: Value;

  constructor(
    readonly g: Builder,
    private readonly sizes: EncoderDecoderSizes,
    private readonly given: Given | undefined,
  ) {
    this.words = this.weight(shared, [sizes.vocabulary, sizes.width]);
  }

  private weight(name: string, dims: readonly number[], fill = 0): Value {
    const empty = fill === 0 ? zeros("float32", dims) : float32(dims, new Float32Array(dims[0]!).fill(fill));
    return this.g.weight(name, this.given?.(name, dims) ?? empty);
  }

  /** The size of an axis, int64[]. */
  size(x: Value, axis: number): Value {
    return this.g.squeeze(this.g.node("Shape", [x], { start: axis, end: axis + 1 }), [0]);
  }

  /** from, from + 1, … to − 1: int64[to − from] */
  range(from: Value, to: Value): Value {
    return this.g.node("Range", [from, to, this.g.number(1, "int64")], {});
  }

  /** 0 for a token of the source, far below every score for padding: float32[batch, 1, 1, source] */
  outside(mask: Value): Value {
    const { g } = this;
    const absent = g.sub(g.number(1), g.cast(g.unsqueeze(mask, [1, 2]), "float32"));
    return g.mul(absent, g.number(hiddenScore));
  }

  /** √width E[ids] + P. @param positions int64[length] */
  embedded(ids: Value, positions: Value): Value {
    const { g, sizes } = this;
    const { width } = sizes;
    const rates = Float32Array.from({ length: width / 2 }, (_, k) => 10_000 ** ((-2 * k) / width));
    const angles = g.mul(
      g.unsqueeze(g.cast(positions, "float32"), [1]),
      g.constant(float32([1, width / 2], rates)),
    );
    const waves = g.concat([g.node("Sin", [angles], {}), g.node("Cos", [angles], {})], 1);
    return g.add(g.mul(g.gather(this.words, ids), g.number(Math.sqrt(width))), waves);
  }

  norm(x: Value, name: string): Value {
    const { width } = this.sizes;
    const [scale, shift] = [this.weight(`${name}.weight`, [width], 1), this.weight(`${name}.bias`, [width])];
    return this.g.node("LayerNormalization", [x, scale, shift], { axis: -1, epsilon: 1e-5 });
  }

  private linear(x: Value, name: string, from: number, to: number): Value {
    const product = this.g.matmul(x, this.weight(`${name}.weight`, [from, to]));
    return this.g.add(product, this.weight(`${name}.bias`, [to]));
  }

  /** float32[batch, length, width] -> float32[batch, heads, length, width / heads] */
  private split(x: Value): Value {
    const { width, heads } = this.sizes;
    return this.g.transpose(this.g.reshape(x, [0, 0, heads, width / heads]), [0, 2, 1, 3]);
  }

  /** Returns the keys and the values of tokens that are read. */
  keysAndValues(x: Value, name: string): Value[] {
    const { width } = this.sizes;
    return ["k_proj", "v_proj"].map((part) => this.split(this.linear(x, `${name}.${part}`, width, width)));
  }

  /** softmax(q kᵀ / √(width / heads) + hidden) v. @param hidden what is added to the scores, broadcast to [batch, heads, length, read] */
  attention(x: Value, [keys, values]: readonly Value[], hidden: Value, name: string): Value {
    const { g, sizes } = this;
    const { width, heads } = sizes;
    const query = this.split(this.linear(x, `${name}.q_proj`, width, width));
    const products = g.matmul(query, g.transpose(keys!, [0, 1, 3, 2]));
    const shares = g.softmax(g.add(g.mul(products, g.number(Math.sqrt(heads / width))), hidden));
    const mixed = g.reshape(g.transpose(g.matmul(shares, values!), [0, 2, 1, 3]), [0, 0, width]);
    return this.linear(mixed, `${name}.out_proj`, width, width);
  }

  /** x + F(LN x) */
  forward(x: Value, at: string): Value {
    const { width, inner } = this.sizes;
    const y = this.norm(x, `${at}.final_layer_norm`);
    const inside = this.g.relu(this.linear(y, `${at}.fc1`, width, inner));
    return this.g.add(x, this.linear(inside, `${at}.fc2`, inner, width));
  }
}
