/** Explanations of predictions, and of what training changed. */
export { checkExplanation, deletionInsertion } from "./deletion-insertion.js";
export { gradCam, gradCamGraph, type RunGradCam } from "./grad-cam.js";
export {
  type GradientGraph,
  gradientGraph,
  gradientValues,
  integratedGradients,
  type Link,
  type Path,
} from "./integrated-gradients.js";
export { limeWeights } from "./lime.js";
export { evaluateMasks, type MaskedModel } from "./masked-model.js";
export { movedShare, movedWeights } from "./movement.js";
export { occlude, type PictureScorer } from "./occlusion.js";
export { planar, umapPlane } from "./planar.js";
export { occludeFeatures, shapleyValues } from "./shapley.js";
export { grouped, type Piece, pieces, type TextScorer, wordWeights } from "./words.js";
