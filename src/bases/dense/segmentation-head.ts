import type { Size } from "../../data/boxes/box.js";
import type { Graph } from "../../graph/graph.js";
import { addDenseHead, type DenseHeadShape, type FeatureMap, onlyLogits } from "./dense-head.js";

/** Channels inside of the head. */
const width = 64;
/** Residual blocks. */
const blocks = 2;
/** Pixels of the input for each side of a predicted cell. */
export const maskStride = 4;

/**
 * Returns the form of a segmentation head: one level at stride 4, which reads all maps. Maps of another size are enlarged linearly.
 * @param size of the network's input, multiples of 4
 */
export const segmentationHead = (
  maps: readonly FeatureMap[],
  { classes, size }: { readonly classes: number; readonly size: Size },
): DenseHeadShape => ({
  maps,
  levels: [
    {
      height: size.height / maskStride,
      width: size.width / maskStride,
      reads: maps.map((_, m) => m),
    },
  ],
  outputs: classes,
  width,
  blocks,
  enlarge: "linear",
});

/**
 * Returns a backbone with a segmentation head: output `logits` float32[batch, K, H / 4, W / 4].
 * @param body a graph with the maps of the head
 * @see Xie et al., "SegFormer", 2021, section 3.2; Kirillov et al., "Panoptic Feature Pyramid Networks", 2019, section 3.1: maps are added
 */
export function withSegmentationHead(body: Graph, shape: DenseHeadShape): Graph {
  const graph = body.clone();
  return onlyLogits(graph, addDenseHead(graph, shape)[0]!);
}
