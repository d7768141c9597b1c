import { EngraftError, stopIf } from "../../core/errors.js";
import type { OnProgress } from "../../core/events/progress-events.js";
import type { Size } from "../../data/boxes/box.js";
import { classShares, classWeights, rareClasses } from "../../data/dense/mask-targets.js";
import type { MaskItem } from "../../data/masks/mask-dataset.js";
import type { LoadMask } from "./load-mask.js";

/** Facts about the pixels of the training split. */
export interface ClassPixels {
  /** Share of each class among the labelled pixels. */
  readonly shares: Float64Array;
  /** Weight of each class in the loss. */
  readonly weights: readonly number[];
  /** Classes that every second crop is centred on. */
  readonly rare: readonly number[];
}

/** How the masks of the training split are read. */
export interface CountOptions {
  readonly loadMask: LoadMask;
  /** Size in which a mask is read. */
  readonly sizeOf: (item: MaskItem) => Size;
  readonly onEvent: OnProgress;
  readonly signal?: AbortSignal;
}

/** Counts the pixels of each class in the masks of the training split. @throws DataError for masks of one class */
export async function countPixels(
  train: readonly MaskItem[],
  classes: readonly string[],
  options: CountOptions,
): Promise<ClassPixels> {
  const shares = await classShares(labelsOf(train, options), classes.length);
  const found = classes.filter((_, k) => shares[k]! > 0);
  if (found.length < 2)
    throw new EngraftError(
      "DataError",
      `the masks of the training split have ${found.length === 0 ? "no labelled pixel" : `pixels of one class only, ${found[0]}`}`,
      { help: "two classes at least are needed, of which one may be the background" },
    );
  return { shares, weights: classWeights(shares), rare: rareClasses(shares) };
}

async function* labelsOf(
  train: readonly MaskItem[],
  { loadMask, sizeOf, onEvent, signal }: CountOptions,
): AsyncGenerator<Uint8Array> {
  for (const [i, item] of train.entries()) {
    stopIf(signal);
    yield (await loadMask(item, sizeOf(item))).data;
    onEvent({ event: "progress", phase: "scan", done: i + 1, total: train.length, unit: "pictures" });
  }
}
