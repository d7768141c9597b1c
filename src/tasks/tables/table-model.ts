import { pictureColumns, readTableFolder, type TableFolder } from "../../bases/model-folder/table-folder.js";
import { EngraftError } from "../../core/errors.js";
import { isTaskWith, type TaskWith } from "../../core/results/task.js";
import { float32 } from "../../core/tensor.js";
import { isEncoded } from "../../data/tables/choose-inputs.js";
import { encodedWidth, encodeRows } from "../../data/tables/table-encoding.js";
import type { Answer } from "../../inference/answer.js";
import type { Assessment, AssessOptions } from "../../inference/assess.js";
import { classifierOf } from "../../inference/classifier.js";
import { evaluateModel } from "../../inference/evaluate-model.js";
import type { EvaluateOptions, Evaluation } from "../../inference/evaluation.js";
import { type LoadOptions, openRows, type ScoringFolder } from "../../inference/model-session.js";
import { modelLabels } from "../../inference/scored-items.js";
import type { Platform } from "../../platform/platform.js";
import type { Machine } from "../../run/machine.js";
import { firstOutput } from "../../runtime/first-output.js";
import type { Evaluator } from "../../train/fit.js";
import { type ClassLineOptions, linesOfClasses } from "../classes/class-lines.js";
import { scorePredictions } from "../classes/score-predictions.js";
import {
  type Estimate,
  estimatesOf,
  estimateWords,
  regressionOf,
  scoreEstimates,
} from "../numbers/estimates.js";
import type { PredictionLine } from "../targets/target.js";
import { scoredAtOnce } from "./row-inputs.js";
import { openRowsFor } from "./rows-for-model.js";
import { cellsOfRows, type TableRow, warnOfGaps } from "./table-rows.js";

type ClassesOfRows = TaskWith<{ readonly sample: "row"; readonly head: "classes" }>;
type NumbersOfRows = TaskWith<{ readonly sample: "row"; readonly head: "numbers" }>;

/** Fields that all models of tables have. */
interface TableModelFields {
  readonly dir: string;
  /** Names of the columns that the model reads. */
  readonly columns: readonly string[];
  /** Columns of paths of pictures, relative to the working folder. Missing: there are none. */
  readonly pictures?: readonly string[];
  /** Columns of pictures and texts that no training row lacked. Missing: there are none. */
  readonly complete?: readonly string[];
  /** Names of the classes, or of the numbers. */
  readonly outputs: readonly string[];
  close(): Promise<void>;
}

/** Model of tabular classification. */
export interface TableClassifier<T extends ClassesOfRows = "tabular-classification">
  extends TableModelFields {
  readonly task: T;
  /** Returns the classes of each row, the most probable first. @throws DataError for wrong rows */
  predict(rows: readonly TableRow[]): Promise<Answer[][]>;
  /**
   * Returns the classes of each row with an assessment: a prediction set, and whether the prediction is unsure or unusual.
   * @throws ModelError for a folder without a calibration; DataError as {@link predict}
   */
  assess(rows: readonly TableRow[], options?: AssessOptions): Promise<Assessment[]>;
  /** Predicts, and returns the predictions as the command line prints them. @throws as {@link predict} and {@link assess} */
  predictLines(rows: readonly TableRow[], how: ClassLineOptions): Promise<PredictionLine[]>;
}

/** Model of tabular regression. */
export interface TableRegressor<T extends NumbersOfRows = "tabular-regression"> extends TableModelFields {
  readonly task: T;
  /** Returns the numbers of each row. @throws DataError for wrong rows */
  predict(rows: readonly TableRow[]): Promise<Estimate[][]>;
  /** Predicts, and returns the predictions as the command line prints them. @throws as {@link predict} */
  predictLines(rows: readonly TableRow[]): Promise<PredictionLine[]>;
}

/** Opened model folder of a table. It scores rows of cells in the order of the model's columns. */
type OpenedTable = TableFolder & ScoringFolder<readonly string[]>;

/** Opens a model folder of a table. @throws ModelError for another folder */
async function openTable(platform: Platform, dir: string): Promise<OpenedTable> {
  const folder = await readTableFolder(platform, dir);
  const { encoding, columns } = folder.table;
  if (!columns.every(isEncoded)) {
    // Loaded on demand: few tables have pictures or texts.
    const { openSeveralScores } = await import("../multimodal/several-scores.js");
    return { ...folder, ...(await openSeveralScores(platform, folder)) };
  }
  const names = columns.map(({ name }) => name);
  return {
    ...folder,
    scores: (session, cells) =>
      predictRows(
        (x) => firstOutput(session, x),
        encodeRows(encoding, names, cells),
        encodedWidth(encoding),
        folder.classes.length,
      ),
  };
}

