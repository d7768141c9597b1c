import { expect, test } from "vitest";
import { boxTree } from "../../../test/support/box-trees.js";
import { nodePlatform } from "../../platform/node.js";
import { refuseBoxes } from "./refuse-boxes.js";

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

test("boxes are named, with the way to look at them", async () => {
  const root = await boxTree({ "a.json": shapes, "a.jpg": image });
  const error = await refuseBoxes(nodePlatform, root).catch((one) => one);
  expect(
    error.format(),
  ).toBe(`DataError: "${root}" holds pictures with boxes (LabelMe JSON: 1 picture, 1 box), and object detection cannot be trained yet
  help: engraft inspect ${root} shows what was recognised; to classify whole pictures, sort them into one folder a class`);
});

test("class folders stay classes, with annotations beside the pictures or not", async () => {
  const files = { "cat/a.jpg": image, "cat/a.json": shapes, "dog/b.jpg": image };
  await expect(refuseBoxes(nodePlatform, await boxTree(files))).resolves.toBeUndefined();
  const split = { "train/cat/a.jpg": image, "train/dog/b.jpg": image, "train/a.json": shapes };
  await expect(refuseBoxes(nodePlatform, await boxTree(split))).resolves.toBeUndefined();
});

test("lists of labels and of texts pass", async () => {
  const list = { "labels.csv": "image,label\na.jpg,cat\n", "images/a.jpg": image };
  await expect(refuseBoxes(nodePlatform, await boxTree(list))).resolves.toBeUndefined();
  const texts = { "pos/a.txt": "0 0.5 0.5 0.1 0.1" };
  await expect(refuseBoxes(nodePlatform, await boxTree(texts))).resolves.toBeUndefined();
});

test("pictures with masks are named, and not taken for two classes", async () => {
  const root = await boxTree({ "images/a.jpg": image, "masks/a.png": image });
  await expect(refuseBoxes(nodePlatform, root)).rejects.toThrow(
    "holds pictures with masks (1 pair), and segmentation cannot be trained yet",
  );
});
