import { EngraftError } from "../core/errors.js";
import { classificationOf, hasTask, type Task, type TaskWith, taskWith } from "../core/results/task.js";
import type { Answer } from "../inference/answer.js";
import type { Assessment, AssessOptions } from "../inference/assess.js";
import type { LoadOptions } from "../inference/model-session.js";
import { requireTask } from "../inference/open-folder.js";
import { openMachine } from "../run/machine.js";
import { loadModelOn, type Model } from "../tasks/classes/image-model.js";
import type { EntityModel } from "../tasks/entities/entity-model.js";
import type { LabelModel } from "../tasks/labels/label-model.js";
import type { Estimate } from "../tasks/numbers/estimates.js";
import type { Regressor } from "../tasks/numbers/number-model.js";
import type { TableRow } from "../tasks/tables/table-rows.js";
import { type ModelByTask, taskTable } from "../tasks/task-table.js";
import { loadTextModelOn, type TextModel } from "../tasks/texts/text-model.js";
import { load } from "./load.js";

type Threads = Pick<LoadOptions, "threads" | "device">;

/**
 * Loads a model of image classification. A model with several heads predicts with the first.
 * @deprecated use `load(folder)`
 */
export async function loadModel(folder: string, options: Threads = {}): Promise<Model> {
  return loadModelOn(await openMachine(), folder, options);
}

/**
 * Loads a model of text classification. A model with several heads predicts with the first.
 * @deprecated use `load(folder)`
 */
export async function loadTextModel(folder: string, options: LoadOptions = {}): Promise<TextModel> {
  const machine = await openMachine();
  await requireTask(machine.platform, folder, classificationOf.text);
  return loadTextModelOn(machine, folder, options);
}

/** Loads a model of token classification. @deprecated use `load(folder)` */
export const loadEntityModel = (folder: string, options: Threads = {}): Promise<EntityModel> =>
  loadTask(taskWith({ head: "tags" }), folder, options);

/** Loads a model of multi-label classification. @deprecated use `load(folder)` */
export const loadLabelModel = (folder: string, options: LoadOptions = {}): Promise<LabelModel> =>
  loadTask(taskWith({ head: "labels" }), folder, options);

/** Loads a model of image regression. @deprecated use `load(folder)` */
export const loadRegressor = (folder: string, options: Threads = {}): Promise<Regressor> =>
  loadTask(taskWith({ input: "image", head: "numbers" }), folder, options);

/** Model of a table, whatever it predicts. @deprecated use `TableClassifier` and `TableRegressor` */
export interface TableModel {
  readonly task: TaskWith<{ readonly sample: "row" }>;
  readonly dir: string;
  /** Columns that the model reads. */
  readonly columns: readonly string[];
  /** Classes, or the names of the numbers. */
  readonly outputs: readonly string[];
  /** @throws ModelError for a model of numbers, DataError for wrong rows */
  classify(rows: readonly TableRow[]): Promise<Answer[][]>;
  /** @throws as {@link classify} */
  assess(rows: readonly TableRow[], options?: AssessOptions): Promise<Assessment[]>;
  /** @throws ModelError for a model of classes, DataError for wrong rows */
  estimate(rows: readonly TableRow[]): Promise<Estimate[][]>;
  close(): Promise<void>;
}

/** Loads a model of a table. @deprecated use `load(folder)` */
export async function loadTableModel(folder: string, options: Threads = {}): Promise<TableModel> {
  const model = await load(folder, options);
  const refuse = (wanted: string) => async (): Promise<never> => {
    throw new EngraftError("ModelError", `a model of ${model.task} does not predict ${wanted}`, {
      at: folder,
      help: "open it with load(folder), and call its predict",
    });
  };
  if (hasTask(model, { sample: "row", head: "classes" }))
    return { ...model, classify: model.predict, estimate: refuse("numbers") };
  if (hasTask(model, { sample: "row", head: "numbers" }))
    return { ...model, estimate: model.predict, classify: refuse("classes"), assess: refuse("classes") };
  await model.close();
  return refuse("rows of a table")();
}

async function loadTask<T extends Task>(
  task: T,
  folder: string,
  options: LoadOptions,
): Promise<ModelByTask[T]> {
  const machine = await openMachine();
  await requireTask(machine.platform, folder, task);
  return taskTable[task].load(machine, folder, options);
}
