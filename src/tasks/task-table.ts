import { EngraftError } from "../core/errors.js";
import type { AnyResultEvent } from "../core/events/events.js";
import type { BaseModality, Modality } from "../core/modalities.js";
import type { ResultOf } from "../core/results/result-of.js";
import { factsOf, type Head, type Task } from "../core/results/task.js";
import type { Dataset } from "../data/index.js";
import type { Source } from "../data/source.js";
import type { EvaluateOptions, Evaluation } from "../inference/evaluation.js";
import type { Machine } from "../run/machine.js";
import type { RunResult } from "../run/trainable-task.js";
import type { BoxModel } from "./boxes/box-model.js";
import type { Model, TasksModel } from "./classes/image-model.js";
import type { OpenedInputs } from "./composed/composed-run.js";
import type { EntityModel } from "./entities/entity-model.js";
import type { GenerationModel } from "./generation/generation-model.js";
import type { Input } from "./inputs/input.js";
import { inputs } from "./inputs/inputs.js";
import type { LabelModel } from "./labels/label-model.js";
import type { MaskModel } from "./masks/mask-model.js";
import type { Regressor, SoundRegressor, TextRegressor } from "./numbers/number-model.js";
import type { SoundModel, SoundTasksModel } from "./sounds/sound-model.js";
import type { TableClassifier, TableRegressor } from "./tables/table-model.js";
import type { ComposedData, Labelled, Target } from "./targets/target.js";
import { targets } from "./targets/targets.js";
import type { OpenExplainer, TaskRow, TrainRun } from "./task-row.js";
import type { OpenedData, OpenedWith, TaskRun } from "./task-run.js";
import type { TextModel, TextTasksModel } from "./texts/text-model.js";
import type { TranscriptModel } from "./transcripts/transcript-model.js";

/** Loaded model, by task. A task without a model does not compile. `trainTasks` trained the heads of a `TasksModel` together. */
export interface ModelByTask {
  readonly "audio-classification": SoundModel | SoundTasksModel;
  readonly "audio-regression": SoundRegressor;
  readonly "automatic-speech-recognition": TranscriptModel;
  readonly "image-classification": Model | TasksModel;
  readonly "image-regression": Regressor;
  readonly "image-segmentation": MaskModel;
  readonly "multi-label-classification": LabelModel;
  readonly "multimodal-classification": TableClassifier<"multimodal-classification">;
  readonly "multimodal-regression": TableRegressor<"multimodal-regression">;
  readonly "object-detection": BoxModel;
  readonly "tabular-classification": TableClassifier;
  readonly "tabular-regression": TableRegressor;
  readonly "text-classification": TextModel | TextTasksModel;
  readonly "text-generation": GenerationModel;
  readonly "text-regression": TextRegressor;
  readonly "token-classification": EntityModel;
}

/** Row of a built-in task. */
interface ProductRow<T extends Task> extends TaskRow<ResultOf<T>, ModelByTask[T], Evaluation> {
  /** Opens the runs of the task, for a command that opens data and base without training. */
  readonly taskRun: () => Promise<TaskRun<OpenedData, OpenedWith, AnyResultEvent>>;
  /** True if the option `long` applies: a text that is too long for the model may be split. Default false. */
  readonly splitsTexts?: boolean;
}

/** Explainers by the kind of predictions, and by the modality of the inputs. */
const explainers: Readonly<Partial<Record<Head | Modality | "either", OpenExplainer>>> = {
  tags: async (machine, runtime, model, _task, options) =>
    (await import("./explain/explain-tags.js")).explainerOfTags(machine, runtime, model, options),
  sequence: async (machine, runtime, model, _task, options) =>
    (await import("./explain/explain-writing.js")).explainerOfWriting(machine, runtime, model, options),
  transcript: async (machine, runtime, model, _task, options) =>
    (await import("./explain/explain-speech.js")).explainerOfSpeech(machine, runtime, model, options),
  text: async (...given) => (await import("./explain/explain-texts.js")).explainerOfTexts(...given),
  image: async (...given) => (await import("./explain/explain-pictures.js")).explainerOfPictures(...given),
  audio: async (...given) => (await import("./explain/explain-sounds.js")).explainerOfSounds(...given),
  table: async (...given) => (await import("./explain/explain-rows.js")).explainerOfRows(...given),
  several: async (...given) => (await import("./multimodal/explain-inputs.js")).explainerOfInputs(...given),
  async either(machine, runtime, model, ...how) {
    const { modalityOfFolder } = await import("../bases/model-folder/modality-of-folder.js");
    const modality = await modalityOfFolder(machine.platform, model);
    return explainers[modality]!(machine, runtime, model, ...how);
  },
};

