import { Builder } from "../../graph/builder.js";
import type { Graph } from "../../graph/graph.js";
import { addDenseHead, type DenseHeadShape, type FeatureMap, onlyLogits } from "./dense-head.js";

/** Channels inside of the head. */
const width = 64;
/** Residual blocks of each level. */
const blocks = 2;

/** Numbers of a place besides its class logits: four raw distances. */
export const distances = 4;

/**
 * Returns the form of a detection head with a level for each map.
 * @param maps finest first
 * @param hasNeck true if each map has seen the coarser ones, as those of a detector have: a level then reads its own map only
 */
export function detectionHead(
  maps: readonly FeatureMap[],
  { classes, hasNeck }: { readonly classes: number; readonly hasNeck: boolean },
): DenseHeadShape {
  const levels = maps.map(({ height, width }, level) => ({
    height,
    width,
    reads: maps.flatMap((_, m) => (m === level || (!hasNeck && m > level) ? [m] : [])),
  }));
  return { maps, levels, outputs: classes + distances, width, blocks, enlarge: "nearest" };
}

/**
 * Returns a backbone with a detection head without anchors: output `logits` float32[batch, P, K + 4], K class logits and four raw
 * distances of each place, level by level from the finest, row by row.
 * @param body a graph with the maps of the head
 */
export function withDetectionHead(body: Graph, shape: DenseHeadShape): Graph {
  const graph = body.clone();
  const predictions = addDenseHead(graph, shape);
  const g = new Builder(graph, "engraft/detection");
  const rows = predictions.map((y, l) => {
    const { height, width } = shape.levels[l]!;
    return g.transpose(g.reshape(y, [0, shape.outputs, height * width]), [0, 2, 1]);
  });
  return onlyLogits(graph, g.concat(rows, 1));
}
