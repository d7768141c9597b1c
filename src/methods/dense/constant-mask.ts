import { stopIf } from "../../core/errors.js";
import { ignoredPixel } from "../../evaluate/segmentation/score-masks.js";
import type { MaskBaseline, MaskSource } from "./masked-picture.js";

/** The baseline that gives every pixel one class. Class 0 is the background. */
export const constantMask = (label: number): MaskBaseline => ({
  predict: ({ width, height }) => new Uint8Array(width * height).fill(label),
});

/** Returns the class with the most pixels in the masks; of equal ones the first. */
export async function mostFrequentClass(
  train: readonly MaskSource[],
  classes: number,
  signal?: AbortSignal,
): Promise<number> {
  const counts = new Array<number>(classes).fill(0);
  for (const source of train) {
    stopIf(signal);
    for (const label of (await source.read()).mask) if (label !== ignoredPixel) counts[label]!++;
  }
  return counts.indexOf(Math.max(...counts));
}
