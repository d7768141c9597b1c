export { softmaxCrossEntropy, weightedMean } from "./cross-entropy.js";
export { distillationLoss } from "./distillation.js";
