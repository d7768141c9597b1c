export { type MinimiseOptions, type Minimum, minimise } from "../../linalg/lbfgs.js";
export type { SmoothFunction } from "../../linalg/line-search.js";
export { foldStandardisation, type Standardisation, standardisation } from "../../linalg/standardise.js";
export { crossValidate, type ProbeSamples, solveProbe } from "./cross-validate.js";
export { type Fold, isSmall, stratifiedFolds } from "./folds.js";
export {
  fitLogistic,
  type LinearClassifier,
  type LogisticFit,
  type LogisticOptions,
} from "./logistic-regression.js";
export {
  defaultStrengths,
  fitProbe,
  fitProbeInTurns,
  type LabelledFeatures,
  type Probe,
  type ProbeData,
  type ProbeOptions,
  type ProbeStep,
  strengthsOf,
} from "./probe.js";
