import { float32 } from "../../core/tensor.js";
import { segmentUnit } from "../../data/texts/pair-template.js";
import type { TokenNgrams } from "../../data/texts/token-ngrams.js";
import { Builder } from "../../graph/builder.js";
import type { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import type { Body } from "../body.js";
import { headValues, type LinearHead } from "../heads.js";
import { tokensOfEncoder } from "./text-body.js";

/** Keeps divisions by a length of 0 finite: a text without known n-grams has a row of zeros. */
const tiny = 1e-12;

/**
 * Adds a linear head on frozen features and TF-IDF of token n-grams.
 *
 * logits = [ t ; h / |h| ] Wᵀ + b,   t_j = (1 + ln n_j) idf_j / |·| for n_j > 0,   h the features
 *
 * The counts n come from ONNX's `TfIdfVectorizer`, which has no gradient: tokens are numbers of a vocabulary.
 * @param head weight float32[C, n-grams + D]
 * @param joined tokens contain segments that the saved model does not get. Default false.
 */
export function withNgramHead(
  body: Body,
  ngrams: TokenNgrams,
  head: LinearHead,
  { joined = false }: { readonly joined?: boolean } = {},
): Graph {
  const graph = body.graph.clone();
  const g = new Builder(graph, "ngrams");
  // Of joined encoders, the n-grams are those of the first one's tokens.
  const first = graph.has(tokensOfEncoder(0)) ? tokensOfEncoder(0) : graph.inputs[0]!;
  const tokens = joined ? withoutSegments(g, first) : first;
  const [rows, features] = [tfIdf(g, tokens, ngrams), unitRows(g, body.features)];
  const classes = head.bias.length;
  const h = new Builder(graph);
  const weight = h.weight(headValues.weight, float32([classes, head.weight.length / classes], head.weight));
  const bias = h.weight(headValues.bias, float32([classes], head.bias));
  const logits: Value = graph.has(headValues.logits) ? graph.fresh(headValues.logits) : headValues.logits;
  graph.push(
    {
      kind: "op",
      op: "Gemm",
      name: "engraft/head",
      inputs: [g.concat([rows, features], 1), weight, bias],
      outputs: [logits],
      attributes: { alpha: 1, beta: 1, transA: false, transB: true },
    },
    [{ dtype: "float32", shape: [graph.typeOf(tokens).shape![0]!, classes] }],
  );
  graph.outputs.length = 0;
  graph.outputs.push(logits);
  return graph;
}

/** TF-IDF rows of length 1: float32[batch, n-grams]. */
function tfIdf(g: Builder, tokens: Value, { unigrams, bigrams, idf }: TokenNgrams): Value {
  const { graph } = g;
  const counts = graph.fresh("ngrams/counts");
  graph.push(
    {
      kind: "custom",
      op: "TfIdfVectorizer",
      domain: "",
      name: counts,
      inputs: [tokens],
      outputs: [counts],
      attributes: {
        mode: "TF",
        min_gram_length: 1,
        max_gram_length: bigrams.length > 0 ? 2 : 1,
        max_skip_count: 0,
        // Where the n-grams of each length begin in the pool.
        ngram_counts: bigrams.length > 0 ? [0, unigrams.length] : [0],
        ngram_indexes: Array.from(idf.keys()),
        pool_int64s: [...unigrams, ...bigrams.flat()],
      },
    },
    [{ dtype: "float32", shape: [graph.typeOf(tokens).shape![0]!, idf.length] }],
  );
  const one = g.number(1);
  const weights = g.weight("idf", float32([idf.length], Float32Array.from(idf)));
  return unitRows(g, g.mul(g.add(g.min(counts, one), g.log(g.max(counts, one))), weights));
}

/** Token numbers without the segment of a pair; padding stays negative. */
function withoutSegments(g: Builder, tokens: Value): Value {
  const unit = g.number(segmentUnit, "int32");
  return g.sub(tokens, g.mul(g.div(g.max(tokens, g.number(0, "int32")), unit), unit));
}

/** x / |x| of each row. */
function unitRows(g: Builder, x: Value): Value {
  return g.div(x, g.max(g.sqrt(g.reduceSum(g.mul(x, x), { axes: [1], keepdims: true })), g.number(tiny)));
}
