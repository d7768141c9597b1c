import type { Part } from "../../core/events/events.js";
import type { Opened } from "../dataset.js";
import type { Box, Size } from "./box.js";
import type { Shape } from "./shape.js";

/** An object in an image. */
export interface ImageObject {
  /** Index into {@link BoxDataset.classes}. */
  readonly label: number;
  /** Inside the image, with an area above 0. */
  readonly box: Box;
  /**
   * Area in pixels for the size classes of the evaluation. It is the area of the object's shape if the annotation states or
   * outlines one, else the area of the box.
   */
  readonly area: number;
  /** True for a region of many objects. Training leaves its places out of the loss; the evaluation accepts any detection in it. */
  readonly crowd?: boolean;
  /** True for an object that is trained on, and ignored by the evaluation (`difficult` of Pascal VOC). */
  readonly difficult?: boolean;
  /** Outline, if the annotation has one, in pixels of the upright image. */
  readonly shape?: Shape;
}

/** An image with its objects. */
export interface BoxItem extends Size {
  /** Path relative to the data folder, separated by "/". */
  readonly id: string;
  /** Absolute path of the file. */
  readonly path: string;
  /** Empty for an image that is known to show none of the classes: a negative sample. */
  readonly objects: readonly ImageObject[];
  readonly part: Part;
  /** The group of the item. A group is never divided between splits. */
  readonly group?: string;
  /** sha256 of the file's bytes, hex. */
  readonly sha256: string;
  /** The `id` of the image in COCO JSON, for files of results. */
  readonly cocoId?: number;
}

/** Layouts of annotation files, with their names in messages. */
export const boxLayouts = {
  coco: "COCO JSON",
  voc: "Pascal VOC XML",
  ultralytics: "Ultralytics (data.yaml and .txt files)",
  darknet: "Darknet (obj.data and .txt files)",
  labelme: "LabelMe JSON",
  cvat: "CVAT for images XML",
  metadata: "Hugging Face metadata.jsonl with objects",
  table: "a table of boxes",
  instances: "masks with a number for each object",
} as const;
export type BoxLayout = keyof typeof boxLayouts;

/** Images with boxes, with classes, splits and warnings. Widths and heights are those of the upright images. */
export interface BoxDataset extends Opened<BoxItem> {
  readonly layout: BoxLayout;
  /** In the order of the annotation files; by code point if they have none. */
  readonly classes: readonly string[];
  /** Conventions that were found out, such as "boxes are x, y, width, height". */
  readonly notes: readonly string[];
  /** The `id` of each class in COCO JSON, for files of results. */
  readonly cocoIds?: readonly number[];
}
