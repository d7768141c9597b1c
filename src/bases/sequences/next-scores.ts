import type { Tensor } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { inline } from "../../graph/surgery/index.js";
import type { Session } from "../../runtime/runtime.js";
import { scoresOutput } from "../language-model.js";
import { textBody, tokenInput } from "../text/text-body.js";
import { wordEmbeddings } from "../text/word-embedding.js";
import type { NextScores } from "./decode.js";

/** Returns the output of a decoder with scores of all tokens. */
export function scoresName(base: Graph): Value | undefined {
  const [embedding] = wordEmbeddings(base).sort((a, b) => b.rows - a.rows);
  return embedding && scoresOutput(base, embedding);
}

/**
 * Returns the graph that scores what follows a text: int32[batch, length], -1 behind the end of a row, -> float32[batch, vocabulary],
 * the scores of the token after the last one.
 *
 * All earlier tokens are computed again for each new one, so a text of n tokens costs n passes. Undefined for a model without scores of
 * all tokens.
 */
export function nextScoresGraph(base: Graph, pad: number): Graph | undefined {
  const scores = scoresName(base);
  return scores === undefined ? undefined : scoresAfter(base, { pad, scores });
}

/**
 * Returns the graph of {@link nextScoresGraph} for scores of a known name.
 * @param others inputs of the base that the tokens do not give: they are inputs of the graph, too
 */
export function scoresAfter(
  base: Graph,
  {
    pad,
    scores,
    others = [],
  }: { readonly pad: number; readonly scores: Value; readonly others?: readonly Value[] },
): Graph {
  const body = textBody(base, { pooling: "each", pad, cut: scores, others });
  const graph = new Graph("next");
  const tokens = graph.input(tokenInput, { dtype: "int32", shape: ["batch", "length"] });
  const names = inline(graph, body.graph, new Map([[body.graph.inputs[0]!, tokens]]));
  for (const [domain, version] of base.opsets) graph.opsets.set(domain, version);
  const g = new Builder(graph, "engraft/next");
  const size = (axis: number) => g.squeeze(g.node("Shape", [tokens], { start: axis, end: axis + 1 }), [0]);
  const [none, one] = [g.number(0, "int64"), g.number(1, "int64")];
  const present = g.where(g.less(tokens, g.number(0, "int32")), none, one);
  const last = g.sub(g.reduceSum(present, { axes: [1] }), one);
  const begin = g.mul(g.node("Range", [none, size(0), one], {}), size(1));
  graph.outputs.push(g.gather(names.get(body.features)!, g.add(begin, last)));
  return graph;
}

/** Returns int32[rows, length] of the longest row, -1 behind the end of each. */
export function rowsOfTokens(rows: readonly (readonly number[])[]): Tensor {
  const length = Math.max(...rows.map((ids) => ids.length));
  const data = new Int32Array(rows.length * length).fill(-1);
  for (const [i, ids] of rows.entries()) data.set(ids, i * length);
  return { dtype: "int32", dims: [rows.length, length], data };
}

/** Returns the inputs of a decoder that say what the sources of texts are. */
export type SourceFeeds = (texts: readonly number[]) => Promise<Readonly<Record<string, Tensor>>>;

/**
 * Returns scores of the next token that compute all tokens of a row.
 * @param session of {@link nextScoresGraph}
 * @param sources of an encoder–decoder. Default: it is a decoder
 */
export function wholeScores(session: Session, sources?: SourceFeeds): NextScores {
  return async (rows, texts) => {
    const feeds = { [tokenInput]: rowsOfTokens(rows), ...(await sources?.(texts)) };
    const [scores] = Object.values(await session.run(feeds));
    const width = scores!.dims[1]!;
    return rows.map((_, i) => (scores!.data as Float32Array).subarray(i * width, (i + 1) * width));
  };
}
