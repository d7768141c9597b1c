import { fixed } from "../../core/fixed.js";
import type { LabelMap } from "../../data/masks/label-map.js";
import { greyPng } from "../../data/masks/write-png.js";
import type { OverlayContent } from "../../report/overlay/overlay-svg.js";
import type { PictureLine } from "../dense/picture-line.js";

/** The pixels of a class in a picture. */
interface ClassMask {
  readonly label: string;
  readonly score: number;
  readonly mask: LabelMap;
}

/** Returns the line of a picture: the share of each class, its mean probability, and for programs its mask as PNG in base64. */
export async function lineOfMasks(
  found: readonly ClassMask[],
  classes: readonly string[],
): Promise<PictureLine> {
  const masks = await Promise.all(
    found.map(async ({ label, score, mask }) => {
      const share = mask.data.reduce((n, v) => n + (v > 0 ? 1 : 0), 0) / mask.data.length;
      const png = Array.from(await greyPng(mask), (byte) => String.fromCharCode(byte));
      return { score, label, share, mask: btoa(png.join("")) };
    }),
  );
  return {
    event: { masks },
    words: masks.map(({ label, share, score }) => `${label} ${fixed(100 * share, 1)} % ${score.toFixed(4)}`),
    overlay: () => overlayOf(found, classes),
  };
}

/** Returns the regions of all classes but the background. */
function overlayOf(found: readonly ClassMask[], classes: readonly string[]): OverlayContent {
  const [first] = found;
  if (first === undefined) return {};
  const { width, height } = first.mask;
  const labels = new Uint8Array(width * height);
  const shown = found.filter(({ label }) => label.toLowerCase() !== "background");
  for (const [k, { mask }] of shown.entries())
    for (let i = 0; i < labels.length; i++) if (mask.data[i]! > 0) labels[i] = k + 1;
  const regions = shown.map(({ label: name }, k) => ({ value: k + 1, label: classes.indexOf(name), name }));
  return { mask: { width, height, labels, regions } };
}
