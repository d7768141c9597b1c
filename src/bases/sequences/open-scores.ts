import type { Shape } from "../../core/shape.js";
import type { Graph } from "../../graph/graph.js";
import type { ModelFile } from "../../graph/import/write-back.js";
import type { Value } from "../../graph/node.js";
import type { Platform } from "../../platform/platform.js";
import { openSession } from "../../runtime/open.js";
import type { Runtime, Session } from "../../runtime/runtime.js";
import { type Base, readExternalData, type TextFacts } from "../open/open-base.js";
import { type CacheLayout, cachedScores, cacheLayout } from "./cached-scores.js";
import type { NextScores } from "./decode.js";
import { ordinaryTokens } from "./is-causal.js";
import { nextScoresGraph, scoresName, wholeScores } from "./next-scores.js";

/** Computes scores of next tokens, in sessions of its own. */
export interface Scorer {
  /**
   * Returns the scores for texts that are written together.
   * @param sources of an encoder–decoder: the tokens of the source of each text
   */
  start(sources?: readonly (readonly number[])[]): NextScores;
  dispose(): Promise<void>;
}

/** Scores of the next tokens of a model that writes. */
export interface OpenedScores extends Scorer {
  /** True if the file's own cache is used: each token is computed once. */
  readonly cached: boolean;
}

/** A scorer by a file's own cache, and the share of the largest score that its rounding errors explain. */
interface CachedScorer extends Scorer {
  readonly tolerance: number;
}

/**
 * Opens the scores of a decoder's next tokens: with the file's own cache if that gives the scores of a whole text, else all tokens of a
 * text are computed for each new one.
 *
 * The cache is used on the CPU only. On a GPU, its keys and values would be copied from and to the device at each token.
 * @param base has scores of all tokens, see {@link scoresName}
 */
export async function openScores(
  runtime: Runtime,
  base: Base & { readonly text: TextFacts },
  platform: Platform,
): Promise<OpenedScores> {
  const { imported, name: label, text, file } = base;
  const { cache, graph } = imported;
  const scores = scoresName(graph)!;
  const whole = nextScoresGraph(graph, text.tokenizer.pad)!;
  return openCompared({
    tokens: ordinaryTokens(text.tokenizer, 5),
    openWhole: async () => {
      const session = await openSession(runtime, whole, { label });
      return { start: () => wholeScores(session), dispose: () => session.dispose() };
    },
    openCached:
      runtime.device === "cpu" && cache && file
        ? async () => {
            const opened = await openCached(runtime, await readFile(file, platform), {
              cache,
              scores,
              label,
            });
            if (!opened) return undefined;
            const { session, layout } = opened;
            return {
              start: () => cachedScores(session, layout),
              dispose: () => session.dispose(),
              tolerance: toleranceOf(layout, 1e-3),
            };
          }
        : undefined,
  });
}

/**
 * Opens scores by a file's cache if they are those of whole texts, else those of whole texts. One of both is open at a time: each holds
 * all weights.
 * @param ways.tokens that the trial writes, and the sources of its two texts
 * @param ways.openCached missing: there is no cache to use
 */
export async function openCompared({
  tokens,
  sources,
  openWhole,
  openCached,
}: {
  readonly tokens: readonly number[];
  readonly sources?: readonly (readonly number[])[];
  readonly openWhole: () => Promise<Scorer>;
  readonly openCached: (() => Promise<CachedScorer | undefined>) | undefined;
}): Promise<OpenedScores> {
  const whole = await openWhole();
  if (!openCached) return { cached: false, ...whole };
  const expected = await trial(whole.start(sources), tokens);
  await whole.dispose();
  const cached = await openCached();
  if (cached) {
    const found = await trial(cached.start(sources), tokens).catch(() => undefined);
    if (found && apart(found, expected) <= cached.tolerance) return { cached: true, ...cached };
    await cached.dispose();
  }
  return { cached: false, ...(await openWhole()) };
}

/** Reads the bytes of a model, and of its files with weights. */
export async function readFile(
  { onnx, external }: NonNullable<Base["file"]>,
  platform: Platform,
): Promise<ModelFile> {
  const externalData = new Map<string, Uint8Array>();
  for (const location of external)
    externalData.set(location, await readExternalData(onnx, location, platform));
  return { bytes: await platform.files.read(onnx), externalData };
}

