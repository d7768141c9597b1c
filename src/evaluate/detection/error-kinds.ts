import { boxIou, type Detection } from "../../data/boxes/box.js";
import type { DetectionPicture, TrueBox } from "./match.js";

/**
 * Kinds of errors, with i the highest IoU with a truth of the detection's class and j that with a truth of another class.
 *
 * - class: the place is right, the class is not (j ≥ 0.5)
 * - place: the class is right, the box is not good enough (0.1 ≤ i < 0.5)
 * - both: neither is right, but there is an object of another class near (0.1 ≤ j < 0.5)
 * - double: the object was found before, with a higher score (i ≥ 0.5)
 * - background: there is no object near
 * - missed: a truth that was not found, and that no class or place error is about
 *
 * @see Bolya et al. 2020, TIDE: A General Toolbox for Identifying Object Detection Errors, section 2.2
 */
export const errorKinds = ["class", "place", "both", "double", "background", "missed"] as const;
export type ErrorKind = (typeof errorKinds)[number];

/** IoU from which a box is found, and from which it is near. */
const [found, near] = [0.5, 0.1];

/** What became of the boxes of one image. */
export interface PictureErrors {
  /** "right", the kind of error, or "ignored" for a detection of a crowd or a difficult object; in the order of the detections. */
  readonly detections: readonly (ErrorKind | "right" | "ignored" | "below threshold")[];
  /** "found", "missed", "explained" by a class or place error, or "ignored"; in the order of the truths. */
  readonly truths: readonly ("found" | "missed" | "explained" | "ignored")[];
  /** Position of the truth that a detection matches, or is an error about; −1 if there is none. In the order of the detections. */
  readonly about: readonly number[];
}

/**
 * Returns the kind of error of every detection and truth of an image.
 * @param threshold detections with a lower score are left out
 */
export function pictureErrors({ detections, truths }: DetectionPicture, threshold: number): PictureErrors {
  const kept = detections
    .map((_, i) => i)
    .filter((i) => detections[i]!.score >= threshold)
    .sort((a, b) => detections[b]!.score - detections[a]!.score);
  const isIgnored = ({ crowd, difficult }: TrueBox) => crowd === true || difficult === true;
  const outcome: (PictureErrors["truths"][number] | undefined)[] = truths.map((one) =>
    isIgnored(one) ? "ignored" : undefined,
  );
  const kinds: PictureErrors["detections"][number][] = detections.map(() => "below threshold");
  const about = detections.map(() => -1);
  const wrong: number[] = [];
  for (const i of kept) {
    const match = bestTruth(detections[i]!, truths, (g) => outcome[g] === undefined);
    if (match !== undefined) {
      outcome[match] = "found";
      kinds[i] = "right";
      about[i] = match;
    } else if (truths.some((truth) => isIgnored(truth) && covers(truth, detections[i]!)))
      kinds[i] = "ignored";
    else wrong.push(i);
  }
  for (const i of wrong) {
    const { kind, truth } = kindOf(detections[i]!, truths, (g) => outcome[g] === "ignored");
    kinds[i] = kind;
    about[i] = truth;
    if ((kind === "class" || kind === "place") && outcome[truth] === undefined) outcome[truth] = "explained";
  }
  return { detections: kinds, truths: outcome.map((one) => one ?? "missed"), about };
}

/** Returns the free truth of the detection's class with the highest IoU from 0.5 on. */
function bestTruth(
  { label, box }: Detection,
  truths: readonly TrueBox[],
  isFree: (g: number) => boolean,
): number | undefined {
  let [best, chosen]: [number, number | undefined] = [found, undefined];
  for (const [g, truth] of truths.entries()) {
    if (truth.label !== label || !isFree(g)) continue;
    const iou = boxIou(box, truth.box);
    if (iou >= best) [best, chosen] = [iou, g];
  }
  return chosen;
}

/** True if a detection is one of an object that does not count. */
function covers(truth: TrueBox, { label, box }: Detection): boolean {
  if (truth.label !== label) return false;
  if (truth.crowd !== true) return boxIou(box, truth.box) >= found;
  const [x1, y1, x2, y2] = box;
  const [a, b, c, d] = truth.box;
  const inside =
    Math.max(0, Math.min(x2, c) - Math.max(x1, a)) * Math.max(0, Math.min(y2, d) - Math.max(y1, b));
  return inside / ((x2 - x1) * (y2 - y1)) >= found;
}

function kindOf(
  { label, box }: Detection,
  truths: readonly TrueBox[],
  isLeftOut: (g: number) => boolean,
): { readonly kind: ErrorKind; readonly truth: number } {
  let [own, ownTruth, other, otherTruth] = [0, -1, 0, -1];
  for (const [g, truth] of truths.entries()) {
    if (isLeftOut(g)) continue;
    const iou = boxIou(box, truth.box);
    if (truth.label === label && iou > own) [own, ownTruth] = [iou, g];
    if (truth.label !== label && iou > other) [other, otherTruth] = [iou, g];
  }
  if (own >= found) return { kind: "double", truth: ownTruth };
  if (other >= found) return { kind: "class", truth: otherTruth };
  if (own >= near) return { kind: "place", truth: ownTruth };
  if (other >= near) return { kind: "both", truth: otherTruth };
  return { kind: "background", truth: -1 };
}

/**
 * Returns how often each true class was detected as each class: `matrix[truth][detection]`, with the background as the last row and
 * column. Boxes match at an IoU of 0.5 whatever their class, by falling score. Crowds and difficult objects are left out.
 */
export function detectionConfusion(
  pictures: readonly DetectionPicture[],
  classes: number,
  threshold: number,
): number[][] {
  const matrix = Array.from({ length: classes + 1 }, () => new Array<number>(classes + 1).fill(0));
  for (const { truths, detections } of pictures) {
    const counted = truths.filter(({ crowd, difficult }) => !crowd && !difficult);
    const left = truths.filter(({ crowd, difficult }) => crowd || difficult);
    const free = new Set(counted);
    const kept = detections.filter(({ score }) => score >= threshold).sort((a, b) => b.score - a.score);
    for (const detection of kept) {
      let [best, match]: [number, TrueBox | undefined] = [found, undefined];
      for (const truth of free) {
        const iou = boxIou(detection.box, truth.box);
        if (iou >= best) [best, match] = [iou, truth];
      }
      if (match) free.delete(match);
      else if (left.some((truth) => covers({ ...truth, label: detection.label }, detection))) continue;
      matrix[match?.label ?? classes]![detection.label]!++;
    }
    for (const { label } of free) matrix[label]![classes]!++;
  }
  return matrix;
}
