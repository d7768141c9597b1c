import { EngraftError } from "../../core/errors.js";
import type { Detection, Size } from "../../data/boxes/box.js";
import { argmax } from "../../linalg/softmax.js";

/**
 * Returns the detections in the outputs of an exported detector, by falling score, as the object-detection pipeline of Transformers.js
 * reads them: the label of a row is its largest column, its score the softmax, and a row whose last column is the largest is dropped.
 * Coordinates are not cut to whole pixels.
 *
 * @param logits float32[N, K + D] of one image, with D "no object" columns behind the classes
 * @param boxes float32[N, 4] of one image, (cx, cy, w, h) in 0 … 1
 * @param classes number of classes K
 * @param size size of the original image
 * @throws ShapeError if the numbers do not fit
 * @example readDetections(logits, boxes, model.classes.length, { width: 640, height: 480 })
 */
export function readDetections(
  logits: Float32Array,
  boxes: Float32Array,
  classes: number,
  { width, height }: Size,
): Detection[] {
  const rows = boxes.length / 4;
  const columns = logits.length / rows;
  if (!Number.isInteger(rows) || !Number.isInteger(columns) || columns <= classes)
    throw new EngraftError(
      "ShapeError",
      `${boxes.length} box coordinates and ${logits.length} logits do not fit ${classes} classes`,
      { help: "an image has logits float32[N, K + D] and pred_boxes float32[N, 4]" },
    );
  const found: Detection[] = [];
  for (let row = 0; row < rows; row++) {
    const label = argmax(logits, row * columns, columns);
    if (label >= classes) continue;
    const [cx, cy, w, h] = boxes.subarray(4 * row) as unknown as [number, number, number, number];
    found.push({
      label,
      score: softmaxOf(logits.subarray(row * columns, (row + 1) * columns), label),
      box: [(cx - w / 2) * width, (cy - h / 2) * height, (cx + w / 2) * width, (cy + h / 2) * height],
    });
  }
  return found.sort((a, b) => b.score - a.score);
}

/** 1 / Σ_k exp(z_k − z_label) */
function softmaxOf(row: Float32Array, label: number): number {
  let sum = 0;
  for (const z of row) sum += Math.exp(z - row[label]!);
  return 1 / sum;
}

/** A detection with the name of its class, in the form of the object-detection pipeline of Transformers.js. */
export interface NamedDetection {
  /** 0 … 1 */
  readonly score: number;
  readonly label: string;
  /** In pixels of the original image, rounded to 1/100. */
  readonly box: {
    readonly xmin: number;
    readonly ymin: number;
    readonly xmax: number;
    readonly ymax: number;
  };
}

/**
 * Returns the detections with at least a score, with the names of their classes.
 * @param threshold 0 … 1. Default 0: all detections
 */
export function namedDetections(
  detections: readonly Detection[],
  classes: readonly string[],
  threshold = 0,
): NamedDetection[] {
  return detections
    .filter(({ score }) => score >= threshold)
    .map(({ label, score, box }) => {
      const [xmin, ymin, xmax, ymax] = box.map((v) => Math.round(v * 100) / 100) as [
        number,
        number,
        number,
        number,
      ];
      return { score, label: classes[label]!, box: { xmin, ymin, xmax, ymax } };
    });
}
