export { compareModels, type ModelAnswers } from "./compare-models.js";
export {
  type CompareStrategiesOptions,
  compareStrategies,
  type StrategiesCompared,
} from "./compare-strategies.js";
export {
  type ComparedBaseline,
  type ComparedTrainings,
  compareTrainings,
  type ScratchState,
} from "./compare-trainings.js";
export { comparisonNotes, metricOf, type NoteFacts } from "./compared-words.js";
export type { AnsweredRun } from "./strategy-differences.js";
