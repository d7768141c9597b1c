import type { DenseHeadShape } from "../../bases/dense/dense-head.js";
import { decodePlaces } from "../../bases/detection/decode-places.js";
import type { DetectionOptions } from "../../bases/detection/detection-settings.js";
import type { Detection, Size } from "../../data/boxes/box.js";
import type { BoxDataset, BoxItem } from "../../data/boxes/box-dataset.js";
import type { Places } from "../../data/boxes/places.js";
import { type Assignment, assignPlaces } from "../../data/dense/assign-places.js";
import { type BoxTargets, boxTargets } from "../../data/dense/box-targets.js";
import { type PlaceRows, placeRows } from "../../data/dense/place-rows.js";
import type { DetectionPicture } from "../../evaluate/detection/match.js";

/** Everything that a training of a detector shares. */
export interface Detector {
  readonly data: BoxDataset;
  readonly shape: DenseHeadShape;
  readonly places: Places;
  /** Size of the network's input. */
  readonly size: Size;
}

/** Returns which place learns which box. */
export const assignmentOf = ({ data, places }: Detector, targets: BoxTargets): Assignment =>
  assignPlaces(targets, places, { classes: data.classes.length });

/** Returns the targets of a picture that is only stretched. */
export const plainRows = (detector: Detector, item: BoxItem): PlaceRows =>
  placeRows(assignmentOf(detector, boxTargets(item, detector.size)), detector.places);

/** How the network's output is read. */
export const outputOptions = ({ data, places, size }: Detector): DetectionOptions => ({
  classes: data.classes.length,
  places,
  input: size,
});

/** Returns the detections of a picture, in its own pixels. */
export const detectionsOf = (detector: Detector, output: Float32Array, item: Size): Detection[] =>
  decodePlaces(output, outputOptions(detector), item);

/** Pairs detections with the truth. */
export const asPictures = (
  items: readonly BoxItem[],
  detections: readonly (readonly Detection[])[],
): DetectionPicture[] => items.map(({ objects }, i) => ({ truths: objects, detections: detections[i]! }));
