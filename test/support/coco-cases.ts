import { readFileSync } from "node:fs";
import type { DetectionPicture } from "../../src/evaluate/detection/match.js";

/** A case of `test/golden/coco.json` with the values of pycocotools. */
export interface CocoCase {
  readonly name: string;
  readonly images: readonly { readonly id: number }[];
  readonly categories: readonly { readonly id: number; readonly name: string }[];
  readonly annotations: readonly {
    readonly id: number;
    readonly image_id: number;
    readonly category_id: number;
    readonly bbox: readonly [number, number, number, number];
    readonly iscrowd?: 0 | 1;
    readonly area?: number;
  }[];
  readonly results: readonly {
    readonly image_id: number;
    readonly category_id: number;
    readonly bbox: readonly [number, number, number, number];
    readonly score: number;
  }[];
  readonly expected: {
    /** −1: undefined. */
    readonly stats: readonly number[];
    readonly names: readonly string[];
    readonly by_class: Readonly<Record<string, { readonly AP: number; readonly AP50: number } | null>>;
  };
}

export const readCocoCases = (): readonly CocoCase[] =>
  JSON.parse(readFileSync(new URL("../golden/coco.json", import.meta.url), "utf8"));

/** Returns the images of a case by rising id, and its classes. */
export function picturesOf(one: CocoCase): { pictures: DetectionPicture[]; classes: string[] } {
  const categories = [...one.categories].sort((a, b) => a.id - b.id);
  const labelOf = new Map(categories.map(({ id }, i) => [id, i]));
  const corners = ([x, y, w, h]: readonly [number, number, number, number]) => [x, y, x + w, y + h] as const;
  const pictures = [...one.images]
    .sort((a, b) => a.id - b.id)
    .map(({ id }) => ({
      truths: one.annotations
        .filter(({ image_id }) => image_id === id)
        .map(({ category_id, bbox, iscrowd, area }) => ({
          label: labelOf.get(category_id)!,
          box: corners(bbox),
          ...(area !== undefined && { area }),
          crowd: iscrowd === 1,
        })),
      detections: one.results
        .filter(({ image_id }) => image_id === id)
        .map(({ category_id, bbox, score }) => ({
          label: labelOf.get(category_id)!,
          box: corners(bbox),
          score,
        })),
    }));
  return { pictures, classes: categories.map(({ name }) => name) };
}
