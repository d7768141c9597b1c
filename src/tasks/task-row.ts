import type { Explanation } from "../core/results/explanation.js";
import type { ModelTask } from "../core/results/task.js";
import type { Dataset } from "../data/index.js";
import type { Source } from "../data/source.js";
import type { EvaluateOptions } from "../inference/evaluation.js";
import type { LoadOptions } from "../inference/model-session.js";
import type { TrainOptions } from "../options/options.js";
import type { RunFolder } from "../run/folder/run-folder.js";
import type { Machine } from "../run/machine.js";
import type { Runtime } from "../runtime/runtime.js";
import type { ExplainOptions } from "./explain/explanation.js";
import type { InspectedData, InspectedSample, InspectOptions } from "./task-run.js";

/**
 * Trains a run from its last checkpoint, or from the first step.
 * @param given an opened dataset, or what was read of the data already. Default: the data of the run are opened
 */
export type TrainRun<Result> = (
  machine: Machine,
  run: RunFolder,
  options: TrainOptions,
  given?: Dataset | Source,
) => Promise<Result>;

/** Opens a model, and returns a function that explains one sample. */
export type OpenExplainer = (
  machine: Machine,
  runtime: Runtime,
  model: string,
  task: ModelTask,
  options: ExplainOptions,
) => Promise<(item: unknown) => Promise<Explanation>>;

/** Functions of a task: train, load, evaluate, explain, inspect, and open its samples. */
export interface TaskRow<Result, Model, Scored> {
  /** Trains a run of the task. */
  readonly train: TrainRun<Result>;
  /** Opens a model folder of the task. */
  readonly load: (machine: Machine, dir: string, options: LoadOptions) => Promise<Model>;
  /** Scores a model folder of the task. Only image classification accepts an opened dataset. */
  readonly evaluate: (
    machine: Machine,
    dir: string,
    data: string | Dataset,
    options: EvaluateOptions,
  ) => Promise<Scored>;
  /** Explains predictions of a model folder of the task. */
  readonly explain: OpenExplainer;
  /** Opens data and base without training, so that a study finds errors before its first training. */
  readonly inspect: (
    machine: Machine,
    data: string | Source,
    options: InspectOptions,
  ) => Promise<InspectedData>;
  /** Opens data alone, and returns its samples. */
  readonly openSamples: (
    machine: Machine,
    data: string | Source,
    options: InspectOptions,
  ) => Promise<readonly InspectedSample[]>;
}
