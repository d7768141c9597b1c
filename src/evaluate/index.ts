export { expectedCalibrationError, type ReliabilityBin, reliability } from "./calibration.js";
export { correctness, type ScoreOptions, scoreClassification } from "./classification.js";
export { type ClassificationAnswers, type Predictions, readPredictions } from "./predictions.js";
export { wilsonInterval, z95 } from "./wilson.js";
