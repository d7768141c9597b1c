export { augment } from "./augment.js";
export { type Batch, type BatchOptions, batches } from "./batches.js";
export type { Augmentation, Dataset, ImageItem, ImagePreprocessing, Pixels } from "./dataset.js";
export { decodePixels, decodeVersion } from "./decode.js";
export { type OpenImagesOptions, openImages } from "./open-images.js";
export { type OpenTableOptions, openTable, type RowItem, type TableDataset } from "./open-table.js";
export { type OpenTargetsOptions, openTargets, type TargetDataset, type TargetItem } from "./open-targets.js";
export { PixelCache } from "./pixel-cache.js";
export type { TableColumn } from "./table-columns.js";
