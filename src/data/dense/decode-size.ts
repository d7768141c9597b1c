import type { Size } from "../boxes/box.js";
import { type DenseAugmentation, strengths } from "./strengths.js";

/** Largest size to which pictures are decoded, in inputs of the network. */
const decodeScale = 1.5;

/**
 * Returns the size to which a picture is decoded before it is augmented. An augmentation without scaling gets the input's size: its
 * pixels are those of validation. Others get 1.5 times the input's size, but at most the picture's own.
 *
 * The factor is measured on sharp photographs, against a Lanczos resampling of the original. A picture in the input's size loses 5 to
 * 8 dB when it is enlarged by 1.25 to 1.5.
 */
export function decodeSize(picture: Size, size: Size, augmentation: DenseAugmentation): Size {
  if (!strengths[augmentation].scales) return size;
  return {
    width: Math.min(picture.width, Math.ceil(decodeScale * size.width)),
    height: Math.min(picture.height, Math.ceil(decodeScale * size.height)),
  };
}
