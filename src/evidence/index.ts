export { compareModels, type ModelAnswers } from "./compare-models.js";
export {
  type AnsweredRun,
  compareStrategies,
  type StrategiesAsked,
  type StrategiesCompared,
} from "./compare-strategies.js";
export { metricOf } from "./compared-words.js";
export { type CompareOptions, compareRuns, type RunAnswers, type RunComparison } from "./verdict.js";
