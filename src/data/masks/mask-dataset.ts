import type { Size } from "../boxes/box.js";
import type { Opened, Sample } from "../dataset.js";
import type { MaskRegion } from "./draw-regions.js";
import type { MaskKind } from "./mask-kind.js";
import type { ColourMap } from "./mask-values.js";

/** An image with a mask. */
export interface MaskItem extends Size, Sample {
  /** Absolute path of the mask, or the regions that it is drawn from: see `readMask`. */
  readonly mask: string | readonly MaskRegion[];
}

/** Images with masks, with classes, splits and warnings. */
export interface MaskDataset extends Opened<MaskItem> {
  readonly kind: MaskKind;
  /** The background is the first class. */
  readonly classes: readonly string[];
  readonly colours?: ColourMap;
}
