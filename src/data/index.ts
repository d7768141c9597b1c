export type { AugmentOptions } from "./augment/augmenter.js";
export type { Mix } from "./augment/mix.js";
export { batches, inputBatches } from "./batches.js";
export type {
  Augmentation,
  ClassSample,
  Dataset,
  ImagePreprocessing,
  Pixels,
  Sample,
  Samples,
  TargetItem,
} from "./dataset.js";
export { decodePixels, decodeVersion } from "./images/decode.js";
export type { TargetDataset } from "./images/listed-samples.js";
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
  scoringBatch,
  sizedBatches,
  uniformInputs,
} from "./item-inputs.js";
export { balancedOrder } from "./split/balanced-order.js";
export { orderByTemperature } from "./split/task-order.js";
export type { RowItem, TableDataset } from "./tables/open-table.js";
export type { TableColumn } from "./tables/table-columns.js";
export type { TaskData, TaskItem, TaskSource } from "./tasks.js";
