import { findModelFolder, readLabels, readManifest } from "../../bases/model-folder/model-folder.js";
import { readJson } from "../../bases/open/read-json.js";
import { EngraftError } from "../../core/errors.js";
import type { CustomTask } from "../../core/results/task.js";
import type { Dataset } from "../../data/index.js";
import { fromOnnx } from "../../graph/index.js";
import { type Answer, rankedAnswers } from "../../inference/answer.js";
import { evaluateModel } from "../../inference/evaluate-model.js";
import type { CustomEvaluation, EvaluateOptions } from "../../inference/evaluation.js";
import { type LoadOptions, openRows, type ScoringFolder } from "../../inference/model-session.js";
import { defaults } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";
import type { Machine } from "../../run/machine.js";
import { firstOutput } from "../../runtime/first-output.js";
import { openCustomData } from "./custom-data.js";
import { testScores } from "./custom-scores.js";
import type { TaskParts } from "./task-parts.js";

/** Model of a task that is defined outside of the product. */
export interface CustomModel {
  readonly task: CustomTask;
  readonly dir: string;
  /** Names of the predicted classes or numbers. */
  readonly classes: readonly string[];
  /**
   * Returns a prediction for each input: the classes with their probabilities, the most probable first, or the numbers.
   * @throws DataError for a value that is not an input of the task
   */
  predict(inputs: readonly unknown[]): Promise<Answer[][]>;
  close(): Promise<void>;
}

/** Inputs per batch. */
const atOnce = 256;

/** Opens a model folder that a run of the task wrote. @throws ModelError for another folder, or a damaged one */
export async function openCustomFolder<Input>(
  { name, tensor, head }: TaskParts<Input>,
  platform: Platform,
  path: string,
): Promise<ScoringFolder<Input>> {
  const { files } = platform;
  const dir = await findModelFolder(platform, path);
  const at = (file: string): string => files.join(dir, file);
  const classes = readLabels(await readJson(platform, at("config.json")), at("config.json"));
  const engraft = readManifest(await readJson(platform, at("engraft.json")), at("engraft.json"));
  if (engraft.task !== name)
    throw new EngraftError("ModelError", `the model was trained for ${engraft.task}, not for ${name}`, {
      at: dir,
      help: "give a model folder of this task",
    });
  const { graph } = fromOnnx(await files.read(files.join(dir, "onnx", "model.onnx")));
  return {
    dir,
    graph,
    classes,
    engraft,
    outputShapes: [["batch", head.outputs]],
    async scores(session, inputs) {
      const all = new Float32Array(inputs.length * head.outputs);
      for (let first = 0; first < inputs.length; first += atOnce) {
        const x = tensor(inputs.slice(first, first + atOnce));
        all.set(await firstOutput(session, x), first * head.outputs);
      }
      return all;
    },
  };
}

/** Loads a model of the task. @throws ModelError as {@link openCustomFolder} */
export async function openCustomModel<Input>(
  parts: TaskParts<Input>,
  machine: Machine,
  path: string,
  options: LoadOptions,
): Promise<CustomModel> {
  const folder = await openCustomFolder(parts, machine.platform, path);
  const { rows, close } = await openRows(machine, { ...folder, width: parts.head.outputs }, options);
  const { dir, classes } = folder;
  return {
    task: parts.name,
    dir,
    classes,
    close,
    predict: async (inputs) =>
      (await rows(inputs.map(parts.read))).map((logits) => {
        const predicted = parts.predictions(logits);
        if (parts.unit === "probability") return rankedAnswers(classes, predicted);
        return classes.map((label, k) => ({ label, score: predicted[k]! }));
      }),
  };
}

/** Scores a model of the task. @throws as `evaluate` */
export async function evaluateCustom<Input>(
  parts: TaskParts<Input>,
  machine: Machine,
  path: string,
  data: string | Dataset,
  options: EvaluateOptions,
): Promise<CustomEvaluation> {
  const { seed = defaults.seed, onEvent = () => undefined } = options;
  if (typeof data !== "string")
    throw new EngraftError("DataError", `a model of ${parts.name} is scored on the path of data`, {
      help: "give the path",
    });
  const folder = await openCustomFolder(parts, machine.platform, path);
  const opened = await openCustomData(parts, machine.platform, data, onEvent, { seed });
  const scored = { items: opened.items, root: opened.root, unit: parts.samples };
  return evaluateModel(machine, folder, scored, options, async (session, samples) => {
    const logits = await folder.scores(session, samples);
    return { task: parts.name, test: testScores(parts, logits, samples) };
  });
}
