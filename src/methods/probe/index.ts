export { type MinimiseOptions, type Minimum, minimise } from "./lbfgs.js";
export type { SmoothFunction } from "./line-search.js";
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
} from "./probe.js";
export { foldStandardisation, type Standardisation, standardisation } from "./standardise.js";
