import type { ClassMaskScores, MaskScores } from "../../core/results/dense/segmentation.js";

/** A class of pixels in a table. */
export interface MaskRow extends ClassMaskScores, ClassPixelCounts {}

/** Where a class of pixels occurs, and how often it is recognised. */
export interface ClassPixelCounts {
  /** Number of images with a true pixel of the class. */
  readonly pictures: number;
  /** Share of all true pixels, 0 … 1. */
  readonly share: number;
  /** Number of pixels that are of the class in truth and prediction. */
  readonly right: number;
  /** Share of the predicted pixels that are right; null without one. */
  readonly precision: number | null;
  /** Share of the true pixels that are right; null without one. */
  readonly recall: number | null;
  /** The class that most of the missed pixels are taken for; null if none is missed. */
  readonly takenFor: { readonly name: string; readonly pixels: number } | null;
}

/**
 * Returns a row for each class of pixels: scores with their intervals, areas, and the class that it is most often mistaken for.
 * @param counts `maskConfusion` of each image
 * @example maskTable(scoreMasks(counts, names), counts)
 */
export function maskTable({ classes }: MaskScores, counts: readonly Float64Array[]): MaskRow[] {
  const k = classes.length;
  const at = (row: number, column: number) => counts.reduce((sum, one) => sum + one[row * k + column]!, 0);
  const all = classes.reduce((sum, { pixels }) => sum + pixels, 0);
  return classes.map((scores, c): MaskRow => {
    const { pixels, predicted } = scores;
    const row = classes.map((_, column) => at(c, column));
    const right = row[c]!;
    const missed = row.map((n, column) => (column === c ? 0 : n));
    const most = Math.max(...missed);
    return {
      ...scores,
      right,
      share: all === 0 ? 0 : pixels / all,
      pictures: counts.filter((one) => one.subarray(c * k, (c + 1) * k).some((n) => n > 0)).length,
      precision: predicted === 0 ? null : right / predicted,
      recall: pixels === 0 ? null : right / pixels,
      takenFor: most === 0 ? null : { name: classes[missed.indexOf(most)]!.name, pixels: most },
    };
  });
}
