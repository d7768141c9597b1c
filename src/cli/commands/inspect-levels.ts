import type { InspectedLevel, InspectedLevels } from "../../bases/levels/inspect-levels.js";
import { formatShape } from "../../core/shape.js";
import { labelled } from "../render/labelled.js";

/** Most refused values that are shown: the last ones. */
const shownRefused = 8;

/** Returns the lines of `engraft inspect` on feature levels. */
export function levelLines(found: InspectedLevels | undefined): string[] {
  if (!found) return [];
  const { kind, levels, decoder, picture, otherSizes, usable, refused } = found;
  const strides = levels.map((level) => levelLine(`stride ${level.stride}`, level));
  if (!usable) {
    const values = refused.slice(-shownRefused);
    return labelled(
      "levels",
      "too few for boxes and masks, which need features of two strides",
      ...strides,
      ...values.map(({ value, shape, why }) => `"${value}" ${formatShape(shape)}: ${why}`),
    );
  }
  const only = otherSizes ? "" : ", the only size that it takes";
  return labelled(
    "levels",
    `of a ${kind}, for pictures of ${picture.height} x ${picture.width} pixels${only}`,
    ...strides,
    ...(decoder ? [levelLine(`decoder, stride ${decoder.stride}`, decoder)] : []),
  );
}

function levelLine(name: string, { height, width, values }: InspectedLevel): string {
  const maps = values.map(
    ({ value, use, channels }) => `"${value}" ${channels} channels${use === "both" ? "" : ` for ${use}`}`,
  );
  return `${name}: ${height} x ${width}, ${maps.join(", ")}`;
}
