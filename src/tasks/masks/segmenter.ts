import type { DenseHeadShape } from "../../bases/dense/dense-head.js";
import { maskStride } from "../../bases/dense/segmentation-head.js";
import type { MaskLogits } from "../../bases/segmentation/read-segmentation.js";
import type { Size } from "../../data/boxes/box.js";
import { type BlockShares, blockShares } from "../../data/dense/mask-targets.js";
import type { MaskDataset, MaskItem } from "../../data/masks/mask-dataset.js";
import type { SegmentationOptions } from "../../train/objectives/segmentation-objective.js";
import type { ClassPixels } from "./class-pixels.js";
import type { LoadMask } from "./load-mask.js";

/** Everything that a training of a segmenter shares. */
export interface Segmenter {
  readonly data: MaskDataset;
  readonly shape: DenseHeadShape;
  /** Size of the network's input. */
  readonly size: Size;
  /** Reads the mask of an item. */
  readonly loadMask: LoadMask;
  readonly pixels: ClassPixels;
}

/** Returns the targets of a picture that is only stretched. */
export const plainTargets = async (
  { data, size, loadMask }: Segmenter,
  item: MaskItem,
): Promise<BlockShares> => blockShares(await loadMask(item, size), data.classes.length, maskStride);

/** How the loss reads the network's output. */
export const lossOptions = ({ data, shape, pixels }: Segmenter): SegmentationOptions => {
  const { height, width } = shape.levels[0]!;
  return { classes: data.classes.length, height, width, classWeights: pixels.weights };
};

/** Returns the output for a picture as logits. */
export const logitsOf = (
  { data, shape }: Pick<Segmenter, "data" | "shape">,
  output: Float32Array,
): MaskLogits => {
  const { height, width } = shape.levels[0]!;
  return { data: output, classes: data.classes.length, height, width };
};
