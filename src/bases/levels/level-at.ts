import { EngraftError } from "../../core/errors.js";
import { type FeatureMap, mapOf } from "./feature-maps.js";
import type { FeatureLevel } from "./levels.js";
import type { PictureSize, SizedGraph } from "./sized-graph.js";

/** True if all values of a level are maps for the picture size of a graph. */
export const isAt = (sized: SizedGraph, { values }: FeatureLevel): boolean =>
  values.every(({ value, layout }) => typeof mapOf(sized, value, [layout]) !== "string");

/** Returns a level with its height and width for the picture size of a graph. @throws ModelError if it has no map there */
export function levelAt(sized: SizedGraph, level: FeatureLevel): FeatureLevel {
  const [first] = level.values.map(({ value, layout }): FeatureMap => {
    const found = mapOf(sized, value, [layout]);
    if (typeof found !== "string") return found;
    throw new EngraftError(
      "ModelError",
      `"${value}" is no feature map for pictures of ${sized.height} x ${sized.width} pixels: ${found}`,
      { help: "use an image size whose sides are multiples of 32" },
    );
  });
  return { ...level, height: first!.height, width: first!.width };
}

/** @throws ModelError if constants in a model fix another picture size than the wanted one */
export function requireSize(fixed: PictureSize | undefined, wanted: PictureSize): void {
  if (!fixed || (fixed.height === wanted.height && fixed.width === wanted.width)) return;
  throw new EngraftError(
    "ModelError",
    `the base takes pictures of ${fixed.height} x ${fixed.width} pixels only, not ${wanted.height} x ${wanted.width}`,
    {
      help: `use an image size of ${fixed.height} x ${fixed.width}, or export the model with symbolic height and width`,
      details: { fixed, wanted },
    },
  );
}
