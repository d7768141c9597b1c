import type { PlaceRows } from "../../data/dense/place-rows.js";
import { largestDistance } from "../../train/objectives/detection-objective.js";

/** Sums of the loss over pictures. */
export interface LossSums {
  focal: number;
  positives: number;
  boxes: number;
  sure: number;
}

export const noLoss = (): LossSums => ({ focal: 0, positives: 0, boxes: 0, sure: 0 });

const logistic = (z: number): number => 1 / (1 + Math.exp(-z));
const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
const epsilon = 1e-6;

/**
 * Adds the loss of a picture, as the objective {@link detection} defines it.
 * @param output float32[P, K + 4]
 */
export function addLoss(sums: LossSums, output: Float32Array, rows: PlaceRows, classes: number): void {
  const width = classes + 4;
  for (const [p, label] of rows.assigned.entries()) {
    if (rows.counted[p] === 0) continue;
    let sure = 0;
    const overlap = label < classes ? overlapAt(output, rows, p, classes) : undefined;
    for (let k = 0; k < classes; k++) {
      const z = output[p * width + k]!;
      const score = logistic(z);
      const target = overlap && k === label ? overlap.iou : 0;
      sums.focal += (score - target) ** 2 * (softplus(z) - target * z);
      sure = Math.max(sure, score);
    }
    if (!overlap) continue;
    sums.positives++;
    sums.sure += sure;
    sums.boxes += sure * (1 - overlap.giou);
  }
}

/** Returns the mean loss of the pictures. */
export const lossOf = ({ focal, positives, boxes, sure }: LossSums): number =>
  focal / Math.max(1, positives) + (2 * boxes) / Math.max(1, sure);

function overlapAt(output: Float32Array, { distances }: PlaceRows, p: number, classes: number) {
  const at = p * (classes + 4) + classes;
  const own = [0, 1, 2, 3].map((i) =>
    Math.exp(Math.min(largestDistance, Math.max(-largestDistance, output[at + i]!))),
  ) as [number, number, number, number];
  const truth = distances.subarray(4 * p, 4 * p + 4) as unknown as [number, number, number, number];
  const side = (a: number, b: number, c: number, d: number): number => Math.min(a, b) + Math.min(c, d);
  const shared =
    Math.max(0, side(own[0], truth[0], own[2], truth[2])) *
    Math.max(0, side(own[1], truth[1], own[3], truth[3]));
  const area = ([l, t, r, b]: readonly [number, number, number, number]): number => (l + r) * (t + b);
  const union = area(own) + area(truth) - shared + epsilon;
  const around =
    (Math.max(own[0], truth[0]) + Math.max(own[2], truth[2])) *
      (Math.max(own[1], truth[1]) + Math.max(own[3], truth[3])) +
    epsilon;
  const iou = shared / union;
  return { iou, giou: iou - (around - union) / around };
}
