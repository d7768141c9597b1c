export { checkGradient, type GradientCheck, type GradientOptions } from "./check-gradient.js";
export {
  allOperatorCases,
  caseFeeds,
  caseGraph,
  caseInput,
  type OperatorCase,
  operatorCases,
} from "./operator-cases.js";
export { toFloat64 } from "./to-float64.js";
