import { readTextFolder, type TextFolder } from "../../bases/model-folder/text-folder.js";
import { stopIf } from "../../core/errors.js";
import { float32 } from "../../core/tensor.js";
import { denseRows, rowsOf } from "../../data/texts/index.js";
import type { Answer } from "../../inference/answer.js";
import type { Assessment, AssessOptions } from "../../inference/assess.js";
import type { LongTexts } from "../../inference/evaluation.js";
import { softmax } from "../../linalg/softmax.js";
import type { Platform } from "../../platform/platform.js";
import type { Machine } from "../../run/machine.js";
import { openSession } from "../../runtime/open.js";
import type { Session } from "../../runtime/runtime.js";
import { requireTexts, type TextOrPair } from "./asked-texts.js";
import type { OnCut } from "./cut-texts.js";

/** Model of text classification. */
export interface TextModel {
  readonly task: "text-classification";
  readonly dir: string;
  readonly classes: readonly string[];
  /** Whether it answers pairs of texts: [first, second]. */
  readonly pairs: boolean;
  /** Returns the classes of each text, the most probable first. @throws DataError for an empty text */
  predict(texts: readonly TextOrPair[]): Promise<Answer[][]>;
  /** @deprecated use {@link predict} */
  classify(texts: readonly TextOrPair[]): Promise<Answer[][]>;
  /**
   * The same with what the answers can be trusted with, as `assess` of a model of pictures has it.
   * @throws ModelError when the folder does not say what its probabilities are good for; DataError as {@link predict}
   */
  assess(texts: readonly TextOrPair[], options?: AssessOptions): Promise<Assessment[]>;
  close(): Promise<void>;
}

/** Opens a model folder of text classification, as `train` and `adapt` write it. @throws ModelError for another folder */
export async function openTextModel(
  { platform, openRuntime }: Machine,
  dir: string,
  options: { readonly threads?: number; readonly long?: LongTexts; readonly onCut?: OnCut },
): Promise<TextModel> {
  const folder = await openTextFolder(platform, dir);
  const { classes } = folder;
  const runtime = await openRuntime(options.threads ?? platform.cores());
  const session = await openSession(runtime, folder.graph, { label: `model "${folder.dir}"` }).catch(
    async (error: unknown) => {
      await runtime.close();
      throw error;
    },
  );
  const pairs = folder.engraft?.pairs === true;
  const rowsFor = async (texts: readonly TextOrPair[]): Promise<Float32Array[]> => {
    requireTexts(texts, pairs);
    const { long, onCut } = options;
    const scores = await folder.scores(session, texts, { ...(long && { long }), ...(onCut && { onCut }) });
    return texts.map((_, i) => scores.subarray(i * classes.length, (i + 1) * classes.length));
  };
  const predict = async (texts: readonly TextOrPair[]): Promise<Answer[][]> =>
    (await rowsFor(texts)).map((row) => {
      const shares = softmax(row);
      return classes.map((label, k) => ({ label, score: shares[k]! })).sort((a, b) => b.score - a.score);
    });
  return {
    task: "text-classification",
    dir: folder.dir,
    classes,
    pairs,
    predict,
    classify: predict,
    async assess(texts, options) {
      const { assess } = await import("../../inference/assess.js");
      const model = { dir: folder.dir, classes, trust: folder.engraft?.trust };
      return (await rowsFor(texts)).map((row) => assess(model, row, options));
    },
    close: () => runtime.close(),
  };
}

/** A model folder of texts, whichever way they become numbers. */
export interface OpenedTexts extends Pick<TextFolder, "dir" | "graph" | "classes" | "engraft"> {
  /** Raw scores of texts, float32[n, C]. */
  scores(
    session: Session,
    texts: readonly TextOrPair[],
    options?: { readonly long?: LongTexts; readonly signal?: AbortSignal; readonly onCut?: OnCut },
  ): Promise<Float32Array>;
}

/** @throws ModelError when it is no model of texts, or damaged */
export async function openTextFolder(platform: Platform, path: string): Promise<OpenedTexts> {
  const { hasTokenizer, readTokenFolder } = await import("../../bases/model-folder/token-folder.js");
  if (await hasTokenizer(platform, path)) {
    const folder = await readTokenFolder(platform, path);
    const { tokenScores } = await import("./token-scores.js");
    return { ...folder, scores: (session, texts, options) => tokenScores(folder, session, texts, options) };
  }
  const folder = await readTextFolder(platform, path);
  // Words are counted however many there are.
  return {
    ...folder,
    scores: (session, texts, how) => textScores(folder, session, texts as readonly string[], how?.signal),
  };
}

/** Texts that are counted and answered at once: with 100,000 terms their rows are 25 MB. */
const atOnce = 64;

/** Raw scores of texts as word counts, float32[n, C]. */
async function textScores(
  { bag, classes }: Pick<TextFolder, "bag" | "classes">,
  session: Session,
  texts: readonly string[],
  signal?: AbortSignal,
): Promise<Float32Array> {
  const rowOf = rowsOf(bag);
  const input = session.inputs[0]!.name;
  const width = bag.terms.length;
  const out = new Float32Array(texts.length * classes.length);
  for (let first = 0; first < texts.length; first += atOnce) {
    stopIf(signal);
    const rows = texts.slice(first, first + atOnce).map(rowOf);
    const x = float32([rows.length, width], denseRows(rows, width));
    const scores = Object.values(await session.run({ [input]: x }))[0]!.data as Float32Array;
    out.set(scores, first * classes.length);
  }
  return out;
}
