export { softmaxCrossEntropy, weightedMean } from "./cross-entropy.js";
