import type { LabelMap } from "../masks/label-map.js";

/** Targets of a segmentation at the network's own resolution. */
export interface BlockShares {
  /** float32[K, h, w]: the share of each class among the labelled pixels of a block; 0 for a block without one. */
  readonly shares: Float32Array;
  /** float32[h, w]: the share of labelled pixels in each block. */
  readonly weights: Float32Array;
}

/**
 * Returns the shares of the classes in blocks of pixels, as targets of a cross-entropy at a lower resolution than the mask's.
 *
 *     t_k = pixels of class k / labelled pixels        v = labelled pixels / pixels
 *
 * @param classes K; labels from K on are not labelled
 * @param block side of a block in pixels, of which both sides of the mask are multiples. Default 4
 * @example blockShares({ width: 2, height: 2, data: Uint8Array.of(0, 1, 1, 255) }, 2, 2).shares // 1/3, 2/3
 */
export function blockShares({ width, height, data }: LabelMap, classes: number, block = 4): BlockShares {
  const [w, h] = [Math.floor(width / block), Math.floor(height / block)];
  const shares = new Float32Array(classes * h * w);
  const weights = new Float32Array(h * w);
  for (let i = 0; i < h * block; i++) {
    const row = Math.floor(i / block) * w;
    for (let j = 0; j < w * block; j++) {
      const label = data[i * width + j]!;
      if (label >= classes) continue;
      const at = row + Math.floor(j / block);
      shares[label * h * w + at]!++;
      weights[at]!++;
    }
  }
  for (let at = 0; at < h * w; at++) {
    const labelled = weights[at]!;
    if (labelled === 0) continue;
    for (let k = 0; k < classes; k++) shares[k * h * w + at]! /= labelled;
    weights[at] = labelled / block ** 2;
  }
  return { shares, weights };
}

/** Returns the share of each class among all labelled pixels of masks, float64[K]. */
export async function classShares(
  masks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  classes: number,
): Promise<Float64Array> {
  const shares = new Float64Array(classes);
  for await (const mask of masks) for (const label of mask) if (label < classes) shares[label]!++;
  const labelled = shares.reduce((sum, n) => sum + n, 0);
  return labelled === 0 ? shares : shares.map((n) => n / labelled);
}

/** A class with less than this part of an equal share of the pixels is rare. */
const rarePart = 0.5;

/** Returns the classes with less than half of an equal share of the pixels, 1 / (2 K), but with some. */
export const rareClasses = (shares: ArrayLike<number>): number[] =>
  Array.from(shares, (share, k) => ({ share, k }))
    .filter(({ share }) => share > 0 && share < rarePart / shares.length)
    .map(({ k }) => k);

/** A class needs a weight below this share of the pixels. */
const weightedShare = 0.05;
/** Range of the weights. */
const weightRange = [0.5, 5] as const;

/**
 * Returns the weights of classes in the loss: all 1 unless the rarest class has less than 5 % of the pixels.
 *
 *     w_k = clip(√(median(f) / f_k), 0.5, 5)        f: shares of the pixels, the median of those above 0
 *
 * The square root, because the full inverse floods pictures with false pixels of the rare class.
 */
export function classWeights(shares: ArrayLike<number>): number[] {
  const present = Array.from(shares)
    .filter((share) => share > 0)
    .sort((a, b) => a - b);
  if (!(present[0]! < weightedShare)) return Array.from(shares, () => 1);
  const median = (present[(present.length - 1) >> 1]! + present[present.length >> 1]!) / 2;
  const [low, high] = weightRange;
  return Array.from(shares, (share) =>
    share > 0 ? Math.min(high, Math.max(low, Math.sqrt(median / share))) : 1,
  );
}
