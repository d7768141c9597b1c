import { float32, tensor } from "../../core/tensor.js";
import type { BagOfWords } from "../../data/texts/bag-of-words.js";
import { segmentUnit } from "../../data/texts/pair-template.js";
import type { TokenNgrams } from "../../data/texts/token-ngrams.js";
import { Builder } from "../../graph/builder.js";
import type { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { removeDeadCode } from "../../graph/passes/index.js";
import type { Body } from "../body.js";
import { headValues, type LinearHead } from "../heads.js";
import { tokensOfEncoder } from "./text-body.js";

/** Keeps divisions by a length of 0 finite: a text without known n-grams has a row of zeros. */
const tiny = 1e-12;

/** The sequences of characters of a head, and the characters of each token. */
export interface CharacterTerms {
  readonly bag: BagOfWords;
  /** Characters that a token adds to a text, by its number. */
  readonly written: readonly string[];
}

/** What a linear head on texts counts. */
export interface TextTerms {
  readonly ngrams: TokenNgrams;
  /** Counted in place of the encoder's features. */
  readonly characters?: CharacterTerms;
}

/**
 * Adds a linear head on two kinds of columns: TF-IDF of token n-grams, and frozen features or TF-IDF of characters.
 *
 * logits = [ t ; h / |h| ] Wᵀ + b  or  [ t ; u ] Wᵀ + b
 *
 * t_j = (1 + ln n_j) idf_j / |·| for n_j > 0, u the same for sequences of characters, h the features. The counts n come from ONNX's
 * `TfIdfVectorizer`, which has no gradient: tokens are numbers of a vocabulary, characters those of Unicode.
 * @param head weight float32[C, n-grams + D], or float32[C, n-grams + sequences]
 * @param joined tokens contain segments that the saved model does not get. Default false.
 */
export function withNgramHead(
  body: Body,
  { ngrams, characters }: TextTerms,
  head: LinearHead,
  { joined = false }: { readonly joined?: boolean } = {},
): Graph {
  const graph = body.graph.clone();
  const g = new Builder(graph, "ngrams");
  // Of joined encoders, the n-grams are those of the first one's tokens.
  const first = graph.has(tokensOfEncoder(0)) ? tokensOfEncoder(0) : graph.inputs[0]!;
  const tokens = joined ? withoutSegments(g, first) : first;
  const rows = tfIdf(g, tokens, { sequences: sequencesOf(ngrams), idf: ngrams.idf });
  const beside = characters
    ? characterTfIdf(g, withoutSegments(g, first), characters)
    : unitRows(g, body.features);
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
      inputs: [g.concat([rows, beside], 1), weight, bias],
      outputs: [logits],
      attributes: { alpha: 1, beta: 1, transA: false, transB: true },
    },
    [{ dtype: "float32", shape: [graph.typeOf(tokens).shape![0]!, classes] }],
  );
  graph.outputs.length = 0;
  graph.outputs.push(logits);
  return characters ? removeDeadCode(graph) : graph;
}

/** Sequences of numbers that are counted, and their inverse document frequencies: the columns of a row. */
interface Counted {
  readonly sequences: readonly (readonly number[])[];
  readonly idf: readonly number[];
}

const sequencesOf = ({ unigrams, bigrams }: TokenNgrams): Counted["sequences"] => [
  ...unigrams.map((token) => [token]),
  ...bigrams,
];

/** TF-IDF rows of length 1: float32[batch, sequences]. */
function tfIdf(g: Builder, numbers: Value, { sequences, idf }: Counted): Value {
  const { graph } = g;
  const counts = graph.fresh("ngrams/counts");
  // The pool holds the sequences by length; an index says which column one has.
  const byLength = [...sequences.keys()].sort((a, b) => sequences[a]!.length - sequences[b]!.length);
  const longest = sequences[byLength.at(-1)!]!.length;
  const numbersUpTo = (length: number): number =>
    sequences.reduce((sum, one) => sum + (one.length < length ? one.length : 0), 0);
  graph.push(
    {
      kind: "custom",
      op: "TfIdfVectorizer",
      domain: "",
      name: counts,
      inputs: [numbers],
      outputs: [counts],
      attributes: {
        mode: "TF",
        min_gram_length: sequences[byLength[0]!]!.length,
        max_gram_length: longest,
        max_skip_count: 0,
        // Where the sequences of each length begin in the pool.
        ngram_counts: Array.from({ length: longest }, (_, i) => numbersUpTo(i + 1)),
        ngram_indexes: byLength,
        pool_int64s: byLength.flatMap((i) => sequences[i]!),
      },
    },
    [{ dtype: "float32", shape: [graph.typeOf(numbers).shape![0]!, idf.length] }],
  );
  const one = g.number(1);
  const weights = g.weight("idf", float32([idf.length], Float32Array.from(idf)));
  return unitRows(g, g.mul(g.add(g.min(counts, one), g.log(g.max(counts, one))), weights));
}

/** TF-IDF rows of the characters of tokens int32[batch, length]: float32[batch, sequences]. */
function characterTfIdf(g: Builder, tokens: Value, { bag, written }: CharacterTerms): Value {
  const sequences = bag.terms.map((term) => codesOf(term));
  return tfIdf(g, closedUp(g, charactersOf(g, tokens, written)), { sequences, idf: bag.idf });
}

/** Numbers of the characters of a text in Unicode. */
const codesOf = (text: string): number[] => Array.from(text, (one) => one.codePointAt(0)!);

/** The characters of each token between two spaces: int32[batch, length · most + 2], 0 where a token has fewer than the most. */
function charactersOf(g: Builder, tokens: Value, written: readonly string[]): Value {
  const codes = written.map(codesOf);
  const most = codes.reduce((n, one) => Math.max(n, one.length), 1);
  // Row 0 is that of padding, which is -1.
  const table = new Int32Array((codes.length + 1) * most);
  for (const [token, one] of codes.entries()) table.set(one, (token + 1) * most);
  const rows = g.weight("characters", tensor("int32", [codes.length + 1, most], table));
  const each = g.gather(rows, g.add(tokens, g.number(1, "int32")));
  const all = g.reshape(each, [0, -1]);
  const first = g.slice(all, { starts: [0], ends: [1], axes: [1] });
  const space = g.add(g.mul(first, g.number(0, "int32")), g.number(codesOf(" ")[0]!, "int32"));
  return g.concat([space, all, space], 1);
}

/** Moves the zeros of each row to its end, behind one at its beginning: int32[batch, n] -> int32[batch, n + 1]. */
function closedUp(g: Builder, numbers: Value): Value {
  const isThere = g.cast(g.greater(numbers, g.number(0, "int32")), "int64");
  const place = g.node("CumSum", [isThere, g.number(1, "int64")], { exclusive: false, reverse: false });
  const first = g.slice(numbers, { starts: [0], ends: [1], axes: [1] });
  const zeros = g.mul(g.concat([first, numbers], 1), g.number(0, "int32"));
  // A zero is written to the first place, which stays zero.
  return g.node("ScatterElements", [zeros, g.mul(place, isThere), numbers], { axis: 1, reduction: "none" });
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
