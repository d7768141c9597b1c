import { averagePrecisions, meanPrecision } from "./average-precision.js";
import { type ErrorKind, errorKinds, type PictureErrors, pictureErrors } from "./error-kinds.js";
import { type Detection, type DetectionPicture, matchClasses } from "./match.js";

/** What a kind of error costs. */
export interface ErrorGain {
  readonly kind: ErrorKind;
  readonly count: number;
  /** By how much AP50 would be higher without the errors of this kind, 0 … 1; null without a true box. */
  readonly gain: number | null;
}

/** What each kind of error costs. */
export interface ErrorGains {
  /** AP50 of the detections from the threshold on. */
  readonly ap50: number | null;
  /** In the order of `errorKinds`. The gains do not add up: a mended error may hide another one. */
  readonly kinds: readonly ErrorGain[];
}

/**
 * Counts the kinds of errors, and computes AP50 with each kind mended alone:
 *
 * - class: the detection gets the class of the object
 * - place: the detection gets the box of the object
 * - both, double, background: the detection is removed
 * - missed: the object is removed
 *
 * If a mended detection is about an object that another detection found, only the one with the higher score stays.
 *
 * @param classes number of classes
 * @param threshold detections with a lower score are left out, 0 … 1
 * @see Bolya et al. 2020, TIDE: A General Toolbox for Identifying Object Detection Errors, section 2.3
 * @example errorGains(pictures, classes.length, 0.3).kinds.filter(({ count }) => count > 0)
 */
export function errorGains(
  pictures: readonly DetectionPicture[],
  classes: number,
  threshold: number,
): ErrorGains {
  const errors = pictures.map((picture) => pictureErrors(picture, threshold));
  const precisionOf = (mended: readonly DetectionPicture[]): number | null =>
    meanPrecision(
      matchClasses(mended, classes).map((one) => averagePrecisions(one)),
      0,
    ) ?? null;
  const ap50 = precisionOf(pictures.map((picture, i) => mendPicture(picture, errors[i]!, undefined)));
  const kinds = errorKinds.map((kind): ErrorGain => {
    const count = errors.reduce(
      (sum, one) => sum + [...one.detections, ...one.truths].filter((found) => found === kind).length,
      0,
    );
    const mended = pictures.map((picture, i) => mendPicture(picture, errors[i]!, kind));
    // A class all of whose objects are missed has no precision without them: it is left out of the mean.
    const after = ap50 === null || count === 0 ? ap50 : (precisionOf(mended) ?? 1);
    return { kind, count, gain: ap50 === null ? null : after! - ap50 };
  });
  return { ap50, kinds };
}

/** Returns an image without the errors of a kind. Detections below the threshold are left out. */
function mendPicture(
  { truths, detections }: DetectionPicture,
  errors: PictureErrors,
  kind: ErrorKind | undefined,
): DetectionPicture {
  /** The detection with the highest score about each object that was found or mended. */
  const best = new Map<number, number>();
  const isAbout = (i: number) =>
    errors.detections[i] === "right" ||
    ((kind === "class" || kind === "place") && errors.detections[i] === kind);
  for (const [i, { score }] of detections.entries()) {
    const other = best.get(errors.about[i]!);
    if (isAbout(i) && (other === undefined || score > detections[other]!.score))
      best.set(errors.about[i]!, i);
  }
  const kept = detections.flatMap((one, i): Detection[] => {
    const own = errors.detections[i]!;
    if (own === "below threshold") return [];
    if (isAbout(i)) {
      const truth = truths[errors.about[i]!]!;
      if (best.get(errors.about[i]!) !== i) return [];
      return own === "right"
        ? [one]
        : [{ ...one, ...(own === "class" ? { label: truth.label } : { box: truth.box }) }];
    }
    return own === kind ? [] : [one];
  });
  return {
    detections: kept,
    truths: kind === "missed" ? truths.filter((_, g) => errors.truths[g] !== "missed") : truths,
  };
}
