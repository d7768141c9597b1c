import { draws } from "../../core/random.js";
import type { Augmentation, Pixels } from "../dataset.js";
import { augment, cropped } from "./augment.js";

/** Options of {@link augmenter}. */
export interface AugmentOptions {
  /** Strength of RandAugment, 0 … 30. Default 9. */
  readonly magnitude?: number;
  /** Probability of random erasing after everything else, 0 … 1. Default 0; 0.25 for `strong`. */
  readonly erasing?: number;
}

/** Returns a changed copy of a picture. The draws depend on seed, epoch and item. */
export type Augmenter = (pixels: Pixels, seed: number, epoch: number, item: string) => Pixels;

/**
 * Returns an augmentation by its name. `none`, `light` and `standard` are those of {@link augment}.
 *
 * `randaugment`, `trivialaugment`: crop and mirror of `standard`, then the policy of that name.
 *
 * `strong`: `randaugment`, then random erasing with probability ¼, as in timm's recipes for transformers.
 *
 * @example const change = await augmenter("strong"); change(pixels, seed, epoch, item.id);
 */
export async function augmenter(
  augmentation: Augmentation,
  { magnitude, erasing = augmentation === "strong" ? 0.25 : 0 }: AugmentOptions = {},
): Promise<Augmenter> {
  const plain = augmentation === "none" || augmentation === "light" || augmentation === "standard";
  if (plain && !(erasing > 0))
    return (pixels, seed, epoch, item) => augment(pixels, augmentation, seed, epoch, item);
  // Loaded on demand, to keep pages small.
  const { erased, randAugment, trivialAugment } = await import("./policies.js");
  return (pixels, seed, epoch, item) => {
    if (plain) return erased(augment(pixels, augmentation, seed, epoch, item), erasing, seed, epoch, item);
    const draw = draws(seed, "augment", epoch, item);
    const part = cropped(pixels, draw.chance(0.5), draw);
    const changed =
      augmentation === "trivialaugment" ? trivialAugment(part, draw) : randAugment(part, draw, magnitude);
    return erased(changed, erasing, seed, epoch, item);
  };
}
