export { augment, type PlainAugmentation } from "./augment.js";
export { type Augmenter, type AugmentOptions, augmenter } from "./augmenter.js";
export { balancedOrder } from "./balanced-order.js";
export { type Batch, type BatchOptions, batches } from "./batches.js";
export {
  type Augmentation,
  augmentations,
  type Dataset,
  type ImageItem,
  type ImagePreprocessing,
  type Leak,
  type Pixels,
} from "./dataset.js";
export { decodePixels, decodeVersion } from "./decode.js";
export { type ItemInputs, type SizedBatch, sizedBatches } from "./item-inputs.js";
export type { Mix, MixedBatch } from "./mix.js";
export { type OpenImagesOptions, openImages } from "./open-images.js";
export { type OpenTableOptions, openTable, type RowItem, type TableDataset } from "./open-table.js";
export { type OpenTargetsOptions, openTargets, type TargetDataset, type TargetItem } from "./open-targets.js";
export { PixelCache } from "./pixel-cache.js";
export type { TableColumn } from "./table-columns.js";
export { orderByTemperature } from "./task-order.js";
export { openTasks, type Task, type TaskData, type TaskItem, type TaskSource } from "./tasks.js";
