import { stopIf } from "../../core/errors.js";
import { maskConfusion } from "../../evaluate/segmentation/score-masks.js";
import type { PictureData } from "../../platform/platform.js";
import type { MaskBaseline, MaskSource } from "./masked-picture.js";

/** The baseline of one grey threshold a picture. */
export interface OtsuBaseline extends MaskBaseline {
  /** True if the foreground is brighter than the threshold. */
  readonly bright: boolean;
}

/**
 * Fits Otsu's method for two classes. Each picture has its own threshold; the training masks only decide whether the foreground is
 * the brighter or the darker side, by the higher IoU.
 *
 * @param train masks with the classes 0 (background) and 1
 * @see Otsu 1979, A Threshold Selection Method from Gray-Level Histograms
 */
export async function fitOtsu(train: readonly MaskSource[], signal?: AbortSignal): Promise<OtsuBaseline> {
  const sums = [new Float64Array(4), new Float64Array(4)];
  for (const source of train) {
    stopIf(signal);
    const { picture, mask } = await source.read();
    for (const [side, sum] of sums.entries())
      for (const [i, n] of maskConfusion(mask, maskOf(picture, side === 1), 2).entries()) sum[i]! += n;
  }
  const [dark, bright] = sums.map(
    ([, falseArea, missed, right]) => right! / Math.max(1, right! + falseArea! + missed!),
  );
  const isBright = bright! >= dark!;
  return { bright: isBright, predict: (picture) => maskOf(picture, isBright) };
}

function maskOf(picture: PictureData, bright: boolean): Uint8Array {
  const grey = greyLevels(picture);
  const threshold = otsuThreshold(grey);
  return grey.map((v) => (v > threshold === bright ? 1 : 0));
}

/** Returns the luma of each pixel, 0 … 255: uint8[height, width]. @see ITU-R BT.601 */
export function greyLevels({ data }: PictureData): Uint8Array {
  const grey = new Uint8Array(data.length / 3);
  for (let i = 0; i < grey.length; i++)
    grey[i] = Math.round(0.299 * data[3 * i]! + 0.587 * data[3 * i + 1]! + 0.114 * data[3 * i + 2]!);
  return grey;
}

/**
 * Returns the grey level t that divides the levels up to t from those above with the highest variance between the two sides; of equal
 * ones the lowest.
 *
 *     σ²(t) = w₀ w₁ (μ₀ − μ₁)²,   w the number of pixels of a side, μ their mean
 *
 * @param grey levels 0 … 255
 * @returns 0 … 255; the level itself if there is only one
 */
export function otsuThreshold(grey: Uint8Array): number {
  const histogram = new Float64Array(256);
  for (const v of grey) histogram[v]!++;
  const total = histogram.reduce((sum, n, level) => sum + n * level, 0);
  let [below, sumBelow, best, threshold] = [0, 0, -1, 0];
  for (let level = 0; level < 256; level++) {
    if (histogram[level] === 0) continue;
    below += histogram[level]!;
    sumBelow += histogram[level]! * level;
    const above = grey.length - below;
    const between = above === 0 ? 0 : below * above * (sumBelow / below - (total - sumBelow) / above) ** 2;
    if (between > best) [best, threshold] = [between, level];
  }
  return threshold;
}
