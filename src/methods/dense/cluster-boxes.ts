import { draws } from "../../core/random.js";
import { type Box, boxIou } from "../../data/boxes/box.js";

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
