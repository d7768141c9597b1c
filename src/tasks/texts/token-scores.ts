import type { TokenFolder } from "../../bases/model-folder/token-folder.js";
import { EngraftError, stopIf } from "../../core/errors.js";
import { sizedBatches } from "../../data/index.js";
import { tokenTable } from "../../data/texts/token-table.js";
import { sigmoid } from "../../evaluate/labels.js";
import type { OnCut } from "../../inference/cut-texts.js";
import type { LongTexts } from "../../inference/evaluation.js";
import { softmax } from "../../linalg/softmax.js";
import type { ViewAverage } from "../../run/training/average-views.js";
import type { Session } from "../../runtime/runtime.js";
import { rowsOfHeads } from "../several/headed-folder.js";
import { partsOfText, type TextOrPair } from "./require-texts.js";
import { tokenEvaluator } from "./token-evaluator.js";

/** Smallest probability before the logarithm: in float32 it stays finite. */
const tiny = 1e-37;

/** Texts per batch. */
const atOnce = 32;

/**
 * Returns the logits of texts under an exported model, float32[n, C]. A split text has log p, with p the mean over the
 * probabilities of its parts.
 */
export async function tokenScores(
  folder: Pick<TokenFolder, "tokenizer" | "classes"> & { readonly sizes?: readonly number[] },
  session: Session,
  texts: readonly TextOrPair[],
  {
    long = "truncate",
    average = "softmax",
    signal,
    onCut,
  }: {
    readonly long?: LongTexts;
    /** How the outputs for the parts of a split text are averaged. "sigmoid": log p / (1 − p) of each label. Default "softmax". */
    readonly average?: ViewAverage;
    readonly signal?: AbortSignal;
    readonly onCut?: OnCut;
  } = {},
): Promise<Float32Array> {
  if (long === "truncate")
    return scoresOfItems(
      folder,
      session,
      texts.map((text, i) => ({ sha256: String(i), ...partsOfText(text) })),
      signal,
      onCut,
    );
  const parts = texts.flatMap((text, i) =>
    folder.tokenizer.parts(single(text)).map((ids) => ({ ids, of: i })),
  );
  const items = parts.map(({ ids }, i) => ({ sha256: String(i), ids }));
  const scores = await scoresOfItems(folder, session, items, signal);
  const c = folder.classes.length;
  const counts = new Float64Array(texts.length);
  for (const { of } of parts) counts[of]!++;
  // Each of several heads has a softmax of its own.
  const { sizes = [c] } = folder;
  const probabilitiesOf = (row: Float32Array): number[] =>
    average === "sigmoid"
      ? Array.from(row, sigmoid)
      : rowsOfHeads(row, sizes).flatMap((part) => [...softmax(part)]);
  const mean = new Float64Array(texts.length * c);
  const out = new Float32Array(texts.length * c);
  parts.forEach(({ of }, i) => {
    const partScores = scores.subarray(i * c, (i + 1) * c);
    if (counts[of] === 1) out.set(partScores, of * c);
    else
      for (const [k, p] of (average === "number" ? partScores : probabilitiesOf(partScores)).entries())
        mean[of * c + k]! += p / counts[of]!;
  });
  mean.forEach((p, at) => {
    if (counts[Math.floor(at / c)]! === 1) return;
    if (average === "number") out[at] = p;
    else
      out[at] = Math.log(Math.max(p, tiny)) - (average === "sigmoid" ? Math.log(Math.max(1 - p, tiny)) : 0);
  });
  return out;
}

function single(text: TextOrPair): string {
  if (typeof text === "string") return text;
  throw new EngraftError("OptionError", "pairs of texts are not split into parts", {
    help: "leave --long out: the longer text of a pair is cut first",
  });
}

async function scoresOfItems(
  { tokenizer, classes }: Pick<TokenFolder, "tokenizer" | "classes">,
  session: Session,
  items: Parameters<typeof tokenTable>[0],
  signal?: AbortSignal,
  onCut?: OnCut,
): Promise<Float32Array> {
  const table = tokenTable(items, tokenizer, signal ? { signal } : {});
  onCut?.(table.cut.count, table.cut.at);
  const evaluate = tokenEvaluator({ tokenizer }, session);
  const out = new Float32Array(items.length * classes.length);
  for (const { x, indices } of sizedBatches(items, table, atOnce)) {
    stopIf(signal);
    const scores = await evaluate(x);
    indices.forEach((index, i) => {
      out.set(scores.subarray(i * classes.length, (i + 1) * classes.length), index * classes.length);
    });
  }
  return out;
}
