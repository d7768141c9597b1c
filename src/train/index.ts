/** One training step as a graph, and the loop that runs it. */
export { type BlockReport, type LoopOptions, type LoopReport, runSteps, type StepFeeds } from "./loop.js";
export { type MultiTaskOptions, multiTask, type TaskHead, type Weighting, weightings } from "./multi-task.js";
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
} from "./objective.js";
export {
  featureMaps,
  oldAnswers,
  relatedClasses,
  shrunkHead,
  spectralShrinkage,
  startingPoint,
} from "./penalties.js";
export { projectedGradients } from "./projected-gradients.js";
export { type RegressionOptions, regression } from "./regression-objective.js";
export { feedNames } from "./state-names.js";
export { buildStep, type Step, type StepOptions, type TrainableValue } from "./step.js";
export { type Attended, attention, hints, relations, softTargets } from "./teacher.js";
