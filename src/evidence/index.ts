export { type CompareOptions, compareRuns, type RunAnswers, type RunComparison } from "./verdict.js";
