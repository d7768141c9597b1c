export { augment } from "./augment.js";
export { type Batch, type BatchOptions, batches } from "./batches.js";
export type { Augmentation, Dataset, ImageItem, ImagePreprocessing, Pixels } from "./dataset.js";
export { decodePixels, decodeVersion } from "./decode.js";
export { type OpenImagesOptions, openImages } from "./open-images.js";
export { PixelCache } from "./pixel-cache.js";
export { orderByTemperature } from "./task-order.js";
export { openTasks, type Task, type TaskData, type TaskItem, type TaskSource } from "./tasks.js";
