/** Why a model answers what it answers, and what training changed in it. */
export { type GradCam, gradCam, gradCamGraph, type RunGradCam, type SpatialMap } from "./grad-cam.js";
export { type LimeOptions, limeWeights } from "./lime.js";
export { type MovedWeights, movedShare, movedWeights } from "./movement.js";
export { type OcclusionOptions, occlude, type PictureScorer } from "./occlusion.js";
export { planar, umapPlane } from "./planar.js";
export { pieces, type TextScorer, wordWeights } from "./words.js";
