export { compareModels, type ModelAnswers } from "./compare-models.js";
export {
  type AnsweredRun,
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
export { metricOf } from "./compared-words.js";
