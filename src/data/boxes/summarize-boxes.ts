import type { Part } from "../../core/events/events.js";
import { type BoxDataset, boxLayouts } from "./box-dataset.js";

/** Unit of samples with boxes or masks. */
export const annotatedUnit = "pictures";

/** Facts about a dataset of boxes. */
export interface BoxSummary {
  readonly layout: string;
  /** Number of images and boxes by split. */
  readonly splits: Readonly<Record<Part, { readonly pictures: number; readonly boxes: number }>>;
  readonly pictures: number;
  readonly boxes: number;
  /** Number of images that are known to show none of the classes. */
  readonly empty_pictures: number;
  readonly crowds: number;
  readonly difficult: number;
  /** Number of objects with an outline, from which masks are drawn. */
  readonly outlines: number;
  /** Number of boxes, and of images with one, by class. */
  readonly classes: readonly { readonly name: string; readonly boxes: number; readonly pictures: number }[];
  readonly split_words: string;
  readonly skipped: BoxDataset["skipped"];
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

/** Counts the images, boxes and classes of a dataset. */
export function summarizeBoxes(data: BoxDataset): BoxSummary {
  const { items, classes } = data;
  const objects = items.flatMap((item) => item.objects);
  const ofPart = (part: Part) => {
    const own = items.filter((item) => item.part === part);
    return { pictures: own.length, boxes: own.reduce((sum, item) => sum + item.objects.length, 0) };
  };
  const boxes = classes.map(() => 0);
  const pictures = classes.map(() => 0);
  for (const item of items) {
    for (const { label } of item.objects) boxes[label]!++;
    for (const label of new Set(item.objects.map((one) => one.label))) pictures[label]!++;
  }
  return {
    layout: boxLayouts[data.layout],
    splits: { train: ofPart("train"), validation: ofPart("validation"), test: ofPart("test") },
    pictures: items.length,
    boxes: objects.length,
    empty_pictures: items.filter((item) => item.objects.length === 0).length,
    crowds: objects.filter(({ crowd }) => crowd).length,
    difficult: objects.filter(({ difficult }) => difficult).length,
    outlines: objects.filter(({ shape }) => shape !== undefined).length,
    classes: classes.map((name, i) => ({ name, boxes: boxes[i]!, pictures: pictures[i]! })),
    split_words: data.splitWords,
    skipped: data.skipped,
    notes: data.notes,
    warnings: data.warnings.map(({ message }) => message),
  };
}
