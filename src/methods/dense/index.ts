/** Baselines without a network for boxes and masks. */
export { fitColourRegression } from "./colour-regression.js";
export { fitConstantBoxes } from "./constant-boxes.js";
export { constantMask, mostFrequentClass } from "./constant-mask.js";
export type { MaskBaseline, MaskSource } from "./masked-picture.js";
export { fitOtsu } from "./otsu.js";
