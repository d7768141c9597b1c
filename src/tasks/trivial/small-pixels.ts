import { batches, requirePictures, type Sample } from "../../data/index.js";
import type { Context } from "../../run/context.js";
import { heldOf } from "../../run/training/planned.js";
import type { TrivialFeatures } from "./trivial-features.js";

/** Side of the small images, in pixels. Colours and layout remain, shapes do not. */
const side = 16;
/** Number of values of a small image. */
const pixelWidth = 3 * side * side;

/** Computes the pixels of images of 16 × 16 of all samples of a run. */
export async function smallPixels(context: Context): Promise<TrivialFeatures> {
  return {
    width: pixelWidth,
    recipe: { inputs: "pixels", side },
    rows: {
      train: await pixelsOf(context, "train"),
      validation: await pixelsOf(context, "validation"),
      test: await pixelsOf(context, "test"),
    },
  };
}

/** Returns float32[items, side · side · 3] of a split: means over the cells of a grid, 0 … 1. */
async function pixelsOf(context: Context, part: Sample["part"]): Promise<Float32Array> {
  const { items, inputs } = heldOf(context, part);
  const { preprocessing, decoded, platform } = requirePictures(inputs);
  const { signal } = context.options;
  const { height, width } = preprocessing;
  const size = pixelWidth;
  const rows = new Float32Array(items.length * size);
  const given = batches(items, {
    batchSize: 32,
    preprocessing,
    decoded,
    platform,
    signal,
  });
  const [top, left] = [edges(height), edges(width)];
  for await (const { pixels, indices } of given)
    for (const [i, index] of indices.entries())
      for (let row = 0; row < side; row++)
        for (let column = 0; column < side; column++) {
          const [y0, y1, x0, x1] = [top[row]!, top[row + 1]!, left[column]!, left[column + 1]!];
          const sum = [0, 0, 0];
          for (let y = y0; y < Math.max(y1, y0 + 1); y++)
            for (let x = x0; x < Math.max(x1, x0 + 1); x++)
              for (let c = 0; c < 3; c++) sum[c]! += pixels[((i * height + y) * width + x) * 3 + c]!;
          const area = Math.max(1, y1 - y0) * Math.max(1, x1 - x0) * 255;
          for (let c = 0; c < 3; c++) rows[index * size + (row * side + column) * 3 + c] = sum[c]! / area;
        }
  return rows;
}

/** Returns the bounds of the cells of a grid along n pixels. */
const edges = (n: number): number[] =>
  Array.from({ length: side + 1 }, (_, i) => Math.min(Math.floor((i * n) / side), n));
