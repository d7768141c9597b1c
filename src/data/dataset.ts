import type { LeakedPair, Part } from "../core/events/events.js";
import type { OnProgress } from "../core/events/progress-events.js";
import type { WarningText } from "../core/messages/message.js";
import type { BaseClassification, CustomTask } from "../core/results/task.js";
import type { SplitOrigin } from "./split/split-origin.js";

/** A sample of a run, as far as a step needs it that knows no task. */
export interface Sample {
  /** Path relative to the data folder, separated by "/": stable across machines. */
  readonly id: string;
  /** Absolute path of its file, or of the list that it is a row of. */
  readonly path: string;
  readonly part: Part;
  /** The group of the item, such as a person or a film. A group is never divided between splits. */
  readonly group?: string;
  /** sha256 of the file's bytes, hex. */
  readonly sha256: string;
  /** sha256 of a text's normal form, hex, which its copies share. Missing for other samples: copies share their sha256. */
  readonly copyHash?: string;
  /** True for rows of a table whose equal rows are no copies, since few values explain them. Default false. */
  readonly equalByChance?: true;
}

/** Returns the hash by which the splits know copies of a sample. */
export const copyHashOf = ({ copyHash, sha256 }: Pick<Sample, "sha256" | "copyHash">): string =>
  copyHash ?? sha256;

/** A sample of one class. */
export interface ClassSample extends Sample {
  /** Index into {@link Dataset.classes}. */
  readonly label: number;
  /** The thumbnail of a picture or the print of a clip, by which near copies are found. See {@link OpenOptions.prints}. */
  readonly print?: Uint8Array | Int8Array | undefined;
  /** Id of the first of the sample's copies and near copies, which folds keep together. Missing: it has none. */
  readonly copyOf?: string;
}

/** A picture or sound with its numbers. */
export interface TargetItem extends ClassSample {
  /** Numbers in the order of the dataset's targets. */
  readonly values: readonly number[];
}

/** Two copies in different splits, which make the test score too high. */
export type Leak = LeakedPair;

/** A file, row or annotation that was left out. */
export interface Skipped {
  /** Path, or file and line. */
  readonly item: string;
  readonly reason: string;
}

/** How the samples of data are divided, and read. */
export interface OpenOptions {
  /** Seed of the split. Default 0. */
  readonly seed?: number;
  /** Share for a validation split that is not given, 0 … 1. Default 0.15. */
  readonly validationFraction?: number;
  /** Share for a test split that is not given, 0 … 1. Default 0.15. */
  readonly testFraction?: number;
  /** Share of the files that is opened, "3/20", by their ids. Default: that of the source, or all. */
  readonly shard?: string | undefined;
  /** Allows empty splits, for data that only scores a model. Default false. */
  readonly emptyParts?: boolean;
  /** Keeps all samples for training, with the warning `no_score`, if they have too few groups for three splits. Default false. */
  readonly unscored?: boolean | undefined;
  /** Keeps samples without a label, whose `label` is -1. Lists need no column of labels then. Default false. */
  readonly keepUnlabelled?: boolean;
  /** Keeps the print of each picture or clip, to find near copies in other data. Default false. */
  readonly prints?: boolean | undefined;
  /** Caches the look at the files in the cache folder. Default true. */
  readonly cache?: boolean;
  readonly signal?: AbortSignal;
  /** Receives progress events of the phase "scan". */
  readonly onEvent?: OnProgress;
}

/** Samples that were read and divided. */
export interface Opened<Item> extends SplitOrigin {
  readonly root: string;
  readonly items: readonly Item[];
  readonly seed: number;
  readonly skipped: readonly Skipped[];
  readonly warnings: readonly WarningText[];
  /** sha256 of the sorted (id, content sha256, target, part). */
  readonly fingerprint: string;
  /** sha256 of the content hashes of the test split. Evaluations on a test split are counted by it. */
  readonly testFingerprint: string;
}

/** Samples of a run. @template Item what the task knows of a sample */
export interface Samples<Item extends Sample = Sample>
  extends Pick<Opened<Item>, "root" | "items" | "seed" | "fingerprint" | "testFingerprint"> {
  /** Names of what a run learns to tell apart: classes, labels, numbers or tags. */
  readonly classes: readonly string[];
  readonly warnings?: Dataset["warnings"];
  readonly splitMessages?: SplitOrigin["splitMessages"];
}

/** The samples of a dataset, with classes, splits and warnings. */
export interface Dataset extends Opened<ClassSample> {
  /** In text classification, items have a text instead of a file. */
  readonly task: BaseClassification | CustomTask;
  /** Sorted by code point, so that a class has the same index on every machine. */
  readonly classes: readonly string[];
  /** Number of files skipped without a message: hidden files, and files without an image extension. */
  readonly ignored?: { readonly hidden: number; readonly notPictures: number };
  readonly duplicates: { readonly exact: number; readonly near: number; readonly acrossParts: number };
  /** Copies in different splits, most serious first. */
  readonly leaks?: readonly Leak[];
}

/** The image preprocessing of a base, stored in `preprocessor_config.json`. */
export interface ImagePreprocessing {
  readonly height: number;
  readonly width: number;
  /**
   * Shorter side, in pixels, to which a picture is resized before its centre of height × width is cut out. Missing: the whole picture is
   * resized to height × width.
   */
  readonly shortestEdge?: number;
  /** y = (pixel * rescale - mean[c]) / std[c], pixel in 0..255, c in the order of `channels`. */
  readonly rescale: number;
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  readonly channels: "rgb" | "bgr";
}

/** The pixels of an image: uint8[height, width, 3], RGB. */
export interface Pixels {
  readonly height: number;
  readonly width: number;
  readonly data: Uint8Array;
  /** If the pixels are the centre of the picture: its left, top, width and height, in shares of the picture. */
  readonly inside?: readonly [number, number, number, number];
}

/** Augmentations of training images, see {@link augment}. */
export const augmentations = [
  "none",
  "light",
  "standard",
  "strong",
  "randaugment",
  "trivialaugment",
] as const;
export type Augmentation = (typeof augmentations)[number];
/** Augmentations of training texts, see `augmentText`. */
export const textAugmentations = ["delete", "swap", "mask", "typo"] as const;
export type TextAugmentation = (typeof textAugmentations)[number];

/** Augmentations of training sounds, see `clipChange` and `clipSpeed`. */
export const soundAugmentations = ["shift", "gain", "noise", "speed", "specaugment"] as const;
export type SoundAugmentation = (typeof soundAugmentations)[number];

/** Largest number of views of an image for test-time augmentation. */
export const mostViews = 12;
