import { expect, test } from "vitest";
import { boxTree } from "../../../test/support/box-trees.js";
import { nodePlatform } from "../../platform/node.js";
import { annotationsAt } from "./read-annotations.js";

const image = { size: [100, 80] as const };
const shapes = JSON.stringify({
  shapes: [
    {
      label: "a",
      points: [
        [1, 1],
        [9, 9],
      ],
      shape_type: "rectangle",
    },
  ],
});

test("an annotation of boxes is recognized", async () => {
  const root = await boxTree({ "a.json": shapes, "a.jpg": image });
  expect(await annotationsAt(nodePlatform, root)).toBe("boxes");
});

test("outlines of LabelMe are masks if every object has one", async () => {
  const outline = {
    label: "a",
    points: [
      [1, 1],
      [9, 1],
      [9, 9],
    ],
    shape_type: "polygon",
  };
  const both = JSON.stringify({ shapes: [outline, ...JSON.parse(shapes).shapes] });
  const only = JSON.stringify({ shapes: [outline] });
  expect(await annotationsAt(nodePlatform, await boxTree({ "a.json": only, "a.jpg": image }))).toBe("masks");
  expect(await annotationsAt(nodePlatform, await boxTree({ "a.json": both, "a.jpg": image }))).toBe("boxes");
});

test("class folders stay classes, with annotations beside the pictures or not", async () => {
  const files = { "cat/a.jpg": image, "cat/a.json": shapes, "dog/b.jpg": image };
  await expect(annotationsAt(nodePlatform, await boxTree(files))).resolves.toBeUndefined();
  const split = { "train/cat/a.jpg": image, "train/dog/b.jpg": image, "train/a.json": shapes };
  await expect(annotationsAt(nodePlatform, await boxTree(split))).resolves.toBeUndefined();
});

test("lists of labels and of texts pass", async () => {
  const list = { "labels.csv": "image,label\na.jpg,cat\n", "images/a.jpg": image };
  await expect(annotationsAt(nodePlatform, await boxTree(list))).resolves.toBeUndefined();
  const texts = { "pos/a.txt": "0 0.5 0.5 0.1 0.1" };
  await expect(annotationsAt(nodePlatform, await boxTree(texts))).resolves.toBeUndefined();
});

test("pictures with masks are recognized, and not taken for two classes", async () => {
  const root = await boxTree({ "images/a.jpg": image, "masks/a.png": image });
  expect(await annotationsAt(nodePlatform, root)).toBe("masks");
});
