import type { Size } from "../../data/boxes/box.js";
import { pictureErrors } from "../../evaluate/detection/error-kinds.js";
import type { DetectionPicture } from "../../evaluate/detection/match.js";
import { ignoredPixel } from "../../evaluate/segmentation/score-masks.js";
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

/**
 * Returns the error map of a class: pixels of it that are predicted as it (found), pixels predicted as it that are not (false), and
 * pixels of it that are not predicted (missed). Pixels that no score counts are left out.
 *
 * @param truth,predicted uint8[height, width], classes
 */
export function maskOutcomes(
  truth: Uint8Array,
  predicted: Uint8Array,
  { width, height }: Size,
  label: number,
): OverlayMask {
  const labels = truth.map((own, i) => {
    if (own === ignoredPixel) return 0;
    const isPredicted = predicted[i] === label;
    if (own === label) return isPredicted ? 1 : 3;
    return isPredicted ? 2 : 0;
  });
  const outcomes = ["found", "false", "missed"] as const;
  return {
    ...{ width, height, labels },
    // Each outcome has a colour and a line of its own.
    regions: outcomes.map((outcome, i) => ({ value: i + 1, label: colourOf[outcome], outcome })),
  };
}

/** Bluish green, vermillion and sky blue of `classColour`. */
const colourOf = { found: 2, false: 5, missed: 1 } as const;
