import { float32, int64, type Tensor } from "../../core/tensor.js";
import type { Graph } from "../../graph/graph.js";
import type { Platform } from "../../platform/platform.js";
import { openSession } from "../../runtime/open.js";
import type { Runtime, Session } from "../../runtime/runtime.js";
import { textBody, tokenInput } from "../text/text-body.js";
import { cachedScores, sourceInputs } from "./cached-scores.js";
import { ordinaryTokens } from "./is-causal.js";
import { rowsOfTokens, type SourceFeeds, scoresAfter, wholeScores } from "./next-scores.js";
import type { Pair } from "./open-pair.js";
import { type OpenedScores, openCached, openCompared, readFile, toleranceOf } from "./open-scores.js";

/** Returns the graph of an encoder: int32[batch, source], -1 for padding -> float32[batch · source, D]. */
export function encoderGraph({
  encoder,
  hidden,
  tokenizer,
}: Pick<Pair, "encoder" | "hidden" | "tokenizer">): Graph {
  return textBody(encoder.imported.graph, { pooling: "each", pad: tokenizer.pad, cut: hidden }).graph;
}

/**
 * Returns the graph that scores what follows a target: int32[batch, target], -1 behind the end of a row, with the features and the mask of
 * the source as {@link sourceInputs} -> float32[batch, vocabulary].
 */
export function decoderGraph({
  decoder,
  scores,
  tokenizer,
}: Pick<Pair, "decoder" | "scores" | "tokenizer">): Graph {
  return scoresAfter(decoder.imported.graph, {
    pad: tokenizer.pad,
    scores,
    others: Object.values(sourceInputs),
  });
}

/**
 * Returns the features of sources for the rows of a call. All sources are encoded together, once, when they are first wanted.
 * @param encoder a session of {@link encoderGraph}
 */
export function encodedSources(encoder: Session, sources: readonly (readonly number[])[]): SourceFeeds {
  const length = Math.max(...sources.map((ids) => ids.length));
  let encoded: Promise<Float32Array> | undefined;
  const encode = async (): Promise<Float32Array> => {
    const [features] = Object.values(await encoder.run({ [tokenInput]: rowsOfTokens(sources) }));
    return features!.data as Float32Array;
  };
  return async (texts) => {
    encoded ??= encode();
    const features = await encoded;
    const size = features.length / sources.length;
    // A call may give its inputs away: each has its own.
    const rows = new Float32Array(texts.length * size);
    for (const [row, text] of texts.entries())
      rows.set(features.subarray(text * size, (text + 1) * size), row * size);
    const present = texts.flatMap((text) => {
      const { length: own } = sources[text]!;
      return Array.from({ length }, (_, place) => (place < own ? 1 : 0));
    });
    return {
      [sourceInputs.hidden]: float32([texts.length, length, size / length], rows),
      [sourceInputs.mask]: int64([texts.length, length], present),
    } satisfies Readonly<Record<string, Tensor>>;
  };
}

/**
 * Opens the scores of the next tokens of an encoder–decoder. Each source is encoded once. The decoder uses the file's own cache if that
 * gives the scores of a whole target, else all tokens of a target are computed for each new one.
 *
 * The cache is used on the CPU, of a merged file.
 */
export async function openPairScores(
  runtime: Runtime,
  pair: Pair,
  platform: Platform,
): Promise<OpenedScores> {
  const { decoder, scores, tokenizer, located } = pair;
  const label = located.name;
  const encoder = await openSession(runtime, encoderGraph(pair), { label });
  const tokens = ordinaryTokens(tokenizer, 5);
  const { cache } = decoder.imported;
  const opened = await openCompared({
    tokens,
    sources: [tokens, tokens.slice(0, 2)],
    openWhole: async () => {
      const session = await openSession(runtime, decoderGraph(pair), { label });
      return {
        start: (sources = []) => wholeScores(session, encodedSources(encoder, sources)),
        dispose: () => session.dispose(),
      };
    },
    openCached:
      runtime.device === "cpu" && cache
        ? async () => {
            const file = await readFile(decoder.file, platform);
            const served = await openCached(runtime, file, { cache, scores, label });
            if (!served) return undefined;
            const { session, layout } = served;
            return {
              start: (sources = []) =>
                cachedScores(session, layout, { sources: encodedSources(encoder, sources) }),
              dispose: () => session.dispose(),
              tolerance: toleranceOf(layout, 1e-3),
            };
          }
        : undefined,
  });
  return {
    ...opened,
    async dispose() {
      await opened.dispose();
      await encoder.dispose();
    },
  };
}
