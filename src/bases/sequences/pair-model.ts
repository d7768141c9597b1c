import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { bindDims, inline } from "../../graph/surgery/index.js";
import { placeScores } from "../language-model.js";
import { textBody } from "../text/text-body.js";
import { tieTables } from "../text/tie-tables.js";
import { wordEmbeddings } from "../text/word-embedding.js";
import { sourceInputs } from "./cached-scores.js";
import type { Pair } from "./open-pair.js";
import { encoderGraph } from "./pair-scores.js";

/** Tokens of the sources and targets of a batch. */
export interface PairSizes {
  readonly source: number;
  readonly target: number;
}

/**
 * Joins an encoder–decoder to one network that predicts the tokens of a target, each from the true ones before it (teacher forcing):
 *
 * int32[batch, target + source] -> float32[batch · target, 3]
 *
 * The input holds the tokens of a target with its end token, then those of its source, each with -1 behind its end. The decoder reads the
 * target behind its start token. The output is that of a `LanguageModel`; places of -1 mean nothing.
 *
 * Weights keep their names in the files, behind "encoder/" and "decoder/". Equal word tables of the parts, also transposed, are one weight.
 */
export function pairModel(
  pair: Pick<Pair, "encoder" | "hidden" | "decoder" | "scores" | "tokenizer" | "settings">,
  { source, target }: PairSizes,
): Graph {
  const { decoder, scores, tokenizer, settings } = pair;
  const graph = new Graph("pair");
  const x = graph.input("x", { dtype: "int32", shape: ["batch", target + source] });
  const g = new Builder(graph, "engraft/pair");
  const columns = (from: number, to: number): Value => g.slice(x, { starts: [from], ends: [to], axes: [1] });
  const sources = columns(target, target + source);
  const absent = g.less(sources, g.number(0, "int32"));
  const mask = g.where(absent, g.number(0, "int64"), g.number(1, "int64"));
  const tables: Value[] = [];
  /** Adds a part. @returns its output */
  const part = (name: "encoder" | "decoder", own: Graph, bindings: Readonly<Record<Value, Value>>): Value => {
    const names = inline(graph, own, new Map(Object.entries(bindings)), (value) => `${name}/${value}`);
    for (const [domain, version] of own.opsets) graph.opsets.set(domain, version);
    tables.push(...wordEmbeddings(pair[name].imported.graph).map(({ value }) => names.get(value)!));
    return names.get(own.outputs[0]!)!;
  };
  const reader = bindDims(encoderGraph(pair), { length: source });
  const features = part("encoder", reader, { [reader.inputs[0]!]: sources });
  const hidden = g.reshape(features, [-1, source, graph.typeOf(features).shape![1] as number]);
  // The token of a place is predicted from those before it: the first one from the start token.
  const first = g.add(g.mul(columns(0, 1), g.number(0, "int32")), g.number(settings.start, "int32"));
  const before = target === 1 ? first : g.concat([first, columns(0, target - 1)], 1);
  const others = Object.values(sourceInputs);
  const body = textBody(decoder.imported.graph, { pooling: "each", pad: tokenizer.pad, cut: scores, others });
  const writer = bindDims(body.graph, { length: target });
  const [tokens] = writer.inputs.filter((v) => !others.includes(v as never));
  const logits = part("decoder", writer, {
    [tokens!]: before,
    [sourceInputs.hidden]: hidden,
    [sourceInputs.mask]: mask,
  });
  const labels = g.cast(g.reshape(g.max(columns(0, target), g.number(0, "int32")), [-1]), "int64");
  graph.outputs.push(placeScores(g, logits, labels));
  tieTables(graph, tables);
  return graph;
}
