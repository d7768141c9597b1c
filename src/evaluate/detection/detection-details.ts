import type { Box, Size } from "../../data/boxes/box.js";
import type { ReliabilityBin } from "../calibration.js";
import type { BoxCountRow, BoxSizeRow } from "./box-tables.js";
import type { ErrorGains } from "./error-gains.js";
import { errorKinds } from "./error-kinds.js";

/** Precision, recall and F1 of all classes together if detections from a score on are kept. */
export interface ThresholdScores {
  /** null without a detection. */
  readonly precision: number | null;
  /** null without a true box. */
  readonly recall: number | null;
  readonly f1: number;
}

/** True boxes of a class: how many in each split, and the sizes of all of them. */
export interface ClassBoxes extends Pick<BoxSizeRow, "name" | "small" | "medium" | "large" | "side"> {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

/** A box on an image, and what became of it. */
export interface MatchedBox {
  /** Index of the class. */
  readonly label: number;
  /** In pixels of the original image. */
  readonly box: Box;
  /** Missing for a missed object. */
  readonly score?: number;
  readonly outcome: "found" | "false" | "missed";
}

/** An image with its boxes. */
export interface MatchedPicture extends Size {
  /** Id of the item: its path in the data folder. */
  readonly item: string;
  readonly found: number;
  readonly wrong: number;
  readonly missed: number;
  readonly boxes: readonly MatchedBox[];
}

/** What the report of a detector shows besides its scores, all of the test split. */
export interface DetectionDetails {
  readonly format: 1;
  /** Data folder: the items of `worst` are in it. */
  readonly root: string;
  /** `confusion[truth][detection]` at the threshold; the last row and column are the background. */
  readonly confusion: readonly (readonly number[])[];
  /** Counts of each class at the threshold. */
  readonly by_class: readonly BoxCountRow[];
  readonly boxes: readonly ClassBoxes[];
  /** True boxes of the test split that count, by size. */
  readonly sizes: Readonly<Record<"small" | "medium" | "large", number>>;
  /** Kinds of errors at the threshold. */
  readonly errors: ErrorGains;
  /** For each class the precision at the recall levels 0, 0.01 … 1, at an IoU of 0.5; null for a class without a true box. */
  readonly precision_recall: readonly (readonly number[] | null)[];
  /** At the thresholds 0, 0.01 … 1. */
  readonly by_threshold: readonly ThresholdScores[];
  /** Reliability of the scores. */
  readonly reliability: {
    readonly before: readonly ReliabilityBin[];
    readonly after: readonly ReliabilityBin[];
  };
  /** Images with errors, the worst first. */
  readonly worst: readonly MatchedPicture[];
}

const isNumber = (value: unknown): boolean => Number.isFinite(value);
const isNumberOrNull = (value: unknown): boolean => value === null || isNumber(value);
const areAll = (list: unknown, check: (one: never) => boolean): boolean =>
  Array.isArray(list) && list.every((one) => check(one as never));
const areNumbers = (list: unknown): boolean => areAll(list, isNumber);

const isBin = (bin: Partial<ReliabilityBin> | null): boolean =>
  areNumbers([bin?.low, bin?.high, bin?.n, bin?.confidence, bin?.accuracy]);

const outcomes: readonly unknown[] = ["found", "false", "missed"];

const isBox = (one: Partial<MatchedBox> | null, classes: number): boolean =>
  Number.isInteger(one?.label) &&
  one!.label! >= 0 &&
  one!.label! < classes &&
  areNumbers(one?.box) &&
  one?.box?.length === 4 &&
  isNumber(one.score ?? 0) &&
  outcomes.includes(one.outcome);

const isPicture = (one: Partial<MatchedPicture> | null, classes: number): boolean =>
  typeof one?.item === "string" &&
  areNumbers([one.found, one.wrong, one.missed]) &&
  [one.width, one.height].every((side) => Number.isInteger(side) && side! > 0) &&
  areAll(one.boxes, (box) => isBox(box, classes));

/** True for details of a detector with some classes: the report reads nothing that has another type. */
export function isDetectionDetails(json: unknown, classes: number): json is DetectionDetails {
  const {
    format,
    root,
    confusion,
    by_class,
    boxes,
    sizes,
    errors,
    precision_recall,
    by_threshold,
    reliability,
    worst,
  } = (json ?? {}) as Partial<DetectionDetails>;
  return (
    format === 1 &&
    typeof root === "string" &&
    confusion?.length === classes + 1 &&
    areAll(confusion, (row: readonly number[]) => areNumbers(row) && row.length === classes + 1) &&
    by_class?.length === classes &&
    areAll(
      by_class,
      (row: BoxCountRow | null) =>
        typeof row?.name === "string" &&
        areNumbers([row.right, row.wrong, row.missed, row.f1]) &&
        [row.precision, row.recall].every(isNumberOrNull),
    ) &&
    areAll(
      boxes,
      (row: ClassBoxes | null) =>
        typeof row?.name === "string" &&
        areNumbers([row.train, row.validation, row.test, row.small, row.medium, row.large]) &&
        isNumberOrNull(row.side),
    ) &&
    areNumbers([sizes?.small, sizes?.medium, sizes?.large]) &&
    isNumberOrNull(errors?.ap50) &&
    areAll(
      errors!.kinds,
      (row: ErrorGains["kinds"][number] | null) =>
        (errorKinds as readonly unknown[]).includes(row?.kind) &&
        isNumber(row?.count) &&
        isNumberOrNull(row?.gain),
    ) &&
    precision_recall?.length === classes &&
    areAll(precision_recall, (row: unknown) => row === null || areNumbers(row)) &&
    areAll(
      by_threshold,
      (row: ThresholdScores | null) =>
        isNumber(row?.f1) && [row!.precision, row!.recall].every(isNumberOrNull),
    ) &&
    areAll([reliability?.before, reliability?.after], (bins) => areAll(bins, isBin)) &&
    areAll(worst, (picture) => isPicture(picture, classes))
  );
}
