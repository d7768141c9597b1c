/** One training step as a graph, and the loop that runs it. */
export { type BlockReport, type LoopOptions, type LoopReport, runSteps, type StepFeeds } from "./loop.js";
export {
  type MultiTaskOptions,
  multiTask,
  type TaskHead,
  type Weighting,
  weightings,
} from "./objectives/multi-task.js";
export {
  type Batch,
  type Before,
  type ClassificationOptions,
  classification,
  distillation,
  type Model,
  type ModelOutputs,
  type Objective,
  type Penalty,
  type Projection,
  type Term,
} from "./objectives/objective.js";
export {
  featureMaps,
  oldAnswers,
  relatedClasses,
  shrunkHead,
  spectralShrinkage,
  startingPoint,
} from "./objectives/penalties.js";
export { projectedGradients } from "./objectives/projected-gradients.js";
export { type RegressionOptions, regression } from "./objectives/regression-objective.js";
export { type Attended, attention, hints, relations, softTargets } from "./objectives/teacher.js";
export { feedNames } from "./step/state-names.js";
export { buildStep, type Step, type StepOptions, type TrainableValue } from "./step/step.js";
