import { EngraftError } from "../core/errors.js";
import type { AnyResultEvent } from "../core/events/events.js";
import type { ResultOf } from "../core/results/result-of.js";
import type { Task } from "../core/results/task.js";
import type { EvaluateOptions, Evaluation } from "../inference/evaluation.js";
import type { Machine } from "../run/machine.js";
import type { BoxModel } from "./boxes/box-model.js";
import type { Model, TasksModel } from "./classes/image-model.js";
import type { EntityModel } from "./entities/entity-model.js";
import type { LabelModel } from "./labels/label-model.js";
import type { MaskModel } from "./masks/mask-model.js";
import type { Regressor } from "./numbers/regressor.js";
import type { SoundRegressor } from "./numbers/sound-regressor.js";
import type { SoundModel } from "./sounds/sound-model.js";
import type { TableClassifier, TableRegressor } from "./tables/table-model.js";
import type { OpenExplainer, TaskRow, TrainRun } from "./task-row.js";
import type { TextModel } from "./texts/text-model.js";
import type { TranscriptModel } from "./transcripts/transcript-model.js";

/** Form of data: the kind of inputs, and the kind of targets. */
export interface DataForm {
  readonly input: "images" | "texts" | "sounds" | "rows";
  readonly target: "class" | "labels" | "numbers" | "tags" | "boxes" | "masks" | "text";
}

/** Loaded model, by task. A task without a model does not compile. */
export interface ModelByTask {
  readonly "audio-classification": SoundModel;
  readonly "audio-regression": SoundRegressor;
  readonly "automatic-speech-recognition": TranscriptModel;
  /** `TasksModel` has several heads, which `trainTasks` trained together. */
  readonly "image-classification": Model | TasksModel;
  readonly "image-regression": Regressor;
  readonly "image-segmentation": MaskModel;
  readonly "multi-label-classification": LabelModel;
  readonly "object-detection": BoxModel;
  readonly "tabular-classification": TableClassifier;
  readonly "tabular-regression": TableRegressor;
  readonly "text-classification": TextModel;
  readonly "token-classification": EntityModel;
}

/** Row of a built-in task. */
interface ProductRow<T extends Task> extends TaskRow<ResultOf<T>, ModelByTask[T], Evaluation> {
  /** Returns true if data of this form are for the task. */
  readonly recognizes: (form: DataForm) => boolean;
  /** True if the option `long` applies: a text that is too long for the model may be split. */
  readonly splitsTexts: boolean;
}

const explainPictures: OpenExplainer = async (...given) =>
  (await import("./explain/explain-pictures.js")).explainerOfPictures(...given);
const explainTexts: OpenExplainer = async (...given) =>
  (await import("./explain/explain-texts.js")).explainerOfTexts(...given);
const explainRows: OpenExplainer = async (...given) =>
  (await import("./explain/explain-rows.js")).explainerOfRows(...given);
const explainSounds: OpenExplainer = async (...given) =>
  (await import("./explain/explain-sounds.js")).explainerOfSounds(...given);
const explainSpeech: OpenExplainer = async (machine, runtime, model, _task, options) =>
  (await import("./explain/explain-speech.js")).explainerOfSpeech(machine, runtime, model, options);
const explainTags: OpenExplainer = async (machine, runtime, model, _task, options) =>
  (await import("./explain/explain-tags.js")).explainerOfTags(machine, runtime, model, options);
const explainLabels: OpenExplainer = async (machine, runtime, model, ...how) => {
  const { unitOfFolder } = await import("../bases/model-folder/folder-unit.js");
  const explainers = { pictures: explainPictures, texts: explainTexts, clips: explainSounds };
  const unit = await unitOfFolder(machine.platform, model);
  return explainers[unit](machine, runtime, model, ...how);
};

