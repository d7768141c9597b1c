import type { Detection } from "../../data/boxes/box.js";
import type { BoxDataset, BoxItem } from "../../data/boxes/box-dataset.js";

/** A detection in a results file of COCO. */
export interface CocoResult {
  readonly image_id: number;
  readonly category_id: number;
  /** [x, y, width, height] in pixels of the original image. */
  readonly bbox: readonly [number, number, number, number];
  readonly score: number;
  /** Path in the data folder, for an image without an id in a COCO JSON. */
  readonly file_name?: string;
}

/**
 * Returns the results file of COCO for some images, as pycocotools reads it. Images and classes have the ids of the COCO JSON that the
 * dataset was read from. Without it, they are numbered from 1 in their order: pycocotools takes the id 0 for "no match".
 *
 * @param items images in the order of the detections
 * @returns coordinates rounded to 1/1,000 pixel, scores to 6 places
 * @example JSON.stringify(cocoResults(dataset, test, detections))
 */
export function cocoResults(
  { cocoIds }: Pick<BoxDataset, "cocoIds">,
  items: readonly Pick<BoxItem, "cocoId" | "id">[],
  detections: readonly (readonly Detection[])[],
): CocoResult[] {
  return items.flatMap(({ cocoId, id }, i) =>
    detections[i]!.map(({ label, score, box: [x1, y1, x2, y2] }) => ({
      image_id: cocoId ?? i + 1,
      category_id: cocoIds?.[label] ?? label + 1,
      bbox: [rounded(x1, 3), rounded(y1, 3), rounded(x2 - x1, 3), rounded(y2 - y1, 3)] as const,
      score: rounded(score, 6),
      ...(cocoId === undefined && { file_name: id }),
    })),
  );
}

const rounded = (value: number, places: number): number => Number(value.toFixed(places));
