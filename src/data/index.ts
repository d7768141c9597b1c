export { augment, type PlainAugmentation } from "./augment/augment.js";
export { type Augmenter, type AugmentOptions, augmenter } from "./augment/augmenter.js";
export type { Mix, MixedBatch } from "./augment/mix.js";
export { type Batch, type BatchOptions, batches, inputBatches } from "./batches.js";
export {
  type Augmentation,
  augmentations,
  type ClassSample,
  type Dataset,
  type ImagePreprocessing,
  type Leak,
  type Pixels,
  type Sample,
  type Samples,
  type TargetItem,
} from "./dataset.js";
export { decodePixels, decodeVersion } from "./images/decode.js";
export type { OpenTargetsOptions, TargetDataset } from "./images/listed-samples.js";
// Only types, since pages import the functions from their files to load only what they need.
export type { OpenImagesOptions } from "./images/open-images.js";
export { PixelCache } from "./images/pixel-cache.js";
export {
  arePictures,
  areSounds,
  areTexts,
  type ItemInputs,
  type PictureInputs,
  pictureInputs,
  requireItems,
  requirePictures,
  type SampleInputs,
  type SizedBatch,
  scoringBatch,
  sizedBatches,
  uniformInputs,
} from "./item-inputs.js";
export { balancedOrder } from "./split/balanced-order.js";
export { orderByTemperature } from "./split/task-order.js";
export type { OpenTableOptions, RowItem, TableDataset } from "./tables/open-table.js";
export type { TableColumn } from "./tables/table-columns.js";
export type { Task, TaskData, TaskItem, TaskSource } from "./tasks.js";
