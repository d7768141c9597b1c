import type { LeakedPair, Part } from "../core/events/events.js";
import type { WarningText } from "../core/messages/message.js";
import type { BaseClassification, CustomTask } from "../core/results/task.js";
import type { SplitOrigin } from "./split/split-origin.js";

/** One labelled picture. */
export interface ImageItem {
  /** Path relative to the data folder with "/" between the parts: stable across machines. */
  readonly id: string;
  /** Absolute path of the file. */
  readonly path: string;
  /** Index into {@link Dataset.classes}. */
  readonly label: number;
  readonly part: Part;
  /** What it belongs to with others (a person, a film), where the data say so: all of them are in one part. */
  readonly group?: string;
  /** sha256 of the file's bytes, hex. */
  readonly sha256: string;
}

/** Two pictures on two sides of a split that should not be: the test score flatters. */
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
  /** Files left aside without a word each: hidden ones, and those that are no pictures by name. */
  readonly ignored?: { readonly hidden: number; readonly notPictures: number };
  readonly duplicates: { readonly exact: number; readonly near: number; readonly acrossParts: number };
  readonly warnings: readonly WarningText[];
  /** Pairs across the parts, most serious first; of a split that is made here only what could not be kept together. */
  readonly leaks?: readonly Leak[];
  /** sha256 over the sorted (id, content sha256, label, part): equal only for the same data and split. */
  readonly fingerprint: string;
  /** sha256 over the content hashes of the test part: looks at a test part are counted by it. */
  readonly testFingerprint: string;
}

/** How a base wants its pictures; travels in `preprocessor_config.json`. */
export interface ImagePreprocessing {
  readonly height: number;
  readonly width: number;
  /** y = (pixel * rescale - mean[c]) / std[c], pixel in 0..255, c in the order of `channels`. */
  readonly rescale: number;
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  readonly channels: "rgb" | "bgr";
}

/** Pixels of one picture: uint8[height, width, 3], RGB. */
export interface Pixels {
  readonly height: number;
  readonly width: number;
  readonly data: Uint8Array;
}

/** How training pictures are changed at random: see {@link augment}. */
export const augmentations = [
  "none",
  "light",
  "standard",
  "strong",
  "randaugment",
  "trivialaugment",
] as const;
export type Augmentation = (typeof augmentations)[number];
/** How training texts are changed at random: see `augmentText`. */
export const textAugmentations = ["delete", "swap", "mask", "typo"] as const;
export type TextAugmentation = (typeof textAugmentations)[number];

/** How many views of a picture there are for test-time augmentation. */
export const mostViews = 12;
