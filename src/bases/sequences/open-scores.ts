import type { Graph } from "../../graph/graph.js";
import type { ModelFile } from "../../graph/import/write-back.js";
import type { Platform } from "../../platform/platform.js";
import { openSession } from "../../runtime/open.js";
import type { Runtime, Session } from "../../runtime/runtime.js";
import { type Base, readExternalData, type TextFacts } from "../open/open-base.js";
import { type CacheLayout, cachedScores, cacheLayout } from "./cached-scores.js";
import type { NextScores } from "./decode.js";
import { ordinaryTokens } from "./is-causal.js";
import { nextScoresGraph, scoresName, wholeScores } from "./next-scores.js";

/** Scores of the next tokens of a decoder. */
export interface OpenedScores {
  /** True if the file's own cache is used: each token is computed once. */
  readonly cached: boolean;
  /** Returns the scores for a text, or for texts that are continued together. */
  start(): NextScores;
  dispose(): Promise<void>;
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
  const { imported, name: label, text } = base;
  const graph = nextScoresGraph(imported.graph, text.tokenizer.pad)!;
  const whole = await openSession(runtime, graph, { label });
  const opened = (session: Session): OpenedScores => ({
    cached: false,
    start: () => wholeScores(session),
    dispose: () => session.dispose(),
  });
  if (runtime.device !== "cpu" || !imported.cache || !base.file) return opened(whole);
  const tokens = ordinaryTokens(text.tokenizer, 5);
  const expected = await trial(wholeScores(whole), tokens);
  // One session at a time: each holds all weights.
  await whole.dispose();
  const cached = await openCached(runtime, base, await readFile(base, platform));
  if (cached) {
    const { session, layout } = cached;
    const found = await trial(cachedScores(session, layout), tokens).catch(() => undefined);
    if (found && apart(found, expected) <= toleranceOf(layout, 1e-3))
      return { ...opened(session), cached: true, start: () => cachedScores(session, layout) };
    await session.dispose();
  }
  return opened(await openSession(runtime, graph, { label }));
}

async function readFile({ file }: Base, platform: Platform): Promise<ModelFile> {
  const { onnx, external } = file!;
  const externalData = new Map<string, Uint8Array>();
  for (const location of external)
    externalData.set(location, await readExternalData(onnx, location, platform));
  return { bytes: await platform.files.read(onnx), externalData };
}

/** Loads a file. Undefined if the runtime cannot, or if its inputs and outputs are others than those of a cache. */
async function openCached(
  runtime: Runtime,
  { imported, name }: Base,
  { bytes, externalData }: ModelFile,
): Promise<{ readonly session: Session; readonly layout: CacheLayout } | undefined> {
  const scores = scoresName(imported.graph)!;
  const options = { label: name, transfer: true, externalData };
  const session = await runtime.session(bytes, options).catch(() => undefined);
  const layout = session && cacheLayout(session, imported.cache!, scores);
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
  const tokens = ordinaryTokens(tokenizer, 5);
  const whole = await openSession(runtime, nextScoresGraph(graph, tokenizer.pad)!, { label: base.name });
  const expected = await trial(wholeScores(whole), tokens).finally(() => whole.dispose());
  const served = await openCached(runtime, base, file);
  if (!served) return undefined;
  const { session, layout } = served;
  // Some kernels refuse a file only when it runs, such as GroupQueryAttention for heads of 4 numbers.
  const found = await trial(cachedScores(session, layout, true), tokens)
    .catch(() => undefined)
    .finally(() => session.dispose());
  return found && { difference: apart(found, expected), tolerance: toleranceOf(layout, 1e-4) };
}

/** Rows of two calls: prompts, and the same ones with a token more, one of them twice and in another order. */
const rowsOfTrial = [
  [
    [0, 1, 2, 3],
    [2, 4, 0, 1],
  ],
  [
    [2, 4, 0, 1, 3],
    [0, 1, 2, 3, 4],
    [0, 1, 2, 3, 1],
  ],
];

async function trial(next: NextScores, tokens: readonly number[]): Promise<readonly Float32Array[]> {
  const found: Float32Array[] = [];
  for (const rows of rowsOfTrial)
    found.push(...(await next(rows.map((row) => row.map((i) => tokens[i % tokens.length]!)))));
  return found;
}

/** Share of the largest score by which scores of the same computation may differ, by rounding errors of the file's numbers. */
const toleranceOf = ({ pasts }: CacheLayout, ofFloats: number): number =>
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
