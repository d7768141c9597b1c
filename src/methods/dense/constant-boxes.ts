import { draws, permutation } from "../../core/random.js";
import { type Box, boxIou, type Size, scaleBox } from "../../data/boxes/box.js";
import { averagePrecisions } from "../../evaluate/detection/average-precision.js";
import { type Detection, matchClass, overlapsOf, type TrueBox } from "../../evaluate/detection/match.js";

/** A picture with its true boxes, such as a `BoxItem`. */
export interface BoxedPicture extends Size {
  /** In pixels of the picture. */
  readonly objects: readonly TrueBox[];
}

/** Boxes that every picture gets, whatever it shows. */
export interface ConstantBoxes {
  /** Coordinates are shares of the picture's width and height, 0 … 1; a score is a share of the training pictures. */
  readonly boxes: readonly Detection[];
  /** Number of boxes by class. */
  readonly counts: readonly number[];
  /** Returns the boxes in pixels of a picture. */
  predict(picture: Size): Detection[];
}

/** Most boxes of a class that are clustered; more are drawn from. It bounds the time, not the result. */
const maxClustered = 2000;

/**
 * Fits the baseline of constant boxes: the centres of the training boxes of each class, by k-means with the distance 1 − IoU. The
 * number of centres is that with the highest AP50 of the class on validation. The score of a box is the share of the training
 * pictures with a true box of its class at an IoU of 0.5 or more.
 *
 * A detector on pictures with one large object each is only worth what it has above this baseline.
 *
 * @param classes number of classes
 * @param options.most largest number of boxes of a class. Default 20
 * @example fitConstantBoxes(train, validation, 3).predict({ width: 640, height: 480 })
 */
export function fitConstantBoxes(
  train: readonly BoxedPicture[],
  validation: readonly BoxedPicture[],
  classes: number,
  { seed = 0, most = 20 }: { readonly seed?: number; readonly most?: number } = {},
): ConstantBoxes {
  const byClass = Array.from({ length: classes }, (_, label) => {
    const isCounted = validation.some(({ objects }) => objects.some((one) => one.label === label));
    // Without a box of the class in validation, the training pictures decide.
    return fitClass(train, isCounted ? validation : train, label, seed, most);
  });
  const boxes = byClass.flat();
  return {
    boxes,
    counts: byClass.map((one) => one.length),
    predict: ({ width, height }) => boxes.map((one) => ({ ...one, box: scaleBox(one.box, width, height) })),
  };
}

function fitClass(
  train: readonly BoxedPicture[],
  validation: readonly BoxedPicture[],
  label: number,
  seed: number,
  most: number,
): readonly Detection[] {
  const shares = train.map((picture) => sharesOf(picture, label));
  const all = shares.flat();
  if (all.length === 0) return [];
  const drawn =
    all.length <= maxClustered
      ? all
      : permutation(all.length, seed, "clustered boxes", label)
          .slice(0, maxClustered)
          .map((i) => all[i]!);
  let [best, chosen]: [number, readonly Detection[]] = [-1, []];
  for (let k = 1; k <= Math.min(most, drawn.length); k++) {
    const boxes = clusterBoxes(drawn, k, seed).map((box) => ({ label, box, score: shareWith(shares, box) }));
    const precision = validationPrecision(validation, boxes, label);
    if (precision > best) [best, chosen] = [precision, boxes];
  }
  return chosen;
}

/** Returns the boxes of a class as shares of the picture's size. Regions of many objects are left out. */
const sharesOf = ({ objects, width, height }: BoxedPicture, label: number): Box[] =>
  objects
    .filter((one) => one.label === label && one.crowd !== true)
    .map(({ box }) => scaleBox(box, 1 / width, 1 / height));

/** Returns the share of the pictures with a box near another. */
const shareWith = (pictures: readonly (readonly Box[])[], box: Box): number =>
  pictures.filter((own) => own.some((one) => boxIou(one, box) >= 0.5)).length / pictures.length;

/** Returns AP50 of a class if every picture gets the same boxes. */
function validationPrecision(
  pictures: readonly BoxedPicture[],
  boxes: readonly Detection[],
  label: number,
): number {
  const given = pictures.map(({ objects, width, height }) => ({
    truths: objects,
    detections: boxes.map((one) => ({ ...one, box: scaleBox(one.box, width, height) })),
  }));
  return averagePrecisions(matchClass(overlapsOf(given, label), given.length))?.[0] ?? 0;
}

/** Most rounds of {@link moveCentres}. With the distance 1 − IoU the rounds need not come to rest. */
const maxRounds = 50;

/**
 * Returns k typical boxes, by k-means with the distance 1 − IoU. Boxes keep their positions. The first centres are drawn
 * as in k-means++: the first at random, each other one with a probability in proportion to its squared distance to the nearest
 * centre.
 *
 * @param boxes at least one, in any unit
 * @param k number of centres, from 1. Equal boxes give fewer centres
 * @see Arthur & Vassilvitskii 2007, k-means++; Redmon & Farhadi 2017, YOLO9000, section 2 (the distance)
 */
export function clusterBoxes(boxes: readonly Box[], k: number, seed: number): Box[] {
  const d = draws(seed, "cluster boxes", k);
  const centres = [boxes[d.integer(boxes.length)]!];
  while (centres.length < k) {
    const weights = boxes.map((box) => (1 - boxIou(box, centres[nearestCentre(box, centres)]!)) ** 2);
    const total = weights.reduce((sum, w) => sum + w, 0);
    if (total === 0) break;
    centres.push(boxes[drawByWeight(weights, total * d.uniform())]!);
  }
  return moveCentres(boxes, centres);
}

/**
 * Moves centres until no box changes its centre, for at most 50 rounds. In a round each box joins the centre with the highest IoU
 * (the first of equal ones), and each centre becomes the mean of its boxes. A centre without boxes is dropped.
 */
export function moveCentres(boxes: readonly Box[], start: readonly Box[]): Box[] {
  let centres = [...start];
  let before = "";
  for (let round = 0; round < maxRounds; round++) {
    const chosen = boxes.map((box) => nearestCentre(box, centres));
    const key = chosen.join();
    if (key === before) break;
    before = key;
    const sums = centres.map(() => [0, 0, 0, 0, 0]);
    for (const [i, box] of boxes.entries()) {
      const sum = sums[chosen[i]!]!;
      for (const [c, v] of box.entries()) sum[c]! += v;
      sum[4]!++;
    }
    centres = sums.flatMap(([a, b, c, d, n]): Box[] =>
      n === 0 ? [] : [[a! / n!, b! / n!, c! / n!, d! / n!]],
    );
  }
  return centres;
}

/** Returns the first position up to which the weights sum to more than a value. */
function drawByWeight(weights: readonly number[], value: number): number {
  let sum = 0;
  const found = weights.findIndex((w) => {
    sum += w;
    return sum > value;
  });
  return found >= 0 ? found : weights.length - 1;
}

function nearestCentre(box: Box, centres: readonly Box[]): number {
  let [best, chosen] = [-1, 0];
  for (const [i, centre] of centres.entries()) {
    const iou = boxIou(box, centre);
    if (iou > best) [best, chosen] = [iou, i];
  }
  return chosen;
}
