import type { Part } from "../../core/events/events.js";
import type { WarningText } from "../../core/messages/message.js";
import type { Size } from "../boxes/box.js";
import type { SkippedAnnotation } from "../boxes/box-dataset.js";
import type { SplitOrigin } from "../split/split-origin.js";
import type { MaskRegion } from "./draw-regions.js";
import type { MaskKind } from "./mask-kind.js";
import type { ColourMap } from "./mask-values.js";

/** An image with a mask. */
export interface MaskItem extends Size {
  /** Path of the image relative to the data folder. */
  readonly id: string;
  readonly path: string;
  /** Absolute path of the mask, or the regions that it is drawn from: see `readMask`. */
  readonly mask: string | readonly MaskRegion[];
  readonly part: Part;
  /** The group of the item. A group is never divided between splits. */
  readonly group?: string;
  readonly sha256: string;
}

/** Images with masks, with classes, splits and warnings. */
export interface MaskDataset extends SplitOrigin {
  readonly root: string;
  readonly kind: MaskKind;
  /** The background is the first class. */
  readonly classes: readonly string[];
  readonly colours?: ColourMap;
  readonly items: readonly MaskItem[];
  readonly seed: number;
  readonly skipped: readonly SkippedAnnotation[];
  readonly warnings: readonly WarningText[];
  readonly fingerprint: string;
  readonly testFingerprint: string;
}
