import { EngraftError } from "../core/errors.js";
import type { AnyResultEvent } from "../core/events/events.js";
import type { ResultOf } from "../core/results/result-of.js";
import type { Task } from "../core/results/task.js";
import type { Dataset } from "../data/index.js";
import type { LongTexts } from "../inference/evaluation.js";
import type { TrainOptions } from "../options/options.js";
import type { RunFolder } from "../run/folder/run-folder.js";
import type { Machine } from "../run/machine.js";
import type { Model, TasksModel } from "./classes/image-model.js";
import type { EntityModel } from "./entities/entity-model.js";
import type { LabelModel } from "./labels/label-model.js";
import type { Regressor, TableClassifier, TableRegressor } from "./tables/table-model.js";
import type { OnCut } from "./texts/cut-texts.js";
import type { TextModel } from "./texts/text-model.js";

/** Form of data: the kind of inputs, and the kind of targets. */
export interface DataForm {
  readonly input: "images" | "texts" | "rows";
  readonly target: "class" | "labels" | "numbers" | "tags";
}

/** Loaded model, by task. A task without a model does not compile. */
export interface ModelByTask {
  /** Several heads were trained together by `trainTasks`. */
  readonly "image-classification": Model | TasksModel;
  readonly "image-regression": Regressor;
  readonly "multi-label-classification": LabelModel;
  readonly "tabular-classification": TableClassifier;
  readonly "tabular-regression": TableRegressor;
  readonly "text-classification": TextModel;
  readonly "token-classification": EntityModel;
}

export interface LoadOptions {
  /** Threads of the runtime. Default: all cores. */
  readonly threads?: number;
  /**
   * Texts with more tokens than the model takes. "truncate" drops the end of the text; "split" averages the
   * probabilities of its parts. Default "truncate".
   */
  readonly long?: LongTexts;
  /** Called after each `predict` with how many texts were cut, and at how many tokens. */
  readonly onCut?: OnCut;
}

/** Trains a run from its last checkpoint, or from the first step. A new run and a resumed run both call it. */
export type TrainRun<Result> = (
  machine: Machine,
  run: RunFolder,
  options: TrainOptions,
  dataset?: Dataset,
) => Promise<Result>;

/** What the library and the command line need to know of a task. */
export interface TaskRow<T extends Task> {
  /** Returns true if data of this form are for the task. */
  readonly recognizes: (form: DataForm) => boolean;
  /** Trains a run of the task. */
  readonly train: TrainRun<ResultOf<T>>;
  /** Opens a model folder of the task. */
  readonly load: (machine: Machine, dir: string, options: LoadOptions) => Promise<ModelByTask[T]>;
  /** True if the model reads texts, so that the option `long` applies. */
  readonly readsTexts: boolean;
}

/** Every task of `train`, `load` and `resume`. Code of a task is loaded when a row is used. */
export const taskTable: { readonly [T in Task]: TaskRow<T> } = {
  "image-classification": {
    recognizes: ({ input, target }) => input === "images" && target === "class",
    train: trainAs("image-classification", async (...run) =>
      (await import("./classes/execute-images.js")).executeImages(...run),
    ),
    load: async (...folder) => (await import("./classes/image-model.js")).openImageModel(...folder),
    readsTexts: false,
  },
  "image-regression": {
    recognizes: ({ input, target }) => input === "images" && target === "numbers",
    train: trainAs("image-regression", async (machine, run, options) =>
      (await import("./execute-task.js")).executeTask(machine, run, options),
    ),
    load: async (...folder) => (await import("./tables/table-model.js")).openRegressor(...folder),
    readsTexts: false,
  },
  "multi-label-classification": {
    recognizes: ({ target }) => target === "labels",
    train: trainAs("multi-label-classification", async (machine, run, options) =>
      (await import("./labels/execute-labels.js")).executeLabels(machine, run, options),
    ),
    load: async (...folder) => (await import("./labels/label-model.js")).openLabelModel(...folder),
    readsTexts: true,
  },
  "tabular-classification": {
    recognizes: ({ input, target }) => input === "rows" && target === "class",
    train: trainAs("tabular-classification", async (machine, run, options) =>
      (await import("./execute-task.js")).executeTask(machine, run, options),
    ),
    load: async (...folder) => (await import("./tables/table-model.js")).openTableClassifier(...folder),
    readsTexts: false,
  },
  "tabular-regression": {
    recognizes: ({ input, target }) => input === "rows" && target === "numbers",
    train: trainAs("tabular-regression", async (machine, run, options) =>
      (await import("./execute-task.js")).executeTask(machine, run, options),
    ),
    load: async (...folder) => (await import("./tables/table-model.js")).openTableRegressor(...folder),
    readsTexts: false,
  },
  "text-classification": {
    recognizes: ({ input, target }) => input === "texts" && target === "class",
    train: trainAs("text-classification", async (machine, run, options) =>
      (await import("./texts/execute-texts.js")).executeTexts(machine, run, options),
    ),
    load: async (...folder) => (await import("./texts/text-model.js")).openTextModel(...folder),
    readsTexts: true,
  },
  "token-classification": {
    recognizes: ({ target }) => target === "tags",
    train: trainAs("token-classification", async (machine, run, options) =>
      (await import("./entities/execute-entities.js")).executeEntities(machine, run, options),
    ),
    load: async (...folder) => (await import("./entities/entity-model.js")).openEntityModel(...folder),
    readsTexts: true,
  },
};

/** Narrows the result of code that trains several tasks. @throws InternalError for the result of another task */
function trainAs<T extends Task>(task: T, train: TrainRun<AnyResultEvent>): TrainRun<ResultOf<T>> {
  return async (...run) => {
    const result = await train(...run);
    if (result.task === task) return result as ResultOf<T>;
    throw new EngraftError("InternalError", `a run of ${task} ended with a result of ${result.task}`);
  };
}
