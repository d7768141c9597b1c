export type {
  ClassDetectionScores,
  DetectionScores,
  OperatingPoint,
} from "../core/results/dense/detection.js";
export type { ClassMaskScores, MaskScores } from "../core/results/dense/segmentation.js";
export { quantile } from "../linalg/quantile.js";
export { softmaxRows } from "../linalg/softmax.js";
export { studentQuantile, studentTwoSided } from "../statistics/distributions.js";
export {
  type Disagreement,
  disagreement,
  mcNemar,
  tangoInterval as pairedInterval,
} from "../statistics/tango.js";
export { wilsonInterval, z95 } from "../statistics/wilson.js";
export { abstainThreshold, areaUnderRisk, type RiskPoint, riskCoverage } from "./abstain.js";
export type { ScoreOptimism } from "./calibrated-quantile.js";
export { expectedCalibrationError, type ReliabilityBin, reliability } from "./calibration.js";
export { type CalibrationInterval, calibrationInterval } from "./calibration-interval.js";
export { correctness, type ScoreOptions, scoreClassification } from "./classification.js";
export { classificationMetrics, topKAccuracy } from "./classification-metrics.js";
export {
  type BoxCountRow,
  type BoxSizeRow,
  boxCountTable,
  boxSizeTable,
} from "./detection/box-tables.js";
export { type ErrorGain, type ErrorGains, errorGains } from "./detection/error-gains.js";
export {
  detectionConfusion,
  type ErrorKind as DetectionErrorKind,
  errorKinds as detectionErrorKinds,
  type PictureErrors,
  pictureErrors,
} from "./detection/error-kinds.js";
export {
  type ClassMatches,
  type Detection,
  type DetectionPicture,
  iouThresholds,
  matchClasses,
  type TrueBox,
} from "./detection/match.js";
export { bestPoint, operatingPoints } from "./detection/operating-point.js";
export { f1Curve, type PrecisionRecallPoint, precisionRecallCurve } from "./detection/score-curves.js";
export {
  type DetectionScoreOptions,
  detectionDifference,
  scoreDetection,
} from "./detection/score-detection.js";
export { type PictureTrouble, worstPictures } from "./detection/worst-pictures.js";
export { type AnsweredSentence, scoreEntities } from "./entities.js";
export { mutualInformation } from "./label-free.js";
export { meanInterval } from "./mean-interval.js";
export { neighbourDistances } from "./neighbour-distances.js";
export {
  conformalQuantile,
  nonconformity,
  predictionSet,
  type SetMethod,
  setMethods,
} from "./prediction-sets.js";
export { type ClassificationAnswers, type Predictions, readPredictions } from "./predictions.js";
export type { ProbabilityAnswers } from "./probabilities.js";
export { auroc, averagePrecision } from "./ranking.js";
export {
  type Conformal,
  conformalBands,
  halfWidthAt,
  type RegressionAnswers,
  scoreRegression,
} from "./regression.js";
export {
  type MaskErrorKind,
  type MaskErrors,
  maskErrorKinds,
  maskErrors,
} from "./segmentation/mask-errors.js";
export { type MaskRow, maskTable } from "./segmentation/mask-table.js";
export {
  maskConfusion,
  maskPictureScores,
  scoreMasks,
} from "./segmentation/score-masks.js";
export { type MaskTrouble, worstMasks } from "./segmentation/worst-masks.js";
export { fitTemperature, type Temperature } from "./temperature.js";
export {
  type ClassClouds,
  energies,
  fitClouds,
  mahalanobis,
  strangeness,
} from "./unusual.js";
