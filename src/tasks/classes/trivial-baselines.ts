import type { Baseline } from "../../core/events/events.js";
import { message, recipeFields } from "../../core/messages/message.js";
import { rowsOf } from "../../core/results/rows.js";
import { batches, type ImageItem } from "../../data/index.js";
import {
  accuracyOf,
  applyHead,
  factsOf,
  type Predictions,
  scoresOf,
} from "../../evaluate/class-predictions.js";
import type { Context } from "../../run/context.js";
import { heldOf, itemsOf } from "../../run/training/planned.js";

/** A baseline with its validation accuracy. */
export interface ValidatedBaseline {
  readonly baseline: Baseline;
  readonly validation: number;
}

/** Returns the baseline that always predicts the most frequent class of the training split. */
export function majorityBaseline(context: Context): ValidatedBaseline {
  const { classes } = context.dataset;
  const counts = classes.map(() => 0);
  const train = itemsOf(context, "train");
  for (const { label } of train) counts[label]!++;
  const test = itemsOf(context, "test");
  // + 1: a class without a training item has a finite loss.
  const shares = counts.map((n) => Math.log((n + 1) / (train.length + classes.length)));
  const constant = (items: readonly ImageItem[]): Predictions => ({
    logits: Float32Array.from(items.flatMap(() => shares)),
    ...factsOf(items),
  });
  return {
    baseline: {
      test: scoresOf(classes, constant(test)),
      seconds: 0,
      ...recipeFields([message("always-majority")]),
    },
    validation: accuracyOf(constant(itemsOf(context, "validation")), classes.length),
  };
}

/** Baseline with its predictions for the validation split. */
export interface PixelBaseline {
  readonly baseline: Baseline;
  readonly held: Predictions;
}

/** Side of the small images, in pixels. Colours and layout remain, shapes do not. */
const side = 16;
/** Number of values of a small image. */
export const pixelWidth = 3 * side * side;

/** Fits a baseline without a network: logistic regression on the pixels of images of 16 × 16. */
export async function pixelBaseline(context: Context): Promise<PixelBaseline> {
  const { classes } = context.dataset;
  const { signal } = context.options;
  const begin = performance.now();
  const partOf = async (part: ImageItem["part"]) => {
    const facts = factsOf(itemsOf(context, part));
    return { ...facts, features: await smallPixels(context, part) };
  };
  const dims = pixelWidth;
  const [train, validation, test] = [await partOf("train"), await partOf("validation"), await partOf("test")];
  // Loaded on demand: a page without baselines does not need it.
  const { fitProbeInTurns } = await import("../../methods/probe/index.js");
  const probe = await fitProbeInTurns(
    { train, validation, dims, classes: classes.length },
    signal ? { signal } : {},
  );
  const answers = ({ features, ...facts }: typeof test): Predictions => ({
    logits: applyHead(probe, rowsOf(features, dims)),
    ...facts,
  });
  return {
    baseline: {
      test: scoresOf(classes, answers(test)),
      seconds: (performance.now() - begin) / 1000,
      ...recipeFields([
        message("linear-model", { model: "logistic", inputs: "pixels", side }),
        message("inverse-regularisation", { strength: Number(probe.strength.toPrecision(3)) }),
      ]),
    },
    held: answers(validation),
  };
}

/** Returns float32[items, side · side · 3] of a split: means over the cells of a grid, 0 … 1. */
export async function smallPixels(context: Context, part: ImageItem["part"]): Promise<Float32Array> {
  const { items, preprocessing, decoded, platform } = heldOf(context, part);
  const { signal } = context.options;
  const { height, width } = preprocessing;
  const size = pixelWidth;
  const rows = new Float32Array(items.length * size);
  const given = batches(items, {
    batchSize: 32,
    preprocessing,
    decoded,
    platform,
    ...(signal && { signal }),
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
