export { compareModels, type ModelAnswers } from "./compare-models.js";
export {
  compareStrategies,
  type StrategiesAsked,
  type StrategiesCompared,
} from "./compare-strategies.js";
export { metricOf, percentOf } from "./compared-words.js";
export type { AnsweredRun } from "./strategy-differences.js";
export { type CompareOptions, compareRuns, type RunAnswers, type RunComparison } from "./verdict.js";
