import { EngraftError } from "../../core/errors.js";
import { ignoredPixel } from "./score-masks.js";

/**
 * Kinds of pixels in an error map. A value of the map is a position in this list.
 *
 * - background: background in truth and prediction
 * - right: a class other than the background, in truth and prediction
 * - false: predicted as a class, background in truth
 * - missed: predicted as background, a class in truth
 * - confused: predicted as another class
 * - ignored: a pixel that no score counts
 */
export const maskErrorKinds = ["background", "right", "false", "missed", "confused", "ignored"] as const;
export type MaskErrorKind = (typeof maskErrorKinds)[number];

/** What became of each pixel of an image. */
export interface MaskErrors {
  /** uint8[height, width], positions in {@link maskErrorKinds}. */
  readonly map: Uint8Array;
  /** Number of pixels by kind. */
  readonly counts: Readonly<Record<MaskErrorKind, number>>;
}

/**
 * Returns the error map of a predicted mask.
 * @param truth,predicted uint8[height, width], classes; 0 is the background, 255 in the truth is left out
 * @throws ShapeError for different sizes
 */
export function maskErrors(truth: Uint8Array, predicted: Uint8Array): MaskErrors {
  if (truth.length !== predicted.length)
    throw new EngraftError(
      "ShapeError",
      `the mask has ${truth.length} pixels, its prediction ${predicted.length}`,
    );
  const map = truth.map((own, i) => maskErrorKinds.indexOf(kindOf(own, predicted[i]!)));
  const counts = maskErrorKinds.map(() => 0);
  for (const kind of map) counts[kind]!++;
  return {
    map,
    counts: Object.fromEntries(maskErrorKinds.map((kind, i) => [kind, counts[i]!])) as MaskErrors["counts"],
  };
}

function kindOf(truth: number, predicted: number): MaskErrorKind {
  if (truth === ignoredPixel) return "ignored";
  if (truth === predicted) return truth === 0 ? "background" : "right";
  if (truth === 0) return "false";
  return predicted === 0 ? "missed" : "confused";
}
