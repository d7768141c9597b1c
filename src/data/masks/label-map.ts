import type { Size } from "../boxes/box.js";

/** A class for each pixel. */
export interface LabelMap extends Size {
  /** uint8[height, width]; {@link ignoredLabel} for a pixel that no loss and no score counts. */
  readonly data: Uint8Array;
}

/** The label of a pixel that no loss and no score counts. */
export const ignoredLabel = 255;
