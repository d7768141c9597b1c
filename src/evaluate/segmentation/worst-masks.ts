/** How far the predicted mask of an image is from its mask. */
export interface MaskTrouble {
  /** Position of the image. */
  readonly picture: number;
  /** Mean IoU of the classes other than the background that truth or prediction have; 1 if there is none. */
  readonly iou: number;
  /** Number of pixels with another class than the true one. */
  readonly wrong: number;
}

/**
 * Returns all images by rising IoU, so the worst first; of equal ones that with more wrong pixels first.
 * @param counts `maskConfusion` of each image
 * @param classes number of classes; class 0 is the background
 */
export function worstMasks(counts: readonly Float64Array[], classes: number): MaskTrouble[] {
  return counts
    .map((one, picture): MaskTrouble => {
      const ious: number[] = [];
      let wrong = one.reduce((sum, n) => sum + n, 0) - one[0]!;
      for (let c = 1; c < classes; c++) {
        const right = one[c * classes + c]!;
        let union = -right;
        for (let i = 0; i < classes; i++) union += one[c * classes + i]! + one[i * classes + c]!;
        if (union > 0) ious.push(right / union);
        wrong -= right;
      }
      const iou = ious.length === 0 ? 1 : ious.reduce((sum, v) => sum + v, 0) / ious.length;
      return { picture, iou, wrong };
    })
    .sort((a, b) => a.iou - b.iou || b.wrong - a.wrong);
}
