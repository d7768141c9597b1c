export {
  type CrossEntropyOptions,
  classWeightsOf,
  softmaxCrossEntropy,
  weightedMean,
} from "./cross-entropy.js";
export { distillationLoss } from "./distillation.js";
export { featureMapDrift, weightDrift } from "./drift.js";
export { huberError, squaredError } from "./regression.js";
export { smallestSingularValues } from "./spectral-shrinkage.js";
