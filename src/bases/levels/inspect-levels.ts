import { inEnglish } from "../../core/messages/message.js";
import type { Graph } from "../../graph/graph.js";
import { findLevels, isEnough } from "./find-levels.js";
import type { FeatureLevel, FeatureLevels, LevelValue, RefusedValue } from "./levels.js";
import { pictureInput } from "./sized-graph.js";

/** A feature level of a model, as `engraft inspect` shows it. */
export interface InspectedLevel extends Omit<FeatureLevel, "values" | "because"> {
  /** One value, or those of a detector's towers. */
  readonly values: readonly LevelValue[];
  /** In English. */
  readonly because: string;
}

/** The feature levels of a model: where heads for boxes and masks can start. */
export interface InspectedLevels {
  readonly kind: FeatureLevels["kind"];
  /** By stride, finest first. */
  readonly levels: readonly InspectedLevel[];
  /** What a segmenter's last convolution reads. */
  readonly decoder?: InspectedLevel;
  /** Picture size for which the heights and widths hold. */
  readonly picture: FeatureLevels["size"];
  /** False if constants in the model fix the picture size. */
  readonly otherSizes: boolean;
  /** True if a head for boxes or masks can be trained on them. */
  readonly usable: boolean;
  /** Values that were looked at and are no level, if there are too few levels. */
  readonly refused: readonly RefusedValue[];
}

/** Returns the feature levels of a model; undefined if it does not have one input of pictures. */
export function inspectLevels(graph: Graph): InspectedLevels | undefined {
  if (!pictureInput(graph)) return undefined;
  const found = findLevels(graph);
  const usable = isEnough(found);
  return {
    kind: found.kind,
    levels: found.levels.map(inspected),
    ...(found.decoder && { decoder: inspected(found.decoder) }),
    picture: found.size,
    otherSizes: found.fixed === undefined,
    usable,
    refused: usable ? [] : found.refused,
  };
}

const inspected = (level: FeatureLevel): InspectedLevel => ({
  ...level,
  because: inEnglish([level.because]),
});
