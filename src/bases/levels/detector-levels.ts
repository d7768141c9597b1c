import type { Value } from "../../graph/node.js";
import type { FeatureMap } from "./feature-maps.js";
import type { PredictionConvolution } from "./prediction-convolutions.js";

/** What a level's value is for: class scores, boxes, or both. */
export type LevelUse = "classes" | "boxes" | "both";

/** A map that a detector's predictions read. */
export interface PredictionMap {
  readonly map: FeatureMap;
  readonly use: LevelUse;
  /** Name of the first prediction convolution that reads it. */
  readonly readBy: string;
}

/** Finest stride of a detector's predictions. Finer ones are side outputs of a segmenter. */
const finestStride = 2;
/** Finest stride of a detector with one level. */
const finestSingle = 8;

/**
 * Returns the maps that the prediction convolutions of a detector read, by stride; undefined if the model is none.
 *
 * A detector predicts on two or more strides, or joins two or more convolutions on one stride of at least 8.
 */
export function detectorMaps(
  predictions: readonly PredictionConvolution[],
): ReadonlyMap<number, readonly PredictionMap[]> | undefined {
  const byStride = groupsOf(finestOfStride(predictions), ({ reads }) => reads.stride);
  const strides = [...byStride.keys()].sort((a, b) => a - b);
  const [finest = 0] = strides;
  const isSingle = strides.length === 1 && finest >= finestSingle;
  const isDetector = strides.length > 1 ? finest >= finestStride : isSingle;
  if (!isDetector) return undefined;
  if (isSingle && predictions.filter((one) => one.isJoined).length < 2) return undefined;
  return new Map(strides.map((stride) => [stride, mapsOfStride(byStride.get(stride)!)]));
}

/** Leaves out maps of the same stride that have fewer places: SSD's last maps lose their border. */
function finestOfStride(predictions: readonly PredictionConvolution[]): PredictionConvolution[] {
  const places = ({ reads }: PredictionConvolution) => reads.height * reads.width;
  return predictions.filter((one) =>
    predictions.every((other) => other.reads.stride !== one.reads.stride || places(other) <= places(one)),
  );
}

/** Returns the distinct maps that convolutions of one stride read, each with its use. */
function mapsOfStride(predictions: readonly PredictionConvolution[]): PredictionMap[] {
  const byMap = groupsOf(predictions, ({ reads }) => reads.value);
  // Boxes have four numbers an anchor, objectness one, and classes more than one.
  const boxes = predictions.filter((one) => !one.isScored && one.channels % 4 === 0);
  const anchors = Math.min(...boxes.map((one) => one.channels / 4), 1e9);
  const isBox = (one: PredictionConvolution) => !one.isScored || one.isDistance;
  const isClass = (one: PredictionConvolution) =>
    one.isScored && one.channels > (boxes.length > 0 ? anchors : 1);
  const uses = new Map<Value, LevelUse>(
    [...byMap].map(([value, readers]) => {
      const [classes, box] = [readers.some(isClass), readers.some(isBox)];
      return [value, classes && box ? "both" : box ? "boxes" : "classes"];
    }),
  );
  const isDecided = new Set(uses.values()).size > 1;
  return [...byMap].map(([value, readers]) => ({
    map: readers[0]!.reads,
    use: isDecided ? uses.get(value)! : "both",
    readBy: readers[0]!.name,
  }));
}

function groupsOf<T, K>(all: readonly T[], keyOf: (one: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}
