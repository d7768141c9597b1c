/** Occlusion: predictions of an image classifier with a grey patch at each place. */
import { stopIf } from "../core/errors.js";
import type { HeatMap } from "../core/results/insights.js";
import { type Explained, explainedValue } from "./explained-value.js";

/** uint8[n, height, width, 3] -> logits float32[n, C]. */
export type PictureScorer = (pixels: Uint8Array, n: number) => Promise<Float32Array>;

export interface OcclusionOptions {
  /** Number of places of the patch along a side. Default 8. */
  readonly places?: number;
  /** Side of the patch, as a share of the image's. Default 1/4, so that patches overlap. */
  readonly patch?: number;
  /** Colour of the patch. Default: 127 in every channel. */
  readonly grey?: readonly number[];
  /** Images scored at once. Default 16. */
  readonly batch?: number;
  readonly signal?: AbortSignal;
}

/** Starts of the patch: the first at 0, the last patch ends with the image. */
function starts(length: number, side: number, places: number): number[] {
  const n = Math.max(1, Math.min(places, length - side + 1));
  return Array.from({ length: n }, (_, i) => (n === 1 ? 0 : Math.round((i * (length - side)) / (n - 1))));
}

/**
 * Occlusion: loss of log p of a class if a patch of the image is grey.
 *
 * d(patch) = log p(class | x) - log p(class | x without the patch); a cell of the map is the mean of d over the patches
 * that cover its centre
 *
 * @param pixels uint8[height, width, 3]
 * @param explained the class, or another value of the scores instead of log p
 * @returns `places` × `places` cells; above 0 supports the class, below 0 contradicts it; nats
 * @see Zeiler & Fergus 2014, Visualizing and Understanding Convolutional Networks, section 4.2
 */
export async function occlude(
  score: PictureScorer,
  pixels: Uint8Array,
  { height, width }: { readonly height: number; readonly width: number },
  explained: Explained,
  { places = 8, patch = 1 / 4, grey = [127, 127, 127], batch = 16, signal }: OcclusionOptions = {},
): Promise<HeatMap> {
  const [high, wide] = [height, width].map((side) => Math.max(1, Math.round(side * patch))) as [
    number,
    number,
  ];
  const at = starts(height, high, places).flatMap((top) =>
    starts(width, wide, places).map((left) => ({ top, left })),
  );
  const whole = explainedValue(await score(pixels, 1), explained);
  const drops: number[] = [];
  for (let first = 0; first < at.length; first += batch) {
    stopIf(signal);
    const some = at.slice(first, first + batch);
    const hidden = new Uint8Array(some.length * pixels.length);
    some.forEach(({ top, left }, i) => {
      const copy = hidden.subarray(i * pixels.length, (i + 1) * pixels.length);
      copy.set(pixels);
      for (let y = top; y < top + high; y++)
        for (let x = left; x < left + wide; x++) copy.set(grey, 3 * (y * width + x));
    });
    const scores = await score(hidden, some.length);
    const classes = scores.length / some.length;
    for (const i of some.keys())
      drops.push(whole - explainedValue(scores.subarray(i * classes, (i + 1) * classes), explained));
  }
  const [rows, columns] = [Math.min(places, height), Math.min(places, width)];
  const values = Array.from({ length: rows * columns }, (_, cell) => {
    const y = ((Math.floor(cell / columns) + 0.5) * height) / rows;
    const x = (((cell % columns) + 0.5) * width) / columns;
    const over = drops.filter(
      (_d, i) => at[i]!.top <= y && y < at[i]!.top + high && at[i]!.left <= x && x < at[i]!.left + wide,
    );
    return over.reduce((sum, d) => sum + d, 0) / Math.max(1, over.length);
  });
  return { rows, columns, values };
}
