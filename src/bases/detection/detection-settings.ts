import { EngraftError } from "../../core/errors.js";
import type { Size } from "../../data/boxes/box.js";
import type { Places } from "../../data/boxes/places.js";

/** Maps the logit z of a class to its calibrated score σ(slope · z + offset). */
export interface ScoreScaling {
  /** Above 0, so that the order of the scores stays. */
  readonly slope: number;
  readonly offset: number;
}

/** How the raw output of a dense detector becomes detections, in the exported graph and on the host. */
export interface DetectionOptions {
  /** Number of classes K. */
  readonly classes: number;
  readonly places: Places;
  /** Size of the network's input in pixels. */
  readonly input: Size;
  /** Calibration of each class. Default: slope 1 and offset 0. */
  readonly scaling?: readonly ScoreScaling[];
  /** Detections with a score above this are kept, 0.0104 … 1. Default 0.0104. */
  readonly threshold?: number;
  /** A box is dropped if its IoU with a better one of its class is above this. Default 0.6. */
  readonly iou?: number;
  /** Most detections of an image: rows N of the exported outputs. Default 100. */
  readonly most?: number;
  /** Most places that suppression compares, those with the best scores. Default 1,000; 300 for more than 20 classes. */
  readonly candidates?: number;
}

/** Options with their defaults. */
export type DetectionSettings = Required<DetectionOptions>;

/**
 * Number D of "no object" columns behind the classes in an exported detector. Transformers.js takes the softmax of a row and its largest
 * column, so a score p survives only above 1 / (D + 1).
 */
export const noObjectColumns = 100;
/** Lowest threshold: just above 1 / (D + 1). */
export const lowestScore = 0.0104;
/** exp(±6): distances are from 1/400 to 400 cells. */
export const distanceLimit = 6;

/** More candidates take over 3 ms with many classes (measured on one core). */
const candidatesFor = (classes: number): number => (classes > 20 ? 300 : 1000);

/** Returns the options with their defaults. @throws OptionError for a value out of range, ShapeError for lists of other lengths */
export function detectionSettings(options: DetectionOptions): DetectionSettings {
  const { classes, places, input, threshold = lowestScore, iou = 0.6, most = 100 } = options;
  const { scaling = Array.from({ length: classes }, () => ({ slope: 1, offset: 0 })) } = options;
  const { candidates = candidatesFor(classes) } = options;
  requireRange("classes", classes, 1, Number.POSITIVE_INFINITY);
  requireRange("threshold", threshold, lowestScore, 1);
  requireRange("iou", iou, 0, 1);
  requireRange("most", most, 1, Number.POSITIVE_INFINITY);
  requireRange("candidates", candidates, 1, Number.POSITIVE_INFINITY);
  if (scaling.length !== classes)
    throw new EngraftError(
      "ShapeError",
      `${classes} classes need ${classes} scalings, got ${scaling.length}`,
    );
  for (const [k, { slope, offset }] of scaling.entries())
    if (!(slope > 0 && Number.isFinite(slope) && Number.isFinite(offset)))
      throw new EngraftError(
        "OptionError",
        `the scaling of class ${k} has slope ${slope} and offset ${offset}`,
        { help: "the slope must be a number above 0, and the offset a number" },
      );
  const count = Math.min(places.count, candidates);
  return {
    classes,
    places,
    input,
    scaling,
    threshold,
    iou,
    candidates: count,
    most: Math.min(most, classes * count),
  };
}

function requireRange(name: string, value: number, low: number, high: number): void {
  if (value >= low && value <= high) return;
  const range = high === Number.POSITIVE_INFINITY ? `at least ${low}` : `${low} to ${high}`;
  throw new EngraftError("OptionError", `the detection option ${name} is ${value}`, { help: `use ${range}` });
}
