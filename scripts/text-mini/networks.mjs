// The encoder in its training networks: one input of token numbers, logits as output.
import { bertInside, bertLayers, bertWeights, gelu } from "../../dist/bases/architectures/index.js";
import { draws } from "../../dist/core/random.js";
import { float32, int64, zeros } from "../../dist/core/tensor.js";
import { Builder } from "../../dist/graph/builder.js";
import { Graph } from "../../dist/graph/graph.js";
import { recognize } from "../../dist/graph/passes/recognize.js";

/**
 * Scores of the vocabulary at the masked places, with the word embedding as last layer:
 * h = LN(gelu(W x + b)), scores = h Eᵀ + c. x holds the rows, each with its start position, then the places.
 */
export function maskedNetwork(options, { rows, length, count }) {
  const graph = new Graph("masked");
  const g = new Builder(graph);
  const { width, vocabulary } = options;
  const vectors = options.vectors ?? width;
  const head = rows * (length + 1);
  const x = graph.input("x", { dtype: "int64", shape: [head + rows * count] });
  const given = g.reshape(g.slice(x, { starts: [0], ends: [head], axes: [0] }), [rows, length + 1]);
  const places = g.slice(x, { starts: [head], ends: [head + rows * count], axes: [0] });
  const ids = g.slice(given, { starts: [0], ends: [length], axes: [1] });
  const begins = g.slice(given, { starts: [length], ends: [length + 1], axes: [1] });
  const numbers = g.constant(
    int64(
      [1, length],
      Array.from({ length }, (_, i) => i),
    ),
  );
  const weights = bertWeights(g, options);
  const { found } = bertInside(g, weights, { ids, positions: g.add(begins, numbers) }, options);
  const chosen = g.gather(g.reshape(found, [rows * length, width]), places);
  const dense = g.weight("cls.dense.weight", zeros("float32", [width, vectors]));
  const bias = g.weight("cls.dense.bias", zeros("float32", [vectors]));
  const scale = g.weight("cls.LayerNorm.weight", float32([vectors], new Float32Array(vectors).fill(1)));
  const shift = g.weight("cls.LayerNorm.bias", zeros("float32", [vectors]));
  const turned = gelu(g, g.add(g.matmul(chosen, dense), bias));
  const normed = g.nodes("LayerNormalization", [turned, scale, shift], { axis: -1, epsilon: 1e-12 })[0];
  const prior = g.weight("cls.bias", zeros("float32", [vocabulary]));
  graph.outputs.push(g.add(g.matmul(normed, g.transpose(weights.words, [1, 0])), prior));
  return recognize(graph);
}

/**
 * Contrastive similarity of each first text of a batch to each second one, and vice versa: the encoder's states,
 * averaged over a text's tokens, u of length 1; scores = u vᵀ / τ, v uᵀ / τ. x holds the first texts, then the second
 * ones; 0 is padding.
 * @see van den Oord et al., "Representation Learning with Contrastive Predictive Coding", 2018; Gao et al., "SimCSE",
 * 2021
 */
export function pairNetwork(options, { batch, length, temperature }) {
  const graph = new Graph("pairs");
  const g = new Builder(graph);
  const ids = graph.input("x", { dtype: "int64", shape: [2 * batch, length] });
  const mask = g.cast(g.greater(ids, g.constant(int64([], [0]))), "int64");
  const positions = g.constant(
    int64(
      [length],
      Array.from({ length }, (_, i) => i),
    ),
  );
  const hidden = bertLayers(g, bertWeights(g, options), { ids, positions, mask }, options);
  return alike(graph, g, hidden, mask, { batch, temperature });
}

/** The same for the words' vectors alone: no layers; [UNK], [CLS] and [SEP] count as padding, so that they stay 0. */
export function wordPairNetwork({ vocabulary, width, vectors = width }, { batch, length, temperature }) {
  const graph = new Graph("word pairs");
  const g = new Builder(graph);
  const ids = graph.input("x", { dtype: "int64", shape: [2 * batch, length] });
  const words = g.weight("embeddings.word_embeddings.weight", zeros("float32", [vocabulary, vectors]));
  const mask = g.cast(g.greater(ids, g.constant(int64([], [3]))), "int64");
  return alike(graph, g, g.gather(words, ids), mask, { batch, temperature });
}

function alike(graph, g, hidden, mask, { batch, temperature }) {
  const shares = g.unsqueeze(g.cast(mask, "float32"), [2]);
  const sum = g.reduceSum(g.mul(hidden, shares), { axes: [1] });
  // A text of only unknown tokens is 0, and so is its gradient.
  const mean = g.div(sum, g.add(g.reduceSum(shares, { axes: [1] }), g.number(1e-12)));
  const square = g.add(g.reduceSumSquare(mean, { axes: [1], keepdims: true }), g.number(1e-8));
  const unit = g.div(mean, g.sqrt(square));
  const half = (at) => g.slice(unit, { starts: [at * batch], ends: [(at + 1) * batch], axes: [0] });
  const scores = g.mul(g.matmul(half(0), g.transpose(half(1), [1, 0])), g.number(1 / temperature));
  graph.outputs.push(g.concat([scores, g.transpose(scores, [1, 0])], 0));
  return recognize(graph);
}

/**
 * Initialises an encoder: N(0, 0.02²) for products and embeddings, as in BERT; biases 0, norms 1. If states are words'
 * vectors plus the layers' output, the layers read them scaled by ten, and positions and the output start at 0.
 */
export function fillWeights(graph, seed) {
  const added = graph.initializers.has("output.dense.weight");
  for (const [name, { dims, dtype }] of graph.initializers) {
    if (dtype !== "float32" || dims.length !== 2 || !name.endsWith(".weight")) continue;
    if (name === "output.dense.weight" || (added && name.includes("position_embeddings"))) continue;
    const deviation = name === "embeddings.projection.weight" ? 0.2 : 0.02;
    const draw = draws(seed, "initial weights", name);
    graph.initializers.set(
      name,
      float32(
        dims,
        Float32Array.from({ length: dims[0] * dims[1] }, () => deviation * draw.normal()),
      ),
    );
  }
}

/**
 * Trainable weights by name; products and embeddings have weight decay. The words' vectors are group 1, all others 0.
 * @param frozen names of frozen weights
 */
export function trainables(graph, frozen = []) {
  return [...graph.initializers]
    .filter(
      ([name, { dtype }]) => dtype === "float32" && /\.(weight|bias)$/.test(name) && !frozen.includes(name),
    )
    .map(([value, { dims }]) => ({
      value,
      group: Number(value === "embeddings.word_embeddings.weight"),
      decay: dims.length > 1,
    }));
}
