/** Baselines without a network for boxes and masks. */
export {
  type ColourBaseline,
  type ColourRegressionOptions,
  fitColourRegression,
} from "./colour-regression.js";
export { type BoxedPicture, type ConstantBoxes, fitConstantBoxes } from "./constant-boxes.js";
export { constantMask, mostFrequentClass } from "./constant-mask.js";
export type { MaskBaseline, MaskedPicture, MaskSource } from "./masked-picture.js";
export { fitOtsu, type OtsuBaseline } from "./otsu.js";
