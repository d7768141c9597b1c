export { compareModels, type ModelAnswers } from "./compare-models.js";
export {
  compareStrategies,
  type StrategiesAsked,
  type StrategiesCompared,
} from "./compare-strategies.js";
export {
  type ComparedTrainings,
  compareTrainings,
  type ScratchState,
  type TrivialMethod,
} from "./compare-trainings.js";
export { metricOf, percentOf } from "./compared-words.js";
export type { AnsweredRun } from "./strategy-differences.js";
