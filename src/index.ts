/**
 * Engraft: any pretrained ONNX model becomes fine-tunable, and the program says whether the transfer helped.
 * @module
 */

export {
  type BaseInfo,
  type CacheInfo,
  cacheInfo,
  clearCache,
  type Inspection,
  inspectModel,
  listBases,
  type PulledBase,
  pullBase,
  showBase,
} from "./bases/index.js";
export { EngraftError, type ErrorKind } from "./core/errors.js";
export type {
  ClassificationScores,
  EngraftEvent,
  Interval,
  OnEvent,
  TaskResult,
  TasksResultEvent,
  TrainResultEvent,
  Verdict,
} from "./core/events.js";
export type { Dataset, ImageItem } from "./data/index.js";
export { type EvaluateOptions, type Evaluation, evaluate } from "./front/evaluate.js";
export { type Answer, loadModel, type Model } from "./front/model.js";
export type { DistillOptions, TaskOptions, TrainOptions } from "./front/options.js";
export { openData } from "./front/setup.js";
export type { TasksInput, TasksOptions } from "./front/tasks/tasks-options.js";
export { resumeTasks, trainTasks } from "./front/tasks/train-tasks.js";
export { distill, type ResumeOptions, resume, train } from "./front/train.js";
export { type DistillMethod, distillMethods } from "./methods/distillation/settings.js";
export { type StrategyName, strategies } from "./methods/registry.js";
export { type Weighting, weightings } from "./train/multi-task.js";
