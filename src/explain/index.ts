/** Explanations of predictions, and of what training changed. */
export {
  checkExplanation,
  deletionInsertion,
  type ExplanationCheck,
  type FeatureCurve,
  type FeatureCurves,
} from "./deletion-insertion.js";
export { type GradCam, gradCam, gradCamGraph, type RunGradCam, type SpatialMap } from "./grad-cam.js";
export {
  type GradientGraph,
  gradientGraph,
  gradientValues,
  type IntegratedGradients,
  type IntegratedGradientsOptions,
  integratedGradients,
  type Link,
  type Path,
} from "./integrated-gradients.js";
export { type LimeOptions, limeWeights } from "./lime.js";
export { evaluateMasks, type MaskedModel, type MaskOptions } from "./masked-model.js";
export { type MovedWeights, movedShare, movedWeights } from "./movement.js";
export { type OcclusionOptions, occlude, type PictureScorer } from "./occlusion.js";
export { planar, umapPlane } from "./planar.js";
export { occludeFeatures, shapleyValues } from "./shapley.js";
export type { ShapleyOptions, ShapleyValues } from "./shapley-values.js";
export { grouped, type Piece, pieces, type TextScorer, wordWeights } from "./words.js";
