import { EngraftError } from "../../core/errors.js";
import { inWords as words } from "../../train/step/step-memory.js";

/** Sizes that determine the memory of a run. */
export interface Sizes {
  /** Number of items, and of training items. */
  readonly items: number;
  readonly examples: number;
  /** D, features per item. */
  readonly width: number;
  readonly classes: number;
}

/**
 * Least bytes for features and head:
 * features 4 · 3 · N · D (rows, splits, standardised) · scores 8 · 2 · n · C · head 8 · 25 · C · min(D, n) (L-BFGS
 * keeps ten pairs of vectors, in 64 bits, and a few more) and 4 · 8 · C · D (weights, gradient, two moments, the best,
 * and their copies for the disk).
 */
export function leastBytes({ items, examples, width, classes }: Sizes): { features: number; head: number } {
  return {
    features: 12 * items * width,
    head: 16 * examples * classes + 200 * classes * Math.min(width, examples) + 32 * classes * (width + 1),
  };
}

/**
 * Refuses what cannot fit, before anything is allocated.
 * @param available bytes that this process may use
 * @throws OptionError with what needs how much
 */
export function requireMemory(sizes: Sizes, available: number): void {
  const { features, head } = leastBytes(sizes);
  if (features + head <= available) return;
  const { items, width, classes } = sizes;
  const headIsLarger = head > features;
  throw new EngraftError(
    "OptionError",
    headIsLarger
      ? `a head of ${classes} classes × ${width} features needs about ${words(head)} of memory, there are ${words(available)}`
      : `${items} items × ${width} features need about ${words(features)} of memory, there are ${words(available)}`,
    {
      help: headIsLarger
        ? "use fewer classes, or cut the base where it is narrower (--cut; `engraft inspect` lists the values)"
        : "use fewer of them, or cut the base where it is narrower (--cut; `engraft inspect` lists the values)",
      details: { features, head, available, width, classes, items },
    },
  );
}
