import { draws } from "../../core/random.js";

/** Share of the epochs at the end of a training without mosaics. @see Ge et al., "YOLOX", 2021: 15 of 300 epochs */
const finalShare = 0.15;

/** Options of {@link mosaicsOf}. */
export interface MosaicOptions {
  /** Probability that a sample is a mosaic, 0 … 1. */
  readonly share: number;
  /** Epochs of the training. The last 15 % have no mosaics, so that it ends with pictures as they are predicted. */
  readonly epochs: number;
  readonly seed: number;
}

/**
 * Returns the pictures that a sample of an epoch is made of: its own, or its own and three random ones for a mosaic.
 * The draws are a hash of (seed, epoch, id).
 *
 * @param items training pictures with their ids
 * @returns a function of a position in the items, and an epoch from 0 on; it returns positions
 */
export function mosaicsOf(
  items: readonly { readonly id: string }[],
  { share, epochs, seed }: MosaicOptions,
): (index: number, epoch: number) => readonly number[] {
  return (index, epoch) => {
    const draw = draws(seed, "mosaic", epoch, items[index]!.id);
    if (epoch >= (1 - finalShare) * epochs || !draw.chance(share)) return [index];
    return [index, ...Array.from({ length: 3 }, () => draw.integer(items.length))];
  };
}
