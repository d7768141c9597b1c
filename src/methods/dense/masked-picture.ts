import type { Size } from "../../data/boxes/box.js";
import type { PictureData } from "../../platform/platform.js";

/** A picture with its true mask. */
export interface MaskedPicture {
  /** uint8[height, width, 3], RGB. */
  readonly picture: PictureData;
  /** uint8[height, width]: classes, 255 for pixels that no score counts. */
  readonly mask: Uint8Array;
}

/** A picture with a mask that is read when it is needed, so that only one is in memory. */
export interface MaskSource extends Size {
  read(): Promise<MaskedPicture>;
}

/** A fitted baseline for masks. */
export interface MaskBaseline {
  /** Returns the class of each pixel: uint8[height, width]. */
  predict(picture: PictureData): Uint8Array;
}
