/**
 * Transferability scores: which base suits the data, from features and labels alone; and distances between sets of
 * items.
 */
export {
  type ADistance,
  aDistance,
  type Mmd,
  type MmdOptions,
  mmd,
  multiKernelMmd,
} from "../methods/adapt/index.js";
export { linearCka } from "./cka.js";
export { type Distance, type DistanceName, type DistanceRow, distances } from "./distances.js";
export { type Frechet, frechet, frechetDistance } from "./frechet.js";
export { type GbcVariant, gbc } from "./gbc.js";
export { hScore, regularisedHScore } from "./h-score.js";
export { leep, nce, type SourceAnswers } from "./leep.js";
export { type LogmeVariant, logme } from "./logme.js";
export { nLeep } from "./n-leep.js";
export { nearestNeighbours } from "./nearest.js";
export { parc } from "./parc.js";
export { probeAccuracy } from "./probe-accuracy.js";
export type { LabelledSample, SharedWork } from "./sample.js";
export { ensemble, meanRanks, type ScoreName, type ScoreRow, scores } from "./scores.js";
export { sharing } from "./sharing.js";
export { transRate } from "./trans-rate.js";
