import type { LeakedPair, Part } from "../core/events/events.js";
import type { WarningText } from "../core/messages/message.js";
import type { BaseClassification, CustomTask } from "../core/results/task.js";
import type { SplitOrigin } from "./split/split-origin.js";

/** Labelled image. */
export interface ImageItem {
  /** Path relative to the data folder, separated by "/": stable across machines. */
  readonly id: string;
  /** Absolute path of the file. */
  readonly path: string;
  /** Index into {@link Dataset.classes}. */
  readonly label: number;
  readonly part: Part;
  /** Group of the item (a person, a film), if the data state one. A group is in one split. */
  readonly group?: string;
  /** sha256 of the file's bytes, hex. */
  readonly sha256: string;
}

/** Two images on two sides of a split that are copies: the test score is too high. */
export type Leak = LeakedPair;

/** A data folder that was looked at: items, split, and everything a user should know about it. */
export interface Dataset extends SplitOrigin {
  /** Items of text classification have a text each, and no file of their own. */
  readonly task: BaseClassification | CustomTask;
  readonly root: string;
  /** Sorted by code point, so that a class has the same index on every machine. */
  readonly classes: readonly string[];
  readonly items: readonly ImageItem[];
  readonly seed: number;
  readonly skipped: readonly { readonly item: string; readonly reason: string }[];
  /** Number of files left out without a message: hidden ones, and those that are no images by name. */
  readonly ignored?: { readonly hidden: number; readonly notPictures: number };
  readonly duplicates: { readonly exact: number; readonly near: number; readonly acrossParts: number };
  readonly warnings: readonly WarningText[];
  /** Pairs across the parts, most serious first; of a split that is made here only what could not be kept together. */
  readonly leaks?: readonly Leak[];
  /** sha256 over the sorted (id, content sha256, label, part): equal only for the same data and split. */
  readonly fingerprint: string;
  /** sha256 over the content hashes of the test split: evaluations on a test split are counted by it. */
  readonly testFingerprint: string;
}

/** Preprocessing of images that a base expects; stored in `preprocessor_config.json`. */
export interface ImagePreprocessing {
  readonly height: number;
  readonly width: number;
  /** y = (pixel * rescale - mean[c]) / std[c], pixel in 0..255, c in the order of `channels`. */
  readonly rescale: number;
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  readonly channels: "rgb" | "bgr";
}

/** Pixels of one image: uint8[height, width, 3], RGB. */
export interface Pixels {
  readonly height: number;
  readonly width: number;
  readonly data: Uint8Array;
}

/** Random changes of training images: see {@link augment}. */
export const augmentations = [
  "none",
  "light",
  "standard",
  "strong",
  "randaugment",
  "trivialaugment",
] as const;
export type Augmentation = (typeof augmentations)[number];
/** Random changes of training texts: see `augmentText`. */
export const textAugmentations = ["delete", "swap", "mask", "typo"] as const;
export type TextAugmentation = (typeof textAugmentations)[number];

/** Most views of an image for test-time augmentation. */
export const mostViews = 12;
