import type { Dataset, ImageItem } from "../../data/index.js";

/** Data whose items are pictures. */
interface PictureData<Item> extends Omit<Dataset, "task" | "items" | "duplicates" | "ignored" | "leaks"> {
  readonly items: readonly Item[];
}

/**
 * Returns pictures with boxes or masks as a dataset, for steps that do not read the targets.
 * @param labelOf a class of each picture
 */
export const asDataset = <Item extends Omit<ImageItem, "label">>(
  {
    root,
    classes,
    items,
    seed,
    skipped,
    warnings,
    fingerprint,
    testFingerprint,
    ...origin
  }: PictureData<Item>,
  labelOf: (item: Item) => number,
): Dataset => ({
  ...origin,
  ...{ task: "image-classification", root, classes, seed, skipped, warnings, fingerprint, testFingerprint },
  items: items.map((item) => ({ ...item, label: labelOf(item) })),
  duplicates: { exact: 0, near: 0, acrossParts: 0 },
});
