export { compareModels } from "./compare-models.js";
export { compareStrategies } from "./compare-strategies.js";
export { compareTrainings } from "./compare-trainings.js";
export { comparisonNotes, metricOf, type NoteFacts } from "./compared-words.js";
export type { AnsweredRun } from "./strategy-differences.js";