/** Every task of `train`, `resume`, `load` and `evaluate`. Code of a task is loaded when a row is used. */
export const taskTable: { readonly [T in Task]: ProductRow<T> } = {
  "audio-classification": {
    ...derived("audio-classification", async () => (await import("./sounds/sound-run.js")).soundRun),
    load: async (...folder) => (await import("./sounds/sound-model.js")).openSoundModel(...folder),
    evaluate: onPath(async (...given) => (await import("./sounds/sound-model.js")).evaluateSounds(...given)),
  },
  "audio-regression": {
    ...composedRow("audio-regression", ["audio"], targets.numbers),
    load: async (...folder) =>
      (await loader())("audio-regression", await inputs.audio(), await targets.numbers(), ...folder),
  },
  "automatic-speech-recognition": {
    ...derived(
      "automatic-speech-recognition",
      async () => (await import("./transcripts/transcripts-run.js")).transcriptsRun,
    ),
    load: async (...folder) =>
      (await import("./transcripts/transcript-model.js")).openTranscriptModel(...folder),
    evaluate: onPath(async (...given) =>
      (await import("./transcripts/transcript-model.js")).evaluateTranscripts(...given),
    ),
  },
  "image-classification": {
    ...derived("image-classification", async (given) =>
      (await import("./classes/image-run.js")).imageRun(given),
    ),
    load: async (...folder) => (await import("./classes/image-model.js")).openImageModel(...folder),
    evaluate: async (...given) => (await import("./classes/evaluate-images.js")).evaluateImages(...given),
  },
  "image-regression": {
    ...composedRow("image-regression", ["image"], targets.numbers),
    load: async (...folder) => {
      const { eachImage } = await import("../inference/image-input.js");
      const model = await (await loader())(
        "image-regression",
        await inputs.image(),
        await targets.numbers(),
        ...folder,
      );
      return { ...model, predict: eachImage(async (one, how) => (await model.predict([one], how))[0]!) };
    },
  },
  "image-segmentation": {
    ...derived("image-segmentation", async () => (await import("./masks/masks-run.js")).masksRun),
    load: async (...folder) => (await import("./masks/mask-model.js")).openMaskModel(...folder),
    evaluate: onPath(async (...given) => (await import("./masks/mask-model.js")).evaluateMasks(...given)),
  },
  "multi-label-classification": {
    ...composedRow("multi-label-classification", ["audio", "image", "text"], targets.labels),
    load: async (...folder) =>
      (await loader())(
        "multi-label-classification",
        await inputOfFolder(...folder),
        await targets.labels(),
        ...folder,
      ),
  },
  "multimodal-classification": {
    ...derived("multimodal-classification", async () =>
      (await import("./multimodal/several-run.js")).severalRun("multimodal-classification"),
    ),
    load: async (...folder) =>
      (await import("./tables/table-model.js")).openTableClassifier("multimodal-classification", ...folder),
    evaluate: onPath(async (...given) => (await import("./tables/table-model.js")).evaluateTable(...given)),
  },
  "multimodal-regression": {
    ...derived("multimodal-regression", async () =>
      (await import("./multimodal/several-run.js")).severalRun("multimodal-regression"),
    ),
    load: async (...folder) =>
      (await import("./tables/table-model.js")).openTableRegressor("multimodal-regression", ...folder),
    evaluate: onPath(async (...given) => (await import("./tables/table-model.js")).evaluateTable(...given)),
  },
  "object-detection": {
    ...derived("object-detection", async () => (await import("./boxes/boxes-run.js")).boxesRun),
    load: async (...folder) => (await import("./boxes/box-model.js")).openBoxModel(...folder),
    evaluate: onPath(async (...given) => (await import("./boxes/box-model.js")).evaluateBoxes(...given)),
  },
  "tabular-classification": {
    ...derived("tabular-classification", async () =>
      (await import("./tables/table-run.js")).tableRun("tabular-classification"),
    ),
    load: async (...folder) =>
      (await import("./tables/table-model.js")).openTableClassifier("tabular-classification", ...folder),
    evaluate: onPath(async (...given) => (await import("./tables/table-model.js")).evaluateTable(...given)),
  },
  "tabular-regression": {
    ...derived("tabular-regression", async () =>
      (await import("./tables/table-run.js")).tableRun("tabular-regression"),
    ),
    load: async (...folder) =>
      (await import("./tables/table-model.js")).openTableRegressor("tabular-regression", ...folder),
    evaluate: onPath(async (...given) => (await import("./tables/table-model.js")).evaluateTable(...given)),
  },
  "text-classification": {
    ...derived("text-classification", async () => (await import("./texts/text-run.js")).textRun),
    load: async (...folder) => (await import("./texts/text-model.js")).openTextModel(...folder),
    evaluate: onPath(async (...given) => (await import("./texts/text-model.js")).evaluateTexts(...given)),
    splitsTexts: true,
  },
  "text-generation": {
    ...derived("text-generation", async () => (await import("./generation/generation-run.js")).generationRun),
    load: async (...folder) =>
      (await import("./generation/generation-model.js")).openGenerationModel(...folder),
    evaluate: onPath(async (...given) =>
      (await import("./generation/generation-model.js")).evaluateGeneration(...given),
    ),
  },
  "text-regression": {
    ...composedRow("text-regression", ["text"], targets.numbers),
    load: async (...folder) =>
      (await loader())("text-regression", await inputs.text(), await targets.numbers(), ...folder),
  },
  "token-classification": {
    ...derived("token-classification", async () => (await import("./entities/entities-run.js")).entitiesRun),
    load: async (...folder) => (await import("./entities/entity-model.js")).openEntityModel(...folder),
    evaluate: onPath(async (...given) =>
      (await import("./entities/entity-model.js")).evaluateEntities(...given),
    ),
  },
};

