export { augment } from "./augment.js";
export { balancedOrder } from "./balanced-order.js";
export { type Batch, type BatchOptions, batches } from "./batches.js";
export type { Augmentation, Dataset, ImageItem, ImagePreprocessing, Pixels } from "./dataset.js";
export { decodePixels, decodeVersion } from "./decode.js";
export { type OpenImagesOptions, openImages } from "./open-images.js";
export { PixelCache } from "./pixel-cache.js";
