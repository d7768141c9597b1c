import { message, warningText } from "../../core/messages/message.js";
import type { LowTransfer } from "../../core/messages/run-en.js";
import { arePictures } from "../../data/index.js";
import { correctOf, type Predictions } from "../../evaluate/class-predictions.js";
import { argmax } from "../../linalg/softmax.js";
import type { OfClasses } from "../../run/training/head-of-classes.js";
import { itemsOf } from "../../run/training/planned.js";
import { type Difference, difference, z95 } from "../../statistics/index.js";
import { type TrivialBaseline, trivialBaseline } from "./trivial-baselines.js";

/** Fewest validation items for a warning. */
const fewest = 20;
/** Largest gain of the probe over the most frequent class for which its features "say little". */
const little = 0.1;
/** Most images for which the probe on pixels is fitted in a run without baselines. */
const mostWithoutBaselines = 500;

/** Correctness of predictions for the same validation samples: 1 for correct, 0 for wrong. */
interface ValidationScores {
  /** For a linear probe on the base's features. */
  readonly probe: readonly number[];
  /** For always predicting the most frequent training class. */
  readonly majority: readonly number[];
  /** For a linear probe on the pixels; missing if none was fitted. */
  readonly pixels?: readonly number[];
  /** Group of each sample; absent if each is its own. */
  readonly groups?: readonly string[];
}

/**
 * Returns the warnings before the training.
 *
 * Both findings use a paired 95 % interval. Either the whole interval of the probe's gain over the most frequent class is at most 10
 * points, or that of its gain over a probe on pixels is below 0. With few samples an interval is wide, so there is no warning. There is no warning for a probe that is always correct, nor with fewer than 10 groups.
 */
export function lowTransferability({
  probe,
  majority,
  pixels,
  groups,
}: ValidationScores): LowTransfer | undefined {
  const n = probe.length;
  const shareOf = (right: readonly number[]): string =>
    ((100 * right.reduce((sum, r) => sum + r, 0)) / n).toFixed(1);
  const own = { n, probe: shareOf(probe), ...(pixels && { pixels: shareOf(pixels) }) };
  const leadOver = (other: readonly number[]) => difference([probe], [other], { groups });
  const overMajority = leadOver(majority);
  if (overMajority.why === "few groups" || probe.every((right) => right === 1)) return undefined;
  const units = groups ? new Set(groups).size : n;
  if (mostGain(overMajority, units) <= little)
    return { finding: "little", ...own, majority: shareOf(majority), ...leadOf(overMajority) };
  const overPixels = pixels && leadOver(pixels);
  if (!overPixels?.interval || overPixels.interval[1] >= 0) return undefined;
  return { finding: "pixels", ...own, ...leadOf(overPixels) };
}

/**
 * Returns the upper end of a gain's interval. Two models that are right on the same samples have Tango's of no disagreement,
 * z² / (n + z²).
 * @param units n: samples, or groups
 */
const mostGain = ({ interval }: Difference, units: number): number =>
  interval ? interval[1] : z95 ** 2 / (units + z95 ** 2);

function leadOf({ gain, interval }: Difference): Pick<LowTransfer, "lead"> {
  if (interval === null) return {};
  const points = (x: number): string => (100 * x).toFixed(1);
  return { lead: { gain: points(gain), low: points(interval[0]), high: points(interval[1]) } };
}

/**
 * Warns before the training if {@link lowTransferability} finds a reason.
 * @returns the baseline on pixels, if it was fitted
 */
export async function warnLowTransferability(
  context: OfClasses,
  { held }: { readonly held: Predictions },
): Promise<TrivialBaseline | undefined> {
  const { options, inputs, dataset, onEvent } = context;
  const classes = dataset.classes.length;
  const train = itemsOf(context, "train");
  const n = held.labels.length;
  const pixels =
    arePictures(inputs) && n > 0 && (options.baselines === true || train.length <= mostWithoutBaselines)
      ? await trivialBaseline(context)
      : undefined;
  if (n < fewest) return pixels;
  const rightOf = (p: Predictions): number[] => correctOf(p, classes).map(Number);
  const counts = dataset.classes.map((_, k) => train.filter(({ label }) => label === k).length);
  const frequent = argmax(counts);
  const finding = lowTransferability({
    probe: rightOf(held),
    majority: Array.from(held.labels, (label) => Number(label === frequent)),
    pixels: pixels && rightOf(pixels.held),
    groups: held.groups,
  });
  if (finding === undefined) return pixels;
  const advice = options.safe === true ? "safe" : options.baselines === true ? "baselines" : "none";
  const text = message("low-transferability", { ...finding, advice });
  onEvent({ event: "warning", ...warningText("transferability", text) });
  return pixels;
}