/** Every task of `train`, `resume`, `load` and `evaluate`. Code of a task is loaded when a row is used. */
export const taskTable: { readonly [T in Task]: ProductRow<T> } = {
  "audio-classification": {
    recognizes: ({ input, target }) => input === "sounds" && target === "class",
    train: trainAs("audio-classification", async (machine, run, options) =>
      (await import("./sounds/execute-sounds.js")).executeSounds(machine, run, options),
    ),
    load: async (...folder) => (await import("./sounds/sound-model.js")).openSoundModel(...folder),
    evaluate: onPath(async (...given) => (await import("./sounds/sound-model.js")).evaluateSounds(...given)),
    explain: explainSounds,
    inspect: async (...given) => (await import("./inspect-data.js")).inspectSounds(...given),
    splitsTexts: false,
  },
  "audio-regression": {
    recognizes: ({ input, target }) => input === "sounds" && target === "numbers",
    train: trainAs("audio-regression", async (machine, run, options) =>
      (await import("./numbers/execute-numbers.js")).executeNumbers(machine, run, options, "clips"),
    ),
    load: async (...folder) => (await import("./numbers/sound-regressor.js")).openSoundRegressor(...folder),
    evaluate: onPath(async (...given) =>
      (await import("./numbers/sound-regressor.js")).evaluateSoundRegressor(...given),
    ),
    explain: explainSounds,
    inspect: async (...given) => (await import("./inspect-data.js")).inspectNumbers("clips")(...given),
    splitsTexts: false,
  },
  "automatic-speech-recognition": {
    recognizes: ({ input, target }) => input === "sounds" && target === "text",
    train: trainAs("automatic-speech-recognition", async (machine, run, options) =>
      (await import("./transcripts/execute-transcripts.js")).executeTranscripts(machine, run, options),
    ),
    load: async (...folder) =>
      (await import("./transcripts/transcript-model.js")).openTranscriptModel(...folder),
    evaluate: onPath(async (...given) =>
      (await import("./transcripts/transcript-model.js")).evaluateTranscripts(...given),
    ),
    explain: explainSpeech,
    inspect: async (...given) => (await import("./transcripts/inspect-speech.js")).inspectSpeech(...given),
    splitsTexts: false,
  },
  "image-classification": {
    recognizes: ({ input, target }) => input === "images" && target === "class",
    train: trainAs("image-classification", async (...run) =>
      (await import("./classes/execute-images.js")).executeImages(...run),
    ),
    load: async (...folder) => (await import("./classes/image-model.js")).openImageModel(...folder),
    evaluate: async (...given) => (await import("./classes/evaluate-images.js")).evaluateImages(...given),
    explain: explainPictures,
    inspect: async (...given) => (await import("./inspect-data.js")).inspectImages(...given),
    splitsTexts: false,
  },
  "image-regression": {
    recognizes: ({ input, target }) => input === "images" && target === "numbers",
    train: trainAs("image-regression", async (machine, run, options) =>
      (await import("./numbers/execute-numbers.js")).executeNumbers(machine, run, options, "pictures"),
    ),
    load: async (...folder) => (await import("./numbers/regressor.js")).openRegressor(...folder),
    evaluate: onPath(async (...given) =>
      (await import("./numbers/regressor.js")).evaluateRegressor(...given),
    ),
    explain: explainPictures,
    inspect: async (...given) => (await import("./inspect-data.js")).inspectNumbers("pictures")(...given),
    splitsTexts: false,
  },
  "image-segmentation": {
    recognizes: ({ target }) => target === "masks",
    train: trainAs("image-segmentation", async (machine, run, options) =>
      (await import("./masks/execute-masks.js")).executeMasks(machine, run, options),
    ),
    load: async (...folder) => (await import("./masks/mask-model.js")).openMaskModel(...folder),
    evaluate: onPath(async (...given) => (await import("./masks/evaluate-masks.js")).evaluateMasks(...given)),
    explain: explainPictures,
    inspect: async (...given) => (await import("./masks/inspect-mask-run.js")).inspectMaskRun(...given),
    splitsTexts: false,
  },
  "multi-label-classification": {
    recognizes: ({ target }) => target === "labels",
    train: trainAs("multi-label-classification", async (machine, run, options) =>
      (await import("./labels/execute-labels.js")).executeLabels(machine, run, options),
    ),
    load: async (...folder) => (await import("./labels/label-model.js")).openLabelModel(...folder),
    evaluate: onPath(async (...given) => (await import("./labels/label-model.js")).evaluateLabels(...given)),
    explain: explainLabels,
    inspect: async (...given) => (await import("./inspect-data.js")).inspectLabels(...given),
    splitsTexts: true,
  },
  "object-detection": {
    recognizes: ({ target }) => target === "boxes",
    train: trainAs("object-detection", async (machine, run, options) =>
      (await import("./boxes/execute-boxes.js")).executeBoxes(machine, run, options),
    ),
    load: async (...folder) => (await import("./boxes/box-model.js")).openBoxModel(...folder),
    evaluate: onPath(async (...given) => (await import("./boxes/evaluate-boxes.js")).evaluateBoxes(...given)),
    explain: explainPictures,
    inspect: async (...given) => (await import("./boxes/inspect-box-run.js")).inspectBoxRun(...given),
    splitsTexts: false,
  },
  "tabular-classification": {
    recognizes: ({ input, target }) => input === "rows" && target === "class",
    train: trainAs("tabular-classification", async (machine, run, options) =>
      (await import("./tables/execute-table.js")).executeTable(
        machine,
        run,
        options,
        "tabular-classification",
      ),
    ),
    load: async (...folder) => (await import("./tables/table-model.js")).openTableClassifier(...folder),
    evaluate: onPath(async (...given) => (await import("./tables/table-model.js")).evaluateTable(...given)),
    explain: explainRows,
    inspect: async (...given) =>
      (await import("./inspect-data.js")).inspectTable("tabular-classification")(...given),
    splitsTexts: false,
  },
  "tabular-regression": {
    recognizes: ({ input, target }) => input === "rows" && target === "numbers",
    train: trainAs("tabular-regression", async (machine, run, options) =>
      (await import("./tables/execute-table.js")).executeTable(machine, run, options, "tabular-regression"),
    ),
    load: async (...folder) => (await import("./tables/table-model.js")).openTableRegressor(...folder),
    evaluate: onPath(async (...given) => (await import("./tables/table-model.js")).evaluateTable(...given)),
    explain: explainRows,
    inspect: async (...given) =>
      (await import("./inspect-data.js")).inspectTable("tabular-regression")(...given),
    splitsTexts: false,
  },
  "text-classification": {
    recognizes: ({ input, target }) => input === "texts" && target === "class",
    train: trainAs("text-classification", async (machine, run, options) =>
      (await import("./texts/execute-texts.js")).executeTexts(machine, run, options),
    ),
    load: async (...folder) => (await import("./texts/text-model.js")).openTextModel(...folder),
    evaluate: onPath(async (...given) => (await import("./texts/text-model.js")).evaluateTexts(...given)),
    explain: explainTexts,
    inspect: async (...given) => (await import("./inspect-data.js")).inspectTexts(...given),
    splitsTexts: true,
  },
  "token-classification": {
    recognizes: ({ target }) => target === "tags",
    train: trainAs("token-classification", async (machine, run, options) =>
      (await import("./entities/execute-entities.js")).executeEntities(machine, run, options),
    ),
    load: async (...folder) => (await import("./entities/entity-model.js")).openEntityModel(...folder),
    evaluate: onPath(async (...given) =>
      (await import("./entities/evaluate-entities.js")).evaluateEntities(...given),
    ),
    explain: explainTags,
    inspect: async (...given) => (await import("./inspect-data.js")).inspectEntities(...given),
    splitsTexts: false,
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

/** Narrows data to a path. @throws DataError for an opened dataset */
function onPath(
  evaluate: (machine: Machine, dir: string, data: string, options: EvaluateOptions) => Promise<Evaluation>,
): ProductRow<Task>["evaluate"] {
  return async (machine, dir, data, options) => {
    if (typeof data === "string") return evaluate(machine, dir, data, options);
    throw new EngraftError(
      "DataError",
      "the model does not predict classes of images, which the opened dataset has",
      {
        at: dir,
        help: "give the path of the data",
      },
    );
  };
}