/** Returns what follows from the facts and the runs of a task: training, inspection, explanations. */
function derived<T extends Task, Data extends OpenedData, Base extends OpenedWith>(
  task: T,
  load: (given?: Dataset | Source) => Promise<TaskRun<Data, Base, AnyResultEvent>>,
): Pick<ProductRow<T>, "train" | "inspect" | "openSamples" | "taskRun" | "explain"> {
  const { head, input } = factsOf(task);
  return {
    explain: explainers[head] ?? explainers[input]!,
    // What it opens, it takes again: its data have its own type.
    taskRun: async () => (await load()) as unknown as TaskRun<OpenedData, OpenedWith, AnyResultEvent>,
    train: trainAs(task, async (machine, run, options, given) => {
      const { executeTask } = await import("./execute-task.js");
      return executeTask(await load(given), machine, run, options, given);
    }),
    inspect: async (...given) => (await import("./execute-task.js")).inspectTask(await load(), ...given),
    openSamples: async (...given) => (await import("./execute-task.js")).openSamples(await load(), ...given),
  };
}

/** Loads the opener of models that are composed of an input and a target. */
const loader = async () => (await import("./composed/composed-model.js")).loadComposed;

/** Returns the input of a model folder by its files. */
async function inputOfFolder(
  { platform }: Machine,
  dir: string,
  ..._more: readonly unknown[]
): Promise<Input> {
  const { modalityOfFolder } = await import("../bases/model-folder/modality-of-folder.js");
  return inputs[await modalityOfFolder(platform, dir)]();
}

/** Returns what follows from a target and the modalities of its inputs. */
function composedRow<T extends Task, Fields extends Labelled, Result extends AnyResultEvent & RunResult>(
  task: T & Result["task"],
  kinds: readonly BaseModality[],
  load: () => Promise<Target<Fields, Result>>,
): Omit<ProductRow<T>, "load"> {
  const only = kinds.length > 1 ? undefined : kinds[0];
  return {
    ...derived<T, ComposedData<Fields>, OpenedInputs>(task, async () =>
      (await import("./composed/composed-run.js")).composedRun(task, kinds, await load()),
    ),
    evaluate: onPath(async (machine, dir, data, options) => {
      const { evaluateComposed } = await import("./composed/composed-model.js");
      const [input, target] = [only ? await inputs[only]() : await inputOfFolder(machine, dir), await load()];
      const scored = evaluateComposed(task, input, target, machine, dir, data, options, only === undefined);
      // The target of a task has the scores of the task.
      return scored as Promise<unknown> as Promise<Evaluation>;
    }),
    splitsTexts: kinds.includes("text"),
  };
}

/** Narrows the result of code that trains several tasks. @throws InternalError for the result of another task */
function trainAs<T extends Task>(task: T, train: TrainRun<AnyResultEvent>): TrainRun<ResultOf<T>> {
  return async (...run) => {
    const result = await train(...run);
    if (result.task === task) return result as ResultOf<T>;
    throw new EngraftError("InternalError", `a run of ${task} returned ${result.task}`);
  };
}

/** Narrows data to a path. @throws DataError for an opened dataset */
function onPath(
  evaluate: (machine: Machine, dir: string, data: string, options: EvaluateOptions) => Promise<Evaluation>,
): ProductRow<Task>["evaluate"] {
  return async (machine, dir, data, options) => {
    if (typeof data === "string") return evaluate(machine, dir, data, options);
    throw new EngraftError("DataError", "an opened dataset of image classes is for another task", {
      at: dir,
      help: "give the path of the data",
    });
  };
}
