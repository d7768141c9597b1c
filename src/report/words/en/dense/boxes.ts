/** English sentences of the report of an object detection. */
import type { ErrorKind } from "../../../../evaluate/detection/error-kinds.js";
import { count } from "../../../charts/numbers.js";
import { html, type Markup } from "../../../html.js";
import { denseEn } from "./dense.js";

export const boxesEn = {
  ...denseEn,
  kind: "object detection",
  figure: "mAP",
  /** @param epochs whether validation chose the epoch */
  footer: (seeds: string, epochs = true): string =>
    `${denseEn.footer(seeds)} Validation pictures chose ${epochs ? "the epoch, " : ""}the threshold and the calibration; test pictures chose nothing.`,
  counted: (boxes: number, pictures: number): string =>
    `${count(boxes, "box", "boxes")} in ${count(pictures, "test picture")}.`,
  ways: {
    constant: "the same boxes in every picture",
    ...denseEn.ways,
  } as Readonly<Record<string, string>>,
  classes: "Classes",

  // Tiles
  precision: "Precision",
  recall: "Recall",
  fromScore: (threshold: string): string => `scores from ${threshold}`,
  weakest: "Weakest class",
  mostCostly: "Costliest errors",
  withoutThem: (gain: string): string => `AP50 ${gain} without them`,

  // Worst pictures
  worstIntro: (threshold: string): string =>
    `Pictures with the most errors first: missed objects, and false boxes by their score. Boxes with a score from ${threshold} are drawn.`,
  noErrors: "Every object of the test pictures is found, and no box is false.",
  boxesOf: (found: number, wrong: number, missed: number): string =>
    `${found} found, ${wrong} false, ${missed} missed`,
  drawingOf: (item: string, boxes: string): string => `${item} with its boxes: ${boxes}`,

  // Errors
  errors: "Errors",
  confusionNote: (matrix: Markup): Markup =>
    html`${matrix}: rows are true classes, columns what was detected at their place (IoU from 0.5). The last column counts missed objects, the last row boxes where no object is.`,
  confusionAxis: "true ↓ · detected →",
  background: "background",
  kinds: "Kinds of errors",
  kindColumn: "kind",
  countColumn: "count",
  gainColumn: "AP50 gain if mended",
  kindsNote: (ap50: string): string =>
    `AP50 of the boxes from the threshold on is ${ap50}. Each gain is for one kind alone; together they are more or less than their sum.`,
  errorKinds: {
    class: ["wrong class", "the box is right"],
    place: ["wrong place", "the class is right, IoU below 0.5"],
    both: ["wrong class and place", "an object of another class is near"],
    double: ["found twice", "another box has the object"],
    background: ["nothing there", "no object is near"],
    missed: ["missed", "no box is near"],
  } satisfies Record<ErrorKind, readonly [string, string]> as Readonly<
    Record<ErrorKind, readonly [name: string, meaning: string]>
  >,

  // Scores by class and by size
  weakestFirst: "Lowest AP50 first.",
  boxes: "boxes",
  ap50: "AP50",
  ap: "mAP",
  atThreshold: (threshold: string): string =>
    `Precision and recall count boxes with a score from ${threshold} that overlap an object of their class with an IoU of at least 0.5.`,
  bySize: "By size of the object",
  size: "size",
  sizes: {
    small: "small: up to 32 × 32 pixels",
    medium: "medium",
    large: "large: from 96 × 96 pixels",
  },
  averageRecall: "average recall",
  ofPicture: "Pixels are those of the original picture.",

  // Precision, recall and threshold
  thresholds: "Precision, recall and threshold",
  curve: "Precision and recall",
  curveNote: "precision by recall, IoU from 0.5; higher is better",
  recallAxis: "recall",
  byThreshold: "Threshold",
  byThresholdNote: "by the lowest score that counts, all classes",
  scoreAxis: "score",
  f1: "F1",
  precisionLine: "precision",
  recallLine: "recall",
  thresholdNote: (threshold: string): Markup =>
    html`Dotted vertical line: the threshold ${threshold}, which has the highest F1 on the validation split. <code>engraft predict</code> uses it; <code>--threshold</code> sets another one.`,
  shownClasses: (shown: number, all: number): string =>
    `The curves are those of the ${shown} most frequent of ${all} classes.`,

  // Calibration
  reliability: "Reliability",
  reliabilityNote: "share of right boxes by score; the diagonal is best",
  rightShare: "share of right boxes",
  before: "before calibration",
  after: "after calibration",
  perfect: "as stated",
  calibration: (error: Markup, before: string, after: string): Markup =>
    html`The scores are calibrated on the validation split: of the boxes with a score of 0.8, about 80\u00a0% are right. Their ${error} on the test split is ${after}, and was ${before} before.`,

  // Data
  boxesTitle: "Boxes",
  train: "train",
  validation: "validation",
  test: "test",
  small: "small",
  medium: "medium",
  large: "large",
  side: "median side",
  pixels: (side: string): string => `${side} px`,
  sizesNote:
    "small: up to 32 × 32 pixels; large: from 96 × 96 pixels. The side is the square root of the area. Regions of many objects are left out.",
};
