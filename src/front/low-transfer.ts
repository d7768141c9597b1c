import type { Context } from "./context.js";
import { itemsOf } from "./planned.js";
import { correctOf, type Predictions } from "./scores.js";
import type { SolvedHead } from "./solve-head.js";
import { type PixelBaseline, pixelBaseline } from "./trivial-baselines.js";

/** Fewer validation items say too little to warn by. */
const fewest = 20;
/** Where no baselines were asked for, the pixels are only looked at where that takes a moment. */
const cheap = 500;

/**
 * A warning before the training, where the base's features say no more of the classes than what needs no base at all: a
 * linear probe on them is not better, on validation, than always the most frequent class or than the bare pixels.
 * @returns the baseline of the pixels, where it was made
 */
export async function tellLowTransfer(
  context: Context,
  { held }: Pick<SolvedHead, "held">,
): Promise<PixelBaseline | undefined> {
  const { options, inputs, dataset, onEvent } = context;
  const classes = dataset.classes.length;
  const train = itemsOf(context, "train");
  const n = held.labels.length;
  const pixels =
    !inputs && n > 0 && (options.baselines === true || train.length <= cheap)
      ? await pixelBaseline(context)
      : undefined;
  if (n < fewest) return pixels;
  const shareOf = (p: Predictions): number => correctOf(p, classes).filter(Boolean).length / n;
  const counts = dataset.classes.map((_, k) => train.filter(({ label }) => label === k).length);
  const frequent = counts.indexOf(Math.max(...counts));
  const probe = shareOf(held);
  const majority = held.labels.filter((label) => label === frequent).length / n;
  const small = pixels && shareOf(pixels.held);
  if (probe > Math.max(majority, small ?? 0)) return pixels;
  const advice =
    options.safe === true
      ? "the run from scratch beside it is kept if it is better"
      : options.baselines === true
        ? "the verdict will tell; --safe would keep the better of transfer and scratch"
        : "--baselines tells whether it did, --safe keeps the better of transfer and scratch";
  onEvent({
    event: "warning",
    code: "transferability",
    message: `the base's features say little of these classes: on ${n} validation items a linear probe on them is right in ${probe.toFixed(3)}, always the most frequent class in ${majority.toFixed(3)}${small === undefined ? "" : `, the bare pixels in ${small.toFixed(3)}`}: transfer may not help here; ${advice}`,
  });
  return pixels;
}