/**
 * Loads a file with a cache. Undefined if the runtime cannot, or if its inputs and outputs are others than those of a cache.
 * @param facts.cache inputs of the cache, with their sizes
 * @param facts.scores output with the scores of tokens
 */
export async function openCached(
  runtime: Runtime,
  { bytes, externalData }: ModelFile,
  {
    cache,
    scores,
    label,
  }: { readonly cache: ReadonlyMap<Value, Shape>; readonly scores: Value; readonly label: string },
): Promise<{ readonly session: Session; readonly layout: CacheLayout } | undefined> {
  const options = { label, transfer: true, externalData };
  const session = await runtime.session(bytes, options).catch(() => undefined);
  const layout = session && cacheLayout(session, cache, scores);
  if (layout) return { session, layout };
  await session?.dispose();
  return undefined;
}

/**
 * Compares what a file serves with what a graph computes: the scores after a prompt, and one token later with the cache.
 * @param file its bytes are given away
 * @returns the largest difference as a share of the largest score, and the share that rounding errors explain; undefined if the runtime
 * cannot run the file
 */
export async function compareServed(
  runtime: Runtime,
  base: Base & { readonly text: TextFacts },
  graph: Graph,
  file: ModelFile,
): Promise<{ readonly difference: number; readonly tolerance: number } | undefined> {
  const { tokenizer } = base.text;
  const { name: label, imported } = base;
  const tokens = ordinaryTokens(tokenizer, 5);
  const whole = await openSession(runtime, nextScoresGraph(graph, tokenizer.pad)!, { label });
  const expected = await trial(wholeScores(whole), tokens).finally(() => whole.dispose());
  const known = { cache: imported.cache!, scores: scoresName(imported.graph)!, label };
  const served = await openCached(runtime, file, known);
  if (!served) return undefined;
  const { session, layout } = served;
  // Some kernels refuse a file only when it runs, such as GroupQueryAttention for heads of 4 numbers.
  const found = await trial(cachedScores(session, layout, { inOneCall: true }), tokens)
    .catch(() => undefined)
    .finally(() => session.dispose());
  return found && { difference: apart(found, expected), tolerance: toleranceOf(layout, 1e-4) };
}

/** Rows of two calls, and their texts: prompts, and the same ones with a token more, one of them twice and in another order. */
const callsOfTrial = [
  {
    rows: [
      [0, 1, 2, 3],
      [2, 4, 0, 1],
    ],
    texts: [0, 1],
  },
  {
    rows: [
      [2, 4, 0, 1, 3],
      [0, 1, 2, 3, 4],
      [0, 1, 2, 3, 1],
    ],
    texts: [1, 0, 0],
  },
];

async function trial(next: NextScores, tokens: readonly number[]): Promise<readonly Float32Array[]> {
  const found: Float32Array[] = [];
  for (const { rows, texts } of callsOfTrial) {
    const ids = rows.map((row) => row.map((i) => tokens[i % tokens.length]!));
    found.push(...(await next(ids, texts)));
  }
  return found;
}

/** Share of the largest score by which scores of the same computation may differ, by rounding errors of the file's numbers. */
export const toleranceOf = ({ pasts }: CacheLayout, ofFloats: number): number =>
  pasts.some(({ dtype }) => dtype === "float16") ? 2e-2 : ofFloats;

/** Returns the largest difference of scores as a share of the largest one of its row; infinite for other sizes, and for scores that are no numbers. */
function apart(found: readonly Float32Array[], expected: readonly Float32Array[]): number {
  let most = 0;
  for (const [row, scores] of expected.entries()) {
    const others = found[row]!;
    if (others.length !== scores.length) return Number.POSITIVE_INFINITY;
    const largest = scores.reduce((size, score) => Math.max(size, Math.abs(score)), 0);
    for (const [i, score] of scores.entries()) {
      const share = Math.abs(score - others[i]!) / (largest || 1);
      if (!(share <= most)) most = Number.isNaN(share) ? Number.POSITIVE_INFINITY : share;
    }
  }
  return most;
}
