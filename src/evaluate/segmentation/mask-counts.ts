/** Returns the IoU of each class from counts of pixels; null for a class that the truth does not have. */
export const iousOf = (total: Float64Array, classes: number): (number | null)[] =>
  Array.from({ length: classes }, (_, c) => classScores(total, classes, c).iou);

/** Returns the mean IoU of the classes that the truth has, from the counts of all pixels; null if it has none. */
export const meanIouOf = (total: Float64Array, classes: number): number | null =>
  meanOf(iousOf(total, classes));

/** Returns the counts of all images together. */
export function sumOfCounts(counts: readonly Float64Array[], classes: number): Float64Array {
  const total = new Float64Array(classes * classes);
  for (const one of counts) for (let i = 0; i < total.length; i++) total[i]! += one[i]!;
  return total;
}

/** Returns the scores of one class from the counts of pixels. */
export function classScores(counts: Float64Array, classes: number, c: number) {
  let [pixels, predicted] = [0, 0];
  for (let i = 0; i < classes; i++) {
    pixels += counts[c * classes + i]!;
    predicted += counts[i * classes + c]!;
  }
  const right = counts[c * classes + c]!;
  return {
    pixels,
    predicted,
    iou: pixels === 0 ? null : right / (pixels + predicted - right),
    dice: pixels === 0 ? null : (2 * right) / (pixels + predicted),
  };
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, v) => sum + v, 0) / known.length;
}