/** Loads a model of a table. `rows` returns the logits of rows that have the columns of the training table. */
async function loadTable(machine: Machine, dir: string, options: LoadOptions) {
  const folder = await openTable(machine.platform, dir);
  const { rows, close } = await openRows(machine, folder, options);
  const columns = folder.table.columns.map(({ name }) => name);
  const pictures = pictureColumns(folder.table);
  return {
    folder,
    rows: (given: readonly TableRow[]) => rows(cellsOfRows(given, folder)),
    handle: {
      dir: folder.dir,
      columns,
      ...(pictures.length > 0 && { pictures }),
      ...(folder.table.complete && { complete: folder.table.complete }),
      outputs: folder.classes,
      close,
    },
  };
}

/** Loads a model of tabular classification. @throws ModelError for another folder */
export async function openTableClassifier<T extends ClassesOfRows>(
  task: T,
  machine: Machine,
  dir: string,
  options: LoadOptions,
): Promise<TableClassifier<T>> {
  const { folder, rows, handle } = await loadTable(machine, dir, options);
  const classifier = classifierOf(folder, rows);
  return {
    task,
    ...handle,
    ...classifier,
    predictLines: (...given) => linesOfClasses(classifier, ...given),
  };
}

/** Loads a model of tabular regression. @throws ModelError for another folder */
export async function openTableRegressor<T extends NumbersOfRows>(
  task: T,
  machine: Machine,
  dir: string,
  options: LoadOptions,
): Promise<TableRegressor<T>> {
  const { folder, rows, handle } = await loadTable(machine, dir, options);
  const { bands } = regressionOf(folder);
  const predict = async (given: readonly TableRow[]) =>
    (await rows(given)).map((row) => estimatesOf(row, folder.classes, bands));
  return {
    task,
    ...handle,
    predict,
    predictLines: async (given) =>
      (await predict(given)).map((values) => ({ event: { values }, words: values.flatMap(estimateWords) })),
  };
}

/** Scores a model of a table. @throws as `evaluate` */
export async function evaluateTable(
  machine: Machine,
  model: string,
  data: string,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const folder = await openTable(machine.platform, model);
  const opened = { ...(await openRowsFor(machine.platform, folder, data, options)), unit: "rows" } as const;
  const { columns, complete = [] } = folder.table;
  const placeOf = (column: string): number => columns.findIndex(({ name }) => name === column);
  warnOfGaps(data, opened.items, complete, ({ cells }, name) => cells[placeOf(name)], options.onEvent);
  const { task } = folder.engraft;
  if (isTaskWith(task, { sample: "row", head: "numbers" }))
    return evaluateModel(machine, folder, opened, options, async (session, items) => ({
      task,
      test: scoreEstimates(
        folder,
        items,
        await folder.scores(
          session,
          items.map(({ cells }) => cells),
        ),
      ),
    }));
  if (!isTaskWith(task, { sample: "row", head: "classes" }))
    throw new EngraftError("ModelError", `a model of ${task} does not predict for rows`, { at: folder.dir });
  const labels = modelLabels(opened, folder, `write "${folder.table.targets[0]}" as the training table did`);
  return evaluateModel(machine, folder, opened, options, async (session, items) => {
    const logits = await folder.scores(
      session,
      items.map(({ cells }) => cells),
    );
    return {
      task,
      ...scorePredictions(folder, { items, labels }, logits, options.onEvent),
    };
  });
}

/** Returns the outputs of a model for encoded rows, float32[n, outputs]. @param x float32[n, width] */
async function predictRows(
  evaluate: Evaluator,
  x: Float32Array,
  width: number,
  outputs: number,
): Promise<Float32Array> {
  const n = x.length / width;
  const out = new Float32Array(n * outputs);
  for (let first = 0; first < n; first += scoredAtOnce) {
    const last = Math.min(n, first + scoredAtOnce);
    const data = x.slice(first * width, last * width);
    out.set(await evaluate(float32([last - first, width], data)), first * outputs);
  }
  return out;
}
