import type { Context } from "./context.js";
import { itemsOf } from "./planned.js";
import { correctOf, type Predictions } from "./scores.js";
import type { SolvedHead } from "./solve-head.js";
import { type PixelBaseline, pixelBaseline } from "./trivial-baselines.js";

/** Fewer validation items say too little to warn by. */
const fewest = 20;
/** Where no baselines were asked for, the pixels are only looked at where that takes a moment. */
const cheap = 500;

/** Shares of the validation items that are answered rightly. */
interface ValidationShares {
  /** Validation items. */
  readonly n: number;
  /** By a linear probe on the base's features. */
  readonly probe: number;
  /** By always answering the most frequent class of the training part. */
  readonly majority: number;
  /** By a linear probe on the pixels; missing where none was made. */
  readonly pixels?: number;
}

/**
 * Returns what to warn of before the training, without advice: the probe is no better than what needs no base at all. A
 * probe that is right on every item leaves nothing to warn of.
 */
export function lowTransferability({ n, probe, majority, pixels }: ValidationShares): string | undefined {
  if (probe === 1) return undefined;
  const share = (x: number): string => x.toFixed(3);
  if (probe <= majority)
    return `the base's features say little of these classes: on ${n} validation items a linear probe on them is right in ${share(probe)}, always the most frequent class in ${share(majority)}${pixels === undefined ? "" : `, the bare pixels in ${share(pixels)}`}`;
  if (pixels === undefined || pixels < probe) return undefined;
  return `the base's features tell these classes apart no better than the bare pixels: on ${n} validation items a linear probe on the features is right in ${share(probe)}, one on the pixels in ${share(pixels)}`;
}

/**
 * Warns before the training where {@link lowTransferability} finds a reason.
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
  const finding = lowTransferability({ n, probe, majority, ...(small !== undefined && { pixels: small }) });
  if (finding === undefined) return pixels;
  const advice =
    options.safe === true
      ? "the run from scratch beside it is kept if it is better"
      : options.baselines === true
        ? "the verdict will tell; --safe would keep the better of transfer and scratch"
        : "--baselines tells whether it did, --safe keeps the better of transfer and scratch";
  onEvent({
    event: "warning",
    code: "transferability",
    message: `${finding}: transfer may not help here; ${advice}`,
  });
  return pixels;
}
