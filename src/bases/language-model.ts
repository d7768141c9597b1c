import { EngraftError } from "../core/errors.js";
import { float32, zeros } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import { bindDims, inline } from "../graph/surgery/index.js";
import { textBody } from "./text/text-body.js";
import { type WordEmbedding, wordEmbeddings } from "./text/word-embedding.js";

/** A base that predicts the token at a place. */
export interface LanguageModel {
  /**
   * int32[batch, length + 2 · count] -> float32[batch · count, 3]: the loss of each place in nats, 1 if the correct
   * token has the highest score, and the token with the highest score. The input holds the tokens of each row (-1 for padding), then
   * the predicted places, counted through the batch (row · length + place), then the tokens at those places.
   */
  readonly graph: Graph;
  /** Weights of the added head; none if the file has one. */
  readonly head: readonly Value[];
  /** Description of the head. */
  readonly words: string;
  /** Size of the vocabulary. */
  readonly tokens: number;
}

/** Columns of a {@link LanguageModel}'s output. */
export const placeColumns = 3;

/** Names of the head's weights. */
export const languageHead = { weight: "engraft/language/weight", bias: "engraft/language/bias" } as const;

export interface LanguageOptions {
  /** Token number that pads. */
  readonly pad: number;
  /** Tokens per row, and number of predicted places per row. */
  readonly length: number;
  readonly count: number;
  /** Value with the features of tokens. Default: found automatically. */
  readonly cut?: Value;
  /**
   * Initial head: token frequencies (W = 0, c = ln share), or the word embedding itself as the last layer (W = 1, c =
   * 0), as in decoders.
   */
  readonly begin: { readonly shares: Float32Array } | "tied";
}

/**
 * Adds a language-modelling head to a base, tied to its word embedding E:
 *
 * scores = h W Eᵀ + c,   h float32[…, D] features of a token, W float32[D, E's width], c float32[tokens]
 *
 * Over frozen features this is convex in W and c: there is one best head, whatever the start. If the file has scores of
 * all tokens among its outputs, those are used.
 *
 * @throws ModelError if the base has no word embedding that scores can be tied to
 * @see Press & Wolf, "Using the Output Embedding to Improve Language Models", 2017
 * @example languageModel(base.imported.graph, { pad: 0, length: 128, count: 19, begin: { shares } })
 */
export function languageModel(base: Graph, options: LanguageOptions): LanguageModel {
  const { length, count, pad } = options;
  const [embedding] = wordEmbeddings(base).sort((a, b) => b.rows - a.rows);
  if (!embedding || base.initializers.get(embedding.value)?.dtype !== "float32")
    throw new EngraftError(
      "ModelError",
      "the base has no word embedding that a head of words can be tied to",
      { help: "give a text encoder in ONNX whose token numbers choose rows of a float weight" },
    );
  const scores = options.cut === undefined ? scoresOutput(base, embedding) : undefined;
  const cut = scores ?? options.cut;
  const body = textBody(base, { pooling: "each", pad, cut });
  const graph = new Graph("language");
  const x = graph.input("x", { dtype: "int32", shape: ["batch", length + 2 * count] });
  const g = new Builder(graph, "engraft/language");
  const columns = (from: number, size: number): Value =>
    g.slice(x, { starts: [from], ends: [from + size], axes: [1] });
  const trunk = bindDims(body.graph, { length });
  const names = inline(graph, trunk, new Map([[trunk.inputs[0]!, columns(0, length)]]));
  for (const [domain, version] of base.opsets) graph.opsets.set(domain, version);
  const long = (value: Value): Value => g.cast(g.reshape(value, [-1]), "int64");
  const hidden = g.gather(names.get(body.features)!, long(columns(length, count)));
  const labels = long(columns(length + count, count));
  const head: Value[] = [];
  let logits = hidden;
  if (scores === undefined) {
    const { rows, width } = embedding;
    const { begin } = options;
    const w = begin === "tied" ? identity(body.width) : zeros("float32", [body.width, width]);
    const c = begin === "tied" ? new Float32Array(rows) : logOf(begin.shares, rows);
    head.push(graph.initializer(languageHead.weight, w));
    head.push(graph.initializer(languageHead.bias, float32([rows], c)));
    const words = g.transpose(names.get(embedding.value)!, [1, 0]);
    logits = g.add(g.matmul(g.matmul(hidden, head[0]!), words), head[1]!);
  }
  graph.outputs.push(placeScores(g, logits, labels));
  return {
    graph,
    head,
    tokens: embedding.rows,
    words:
      scores === undefined
        ? `tied to the word embedding "${embedding.value}"`
        : `the file's own scores "${scores}"`,
  };
}

/**
 * Returns the columns of a {@link LanguageModel}'s output: float32[places, 3].
 *
 * −ln p(y) = ln Σ exp(z) − z_y, without a row of zeros and a one for each place.
 * @param logits z, float32[places, tokens] @param labels y, int64[places]
 */
export function placeScores(g: Builder, logits: Value, labels: Value): Value {
  const highest = g.reduceMax(logits, { axes: [1], keepdims: true });
  const sum = g.reduceSum(g.exp(g.sub(logits, highest)), { axes: [1], keepdims: true });
  const own = g.node("GatherElements", [logits, g.unsqueeze(labels, [1])], { axis: 1 });
  const loss = g.sub(g.add(g.log(sum), highest), own);
  const best = g.argMax(logits, 1);
  const column = (value: Value): Value => g.unsqueeze(g.cast(value, "float32"), [1]);
  return g.concat([loss, column(g.equal(best, labels)), column(best)], 1);
}

/** Returns an output with a score for each token of the vocabulary: float32[batch, length, tokens]. */
export function scoresOutput(base: Graph, { rows }: WordEmbedding): Value | undefined {
  return base.outputs.find((output) => {
    const { dtype, shape } = base.types.get(output) ?? {};
    return dtype === "float32" && shape?.length === 3 && shape[2] === rows;
  });
}

function identity(size: number) {
  const data = new Float32Array(size * size);
  for (let i = 0; i < size; i++) data[i * (size + 1)] = 1;
  return float32([size, size], data);
}

/** ln of shares; further tokens of the embedding count as rare as the rarest. */
function logOf(shares: Float32Array, rows: number): Float32Array {
  const least = Math.log(shares.reduce((a, b) => Math.min(a, b), 1));
  return Float32Array.from({ length: rows }, (_, i) => (i < shares.length ? Math.log(shares[i]!) : least));
}
