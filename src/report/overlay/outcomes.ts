import type { Size } from "../../data/boxes/box.js";
import { pictureErrors } from "../../evaluate/detection/error-kinds.js";
import type { DetectionPicture } from "../../evaluate/detection/match.js";
import { maskErrorKinds } from "../../evaluate/segmentation/mask-errors.js";
import type { OverlayBox, OverlayMask } from "./overlay-svg.js";

/**
 * Returns the boxes of an image with their outcomes: detections that are right are found, other detections are false, and truths without
 * a right detection are missed. Detections below the threshold, crowds and difficult objects are left out.
 *
 * @param names names of the classes
 */
export function boxOutcomes(
  picture: DetectionPicture,
  threshold: number,
  names: readonly string[],
): OverlayBox[] {
  const { detections, truths } = pictureErrors(picture, threshold);
  const drawn = picture.detections.flatMap(({ label, box, score }, i): OverlayBox[] => {
    const kind = detections[i]!;
    if (kind === "ignored" || kind === "below threshold") return [];
    return [{ label, box, score, name: names[label]!, outcome: kind === "right" ? "found" : "false" }];
  });
  const missed = picture.truths.flatMap(({ label, box }, i): OverlayBox[] =>
    truths[i] === "missed" || truths[i] === "explained"
      ? [{ label, box, name: names[label]!, outcome: "missed" }]
      : [],
  );
  return [...drawn, ...missed];
}

/** Colours of an error map, as positions for `classColour`: bluish green, vermillion and sky blue. Missed pixels have a white dotted line on black. */
export const maskErrorColours = { right: 2, false: 5, missed: 0, confused: 1 } as const;

/** How the kinds of errors are drawn. */
const outcomeOf = { right: "found", false: "false", missed: "missed", confused: "false" } as const;

/**
 * Returns the error map of an image for drawing: right pixels of classes other than the background, false, missed and confused ones.
 * Background and pixels that no score counts stay as the image is.
 *
 * @param map uint8[height, width], positions in `maskErrorKinds`
 */
export function maskOutcomes(map: Uint8Array, { width, height }: Size): OverlayMask {
  const regions = (Object.keys(outcomeOf) as (keyof typeof outcomeOf)[]).map((kind) => ({
    value: maskErrorKinds.indexOf(kind),
    label: maskErrorColours[kind],
    outcome: outcomeOf[kind],
  }));
  return { width, height, labels: map, regions };
}
