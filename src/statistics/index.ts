export { type MeanSquares, meanSquares } from "./crossed.js";
export { type Decision, decide, fewestSamples, fewestSeeds } from "./decide.js";
export { type Difference, difference, splitDifference } from "./difference.js";
export {
  betaQuantile,
  binomialAtMost,
  chiSquareQuantile,
  studentQuantile,
  studentTwoSided,
} from "./distributions.js";
export {
  type Estimate,
  estimate,
  estimateOverSeeds,
  type MeasureRange,
  type SeedsEstimate,
} from "./estimate.js";
export { compareFamily, type FamilyDifference, type Pair } from "./family.js";
export { holm } from "./holm.js";
export { type MeasuredMethods, measureDifference } from "./measure-difference.js";
export { type Plan, planSeeds } from "./plan-seeds.js";
export { type RedrawnMeans, type RedrawOptions, redrawMeans } from "./redraw-means.js";
export { levelOfRepeatedTest } from "./repeated-test-level.js";
export { type ResampleOptions, resample } from "./resample.js";
export { fewestGroups, type SampleOptions, type Scores } from "./samples.js";
export { ratioShares } from "./shares.js";
export { type Disagreement, disagreement, mcNemar, scoreTest, tangoInterval } from "./tango.js";
export { wilsonInterval, z95 } from "./wilson.js";
