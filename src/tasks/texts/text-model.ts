import { readTextFolder, type TextFolder } from "../../bases/model-folder/text-folder.js";
import { EngraftError, stopIf } from "../../core/errors.js";
import { float32 } from "../../core/tensor.js";
import { denseRows, openTexts, rowsOf } from "../../data/texts/index.js";
import type { Answer } from "../../inference/answer.js";
import type { Assessment, AssessOptions } from "../../inference/assess.js";
import { classifierOf } from "../../inference/classifier.js";
import { countCut } from "../../inference/cut-texts.js";
import { evaluateModel } from "../../inference/evaluate-model.js";
import type { EvaluateOptions, Evaluation } from "../../inference/evaluation.js";
import {
  type LoadOptions,
  openRows,
  type ScoreOptions,
  type ScoringFolder,
} from "../../inference/model-session.js";
import { modelLabels } from "../../inference/scored-items.js";
import { textListOptions } from "../../options/text-list-options.js";
import type { Platform } from "../../platform/platform.js";
import type { Machine } from "../../run/machine.js";
import { firstOutput } from "../../runtime/first-output.js";
import type { Session } from "../../runtime/runtime.js";
import type { ClassLineOptions } from "../classes/class-lines.js";
import { scorePredictions } from "../classes/score-predictions.js";
import { headFor, openForHead } from "../classes/scored-head.js";
import { type HeadedFolder, headedFolder } from "../several/headed-folder.js";
import type { ListTasksModel } from "../several/tasks-model.js";
import type { PredictionLine } from "../targets/target.js";
import { requireColumns, requireTexts, type TextOrPair } from "./require-texts.js";

/** Model of text classification. */
export interface TextModel {
  readonly task: "text-classification";
  readonly dir: string;
  readonly classes: readonly string[];
  /** True if the model takes pairs of texts: [first, second]. */
  readonly pairs: boolean;
  /** Returns the classes of each text, the most probable first. @throws DataError for an empty text */
  predict(texts: readonly TextOrPair[]): Promise<Answer[][]>;
  /** @deprecated use {@link predict} */
  classify(texts: readonly TextOrPair[]): Promise<Answer[][]>;
  /**
   * Returns the classes of each text with an assessment: a prediction set, and whether the prediction is unsure or unusual.
   * @throws ModelError if the folder has no calibration; DataError as {@link predict}
   */
  assess(texts: readonly TextOrPair[], options?: AssessOptions): Promise<Assessment[]>;
  /** Predicts, and returns the predictions as the command line prints them. @throws as {@link predict} and {@link assess} */
  predictLines(texts: readonly TextOrPair[], how: ClassLineOptions): Promise<PredictionLine[]>;
  close(): Promise<void>;
}

/** Model of texts with several heads, as `trainTasks` writes it. */
export type TextTasksModel = ListTasksModel<TextModel["task"], TextOrPair>;

/** Loads a model of text classification, with one head or with several. @throws ModelError for another folder */
export async function openTextModel(
  machine: Machine,
  dir: string,
  options: LoadOptions,
): Promise<TextModel | TextTasksModel> {
  const folder = await openTextFolder(machine.platform, dir);
  if (folder.tasks === undefined) return firstHead(machine, folder, options);
  const { openTasksModel } = await import("../several/tasks-model.js");
  const pairs = folder.engraft?.pairs === true;
  return openTasksModel(machine, "text-classification", folder, options, (texts) =>
    requireTexts(texts, pairs),
  );
}

/** Loads a model of text classification. A model with several heads predicts with the first. @throws as {@link openTextModel} */
export const loadTextModelOn = async (
  machine: Machine,
  dir: string,
  options: LoadOptions,
): Promise<TextModel> => firstHead(machine, await openTextFolder(machine.platform, dir), options);

