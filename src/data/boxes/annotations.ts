import type { Part } from "../../core/events/events.js";
import type { WarningText } from "../../core/messages/message.js";
import type { Skipped } from "../dataset.js";
import type { Box, Size } from "./box.js";
import type { BoxLayout } from "./box-dataset.js";
import type { Shape } from "./shape.js";

/** An object as an annotation file states it, before the image is opened. */
export interface AnnotatedObject {
  /** Name of the class. */
  readonly name: string;
  /** In the unit of {@link Annotations.unit}. It may leave the image. */
  readonly box: Box;
  /** Area that the file states, in square pixels. */
  readonly area?: number;
  readonly crowd?: boolean;
  readonly difficult?: boolean;
  /** In the unit of the box. */
  readonly shape?: Shape;
  /** File and line, or file and number of the annotation, for messages. */
  readonly at: string;
}

/** An image as an annotation file describes it. */
export interface AnnotatedPicture {
  /** Path relative to the data folder, separated by "/". */
  readonly id: string;
  /** Absolute path of the file. */
  readonly path: string;
  /** The split given by a folder or file. */
  readonly given: Part | undefined;
  readonly group?: string;
  /** Size that the file states. It tells whether the annotation means the image before or after its EXIF rotation. */
  readonly size?: Size;
  readonly objects: readonly AnnotatedObject[];
  /** Objects that the reader could not use. The image is left out: as background, they would be learnt wrongly. */
  readonly refused: readonly Skipped[];
  readonly cocoId?: number;
  /** Annotation file, for messages. */
  readonly at: string;
}

/** What four numbers of a box are. */
export type BoxReading = "corners" | "corner and size" | "centre and size";

/** The content of a dataset's annotation files. */
export interface Annotations {
  readonly layout: BoxLayout;
  readonly root: string;
  /** "pixels", or "shares" of the image's width and height, 0 … 1. */
  readonly unit: "pixels" | "shares";
  /** True if the tool annotates the image after its EXIF rotation. It decides if the sizes do not. */
  readonly upright: boolean;
  /** What the four numbers of a box are in the files; undefined if boxes are drawn around points. */
  readonly reading: BoxReading | undefined;
  /** Names of the classes in the files' order; undefined if the files have no list of classes. */
  readonly classes: readonly string[] | undefined;
  readonly pictures: readonly AnnotatedPicture[];
  readonly skipped: readonly Skipped[];
  readonly notes: readonly string[];
  readonly warnings: readonly WarningText[];
  readonly cocoIds?: ReadonlyMap<string, number>;
}

/** Longest name of a class, in characters. */
export const maxClassName = 200;

/** Returns true for four finite numbers. */
export const isBox = (value: unknown): value is Box =>
  Array.isArray(value) &&
  value.length === 4 &&
  value.every((v) => typeof v === "number" && Number.isFinite(v));
