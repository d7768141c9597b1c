import type { Sentence } from "../../core/messages/message.js";
import type { Shape } from "../../core/shape.js";
import type { Value } from "../../graph/node.js";
import type { LevelUse } from "./detector-levels.js";
import type { MapLayout } from "./feature-maps.js";
import type { PictureSize } from "./sized-graph.js";

/** One value of a level. */
export interface LevelValue {
  readonly value: Value;
  /** classes, boxes: the value of a detector's tower of this name; both: for all that a new head predicts. */
  readonly use: LevelUse;
  readonly channels: number;
  readonly layout: MapLayout;
  /** Tokens before those of the grid, such as a class token; 0 for other layouts. */
  readonly prefix: number;
}

/** Feature maps of one stride. */
export interface FeatureLevel {
  /** Pixels of the picture per place, to the next power of two. Points use `height` and `width` as they are. */
  readonly stride: number;
  /** Rows and columns of the map. */
  readonly height: number;
  readonly width: number;
  /** Channels of all values. */
  readonly channels: number;
  /** One value, or those of a detector's towers. */
  readonly values: readonly LevelValue[];
  /** Reason for these values. */
  readonly because: Sentence;
}

/** A value that is no level. */
export interface RefusedValue {
  readonly value: Value;
  /** For the picture size at which the levels were looked for; undefined if it is not known. */
  readonly shape: Shape | undefined;
  readonly why: string;
}

/** The feature levels of a model. */
export interface FeatureLevels {
  readonly kind: "detector" | "segmenter" | "classifier";
  /** By stride, finest first. */
  readonly levels: readonly FeatureLevel[];
  /** What a segmenter's last convolution reads. */
  readonly decoder: FeatureLevel | undefined;
  /** Values that were looked at: the last of each shape and reason, at most 24. */
  readonly refused: readonly RefusedValue[];
  /** Picture size for which the heights and widths hold. */
  readonly size: PictureSize;
  /** The only picture size that works, if constants in the model fix it. */
  readonly fixed: PictureSize | undefined;
}