async function firstHead(
  machine: Machine,
  folder: ScoringFolder<TextOrPair>,
  options: LoadOptions,
): Promise<TextModel> {
  const { rows, close } = await openRows(machine, folder, options);
  const pairs = folder.engraft?.pairs === true;
  const { predict, assess } = classifierOf(folder, async (texts: readonly TextOrPair[]) => {
    requireTexts(texts, pairs);
    return rows(texts);
  });
  const { classes } = folder;
  return {
    task: "text-classification",
    dir: folder.dir,
    classes,
    pairs,
    predict,
    classify: predict,
    assess,
    predictLines: async (...given) =>
      (await import("../classes/class-lines.js")).linesOfClasses({ predict, assess }, ...given),
    close,
  };
}

/** Scores a model of text classification. @throws as `evaluate` */
export async function evaluateTexts(
  machine: Machine,
  model: string,
  data: string,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const { platform } = machine;
  const { long, signal, onEvent, seed = 0 } = options;
  const folder = await openTextFolder(platform, model);
  const opened = await openForHead(folder, options, (target) =>
    openTexts(platform, data, { seed, emptyParts: true, ...textListOptions({ ...options, target }) }),
  );
  for (const one of opened.warnings) onEvent?.({ event: "warning", ...one });
  requireColumns(opened, folder.engraft?.pairs === true);
  if (opened.classes.length === 0)
    throw new EngraftError("DataError", "the texts have no labels: there is nothing to score against", {
      at: opened.root,
      help: 'add a column "label", or name the column of labels: --target NAME; `engraft predict` answers texts without labels',
    });
  const { scorer, named } = headFor(folder, opened.classes, options.task);
  const labels = modelLabels(opened, scorer, "write the labels as the source did");
  const scored = { ...opened, unit: "texts" } as const;
  const evaluation = await evaluateModel(machine, scorer, scored, options, async (session, items) => {
    const cut = countCut();
    const logits = await scorer.scores(
      session,
      items.map(({ text, pair }) => (pair === undefined ? text : [text, pair])),
      { long, onCut: cut.onCut, signal },
    );
    for (const warning of cut.warnings(items.length)) onEvent?.(warning);
    return {
      task: "text-classification" as const,
      ...scorePredictions(scorer, { items, labels }, logits, onEvent),
    };
  });
  return { ...evaluation, scored: named(evaluation.scored) };
}

/** Opens a model folder of texts. @throws ModelError for another folder, or a damaged one */
export async function openTextFolder(platform: Platform, path: string): Promise<HeadedFolder<TextOrPair>> {
  const { hasTokenizer, readTokenFolder } = await import("../../bases/model-folder/token-folder.js");
  if (await hasTokenizer(platform, path)) {
    const { tokenScores } = await import("./token-scores.js");
    return headedFolder(await readTokenFolder(platform, path), (folder) => ({
      ...folder,
      scores: (session: Session, texts: readonly TextOrPair[], options?: ScoreOptions) =>
        tokenScores(folder, session, texts, options),
    }));
  }
  // Word counts have no maximum length.
  return headedFolder(await readTextFolder(platform, path), (folder) => ({
    ...folder,
    scores: (session: Session, texts: readonly TextOrPair[], how?: ScoreOptions) =>
      textScores(folder, session, texts as readonly string[], how?.signal),
  }));
}

/** Texts per batch of word counts: with 100,000 terms their rows are 25 MB. */
const atOnce = 64;

/** Returns the logits of texts as word counts, float32[n, C]. */
async function textScores(
  { bag, classes }: Pick<TextFolder, "bag" | "classes">,
  session: Session,
  texts: readonly string[],
  signal?: AbortSignal,
): Promise<Float32Array> {
  const rowOf = rowsOf(bag);
  const width = bag.terms.length;
  const out = new Float32Array(texts.length * classes.length);
  for (let first = 0; first < texts.length; first += atOnce) {
    stopIf(signal);
    const rows = texts.slice(first, first + atOnce).map(rowOf);
    const x = float32([rows.length, width], denseRows(rows, width));
    const scores = await firstOutput(session, x);
    out.set(scores, first * classes.length);
  }
  return out;
}
