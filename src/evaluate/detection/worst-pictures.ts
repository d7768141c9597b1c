import { errorKinds, type PictureErrors, pictureErrors } from "./error-kinds.js";
import type { DetectionPicture } from "./match.js";

/** How far the detections of an image are from its truth. */
export interface PictureTrouble {
  /** Position of the image. */
  readonly picture: number;
  readonly found: number;
  /** Number of true boxes that no detection found. */
  readonly missed: number;
  /** Number of detections that are wrong. */
  readonly wrong: number;
  /** Sum of the scores of the wrong detections, plus the number of missed boxes. Higher is worse. */
  readonly trouble: number;
  /** What became of each box, for drawing. */
  readonly errors: PictureErrors;
}

/**
 * Returns all images, the worst first. Images with equal trouble keep their order.
 *
 *     trouble = Σ scores of wrong detections + number of missed boxes
 *
 * @param threshold detections with a lower score are left out, 0 … 1
 * @example worstPictures(pictures, 0.5).slice(0, 24)
 */
export function worstPictures(pictures: readonly DetectionPicture[], threshold: number): PictureTrouble[] {
  const kinds: ReadonlySet<string> = new Set(errorKinds);
  return pictures
    .map((one, picture): PictureTrouble => {
      const errors = pictureErrors(one, threshold);
      const wrong = one.detections.filter((_, i) => kinds.has(errors.detections[i]!));
      const missed = errors.truths.filter((truth) => truth === "missed" || truth === "explained").length;
      return {
        picture,
        missed,
        wrong: wrong.length,
        errors,
        found: errors.truths.filter((truth) => truth === "found").length,
        trouble: wrong.reduce((sum, { score }) => sum + score, 0) + missed,
      };
    })
    .sort((a, b) => b.trouble - a.trouble);
}
