// Small folders of pictures with boxes in several layouts.
import { join } from "node:path";
import type { BoxDataset } from "../../src/data/boxes/box-dataset.js";
import { openBoxes } from "../../src/data/boxes/open-boxes.js";
import { boxTree } from "./box-trees.js";

/** An image of 100 × 80 pixels. */
export const image = { size: [100, 80] as const };
const options = { cache: false, emptyParts: true };
/** Opens a folder of these files. */
export const openTree = async (files: Parameters<typeof boxTree>[0], path = ""): Promise<BoxDataset> =>
  openBoxes(join(await boxTree(files), path), options);
/** Class and box of each object, by image. */
export const boxesOf = ({ items, classes }: BoxDataset) =>
  Object.fromEntries(
    items.map(({ id, objects }) => [id, objects.map(({ label, box }) => [classes[label], ...box])]),
  );

/** A COCO JSON of two images, with one box in the first. */
export const coco = (more: object = {}) =>
  JSON.stringify({
    images: [
      { id: 7, file_name: "a.jpg", width: 100, height: 80 },
      { id: 9, file_name: "b.jpg", width: 100, height: 80 },
    ],
    annotations: [{ id: 1, image_id: 7, category_id: 90, bbox: [10, 20, 30, 40] }],
    categories: [
      { id: 90, name: "dog" },
      { id: 3, name: "cat" },
    ],
    ...more,
  });

/** A VOC file of an image. */
export const voc = (objects: string, name = "a.jpg", source = "Unknown") =>
  `<?xml version="1.0"?><annotation><filename>${name}</filename><source><database>${source}</database></source>
<size><width>100</width><height>80</height><depth>3</depth></size>${objects}</annotation>`;
/** An object of a VOC file. */
export const vocObject = (box: readonly number[], more = "") =>
  `<object><name>cat &amp; dog</name>${more}<bndbox><xmin>${box[0]}</xmin><ymin>${box[1]}</ymin><xmax>${box[2]}</xmax><ymax>${box[3]}</ymax></bndbox></object>`;

/** A data.yaml of two classes. */
export const yaml =
  "path: ../datasets/pets\ntrain: images/train\nval: images/val\nnames:\n  0: cat\n  1: dog\n";
/** Files of Ultralytics, with these labels of the first image. */
export const ultralytics = (labels: string, more = {}) => ({
  "data.yaml": yaml,
  "images/train/a.jpg": image,
  "images/train/b.jpg": image,
  "images/val/c.jpg": image,
  "labels/train/a.txt": labels,
  "labels/val/c.txt": "0 0.5 0.5 0.2 0.2\n",
  ...more,
});
