import { distances } from "../../bases/dense/detection-head.js";
import type { PlaceRows } from "../../data/dense/place-rows.js";
import { addLoss, lossOf, noLoss } from "./detection-loss.js";
import type { Detector } from "./detector.js";

/** Predictions without looking at the picture, and what they cost. */
export interface FirstPredictions {
  /** float32[K + 4]: logits and raw distances of a level. */
  readonly biases: (level: number) => Float32Array;
  /** Mean loss of predicting them everywhere. */
  readonly loss: number;
}

/** Smallest share of places of a class: an absent class must not have the logit −∞. */
const leastShare = 1e-5;
/** Fewest places with a box for a level's own median. */
const fewest = 20;

/**
 * Returns the best constant predictions of each level: the logit of the share of places of each class, and the logarithm of the median
 * side of their boxes in cells. A level with fewer than 20 places that have a box takes the sides of all levels.
 *
 * @see Lin et al., "Focal Loss for Dense Object Detection", 2017, section 4.1, for the logits
 * @param rows of the training pictures
 */
export function firstPredictions(detector: Detector, rows: readonly PlaceRows[]): FirstPredictions {
  const { places, shape, data } = detector;
  const classes = data.classes.length;
  const levels = places.levels.map(({ first, height, width }) => ({ first, end: first + height * width }));
  const inLevels = levels.map(({ first, end }) => countsOf(rows, first, end, classes));
  const all = inLevels.flatMap(({ sides }) => sides);
  const biases = inLevels.map(({ counts, sides, cells }) => {
    const bias = new Float32Array(shape.outputs);
    for (let k = 0; k < classes; k++) {
      const share = Math.max(counts[k]! / Math.max(1, cells), leastShare);
      bias[k] = Math.log(share / (1 - share));
    }
    const side = median(sides.length >= fewest ? sides : all);
    return bias.fill(Math.log(side), classes, classes + distances);
  });
  const constant = new Float32Array(places.count * shape.outputs);
  levels.forEach(({ first, end }, l) => {
    for (let p = first; p < end; p++) constant.set(biases[l]!, p * shape.outputs);
  });
  const sums = noLoss();
  for (const one of rows) addLoss(sums, constant, one, classes);
  return { biases: (level) => biases[level]!, loss: lossOf(sums) };
}

function countsOf(rows: readonly PlaceRows[], first: number, end: number, classes: number) {
  const counts = new Float64Array(classes);
  const sides: number[] = [];
  let cells = 0;
  for (const { assigned, distances: d, counted } of rows)
    for (let p = first; p < end; p++) {
      if (counted[p] === 0) continue;
      cells++;
      const label = assigned[p]!;
      if (label >= classes) continue;
      counts[label]!++;
      sides.push((d[4 * p]! + d[4 * p + 1]! + d[4 * p + 2]! + d[4 * p + 3]!) / 4);
    }
  return { counts, sides, cells };
}

/** Returns the median; 1 for no numbers. */
function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[sorted.length >> 1] ?? 1;
}
