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
  const cached = await openCached(runtime, base, platform);
  if (cached) {
    const { session, layout } = cached;
    const found = await trial(cachedScores(session, layout), tokens).catch(() => undefined);
    if (found && areEqual(found, expected, toleranceOf(layout)))
      return { ...opened(session), cached: true, start: () => cachedScores(session, layout) };
    await session.dispose();
  }
  return opened(await openSession(runtime, graph, { label }));
}

/** Loads the file itself. Undefined if the runtime cannot, or if its inputs and outputs are others than those of a cache. */
async function openCached(
  runtime: Runtime,
  { imported, file, name }: Base,
  platform: Platform,
): Promise<{ readonly session: Session; readonly layout: CacheLayout } | undefined> {
  const { onnx, external } = file!;
  const scores = scoresName(imported.graph)!;
  const externalData = new Map<string, Uint8Array>();
  for (const location of external)
    externalData.set(location, await readExternalData(onnx, location, platform));
  const options = { label: name, transfer: true, externalData };
  const session = await runtime.session(await platform.files.read(onnx), options).catch(() => undefined);
  const layout = session && cacheLayout(session, imported.cache!, scores);
  if (layout) return { session, layout };
  await session?.dispose();
  return undefined;
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

/** Share of the largest score by which scores of the same computation may differ: rounding errors of the file's numbers. */
const toleranceOf = ({ pasts }: CacheLayout): number =>
  pasts.some(({ dtype }) => dtype === "float16") ? 2e-2 : 1e-3;

const areEqual = (
  found: readonly Float32Array[],
  expected: readonly Float32Array[],
  tolerance: number,
): boolean =>
  expected.every((scores, row) => {
    const largest = scores.reduce((most, score) => Math.max(most, Math.abs(score)), 0);
    return (
      found[row]!.length === scores.length &&
      scores.every((score, i) => Math.abs(score - found[row]![i]!) <= tolerance * largest)
    );
  });
