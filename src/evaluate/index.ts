export { type BootstrapOptions, bootstrapInterval, quantile } from "./bootstrap.js";
export { expectedCalibrationError, type ReliabilityBin, reliability } from "./calibration.js";
export { correctness, type ScoreOptions, scoreClassification } from "./classification.js";
export { drawnDifference } from "./drawn.js";
export { mutualInformation } from "./label-free.js";
export { meanInterval } from "./mean-interval.js";
export {
  type Disagreement,
  disagreement,
  type ItemAnswers,
  mcNemar,
  pairedInterval,
  type SeededDifference,
  seededDifference,
} from "./paired.js";
export { type ClassificationAnswers, type Predictions, readPredictions } from "./predictions.js";
export {
  type Conformal,
  conformalHalfWidths,
  type RegressionAnswers,
  scoreRegression,
} from "./regression.js";
export { studentQuantile, studentTwoSided } from "./student.js";
export { wilsonInterval, z95 } from "./wilson.js";
