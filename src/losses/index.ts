export { classConfusion } from "./class-confusion.js";
export { coral } from "./coral.js";
export { cosineSimilarityLoss } from "./cosine-similarity.js";
export {
  type CrossEntropyOptions,
  classWeightsOf,
  softmaxCrossEntropy,
  weightedMean,
} from "./cross-entropy.js";
export { type CtcLoss, type CtcTargets, ctcLoss } from "./ctc.js";
export { distillationLoss } from "./distillation.js";
export { domainConfusion } from "./domain-confusion.js";
export { featureMapDrift, weightDrift } from "./drift.js";
export { attentionMap, attentionTransfer, hintLoss, type MapSize, pooledTo } from "./feature-maps.js";
export { reversalFactor, reverseGradient } from "./gradient-reversal.js";
export { type JointLayer, jointMmd } from "./joint-mmd.js";
export { huberError, squaredError } from "./regression.js";
export { relationalAngle, relationalDistance } from "./relational.js";
export { smallestSingularValues } from "./spectral-shrinkage.js";
export { uncertaintyWeighted } from "./uncertainty.js";
