import { expect, test } from "vitest";
import { boxTree } from "../../../test/support/box-trees.js";
import type { Context } from "../command.js";
import { inspectBoxes } from "./inspect-boxes.js";

const context = {
  output: { onEvent: () => undefined },
  signal: new AbortController().signal,
} as unknown as Context;
const image = { size: [100, 80] as const };

test("says what was recognised: layout, pictures, boxes, classes, and what was left out", async () => {
  const root = await boxTree({
    "data.yaml": "train: images/train\nval: images/val\ntest: images/test\nnames: [cat, dog]\n",
    "images/train/a.jpg": image,
    "images/train/b.jpg": image,
    "images/val/c.jpg": image,
    "images/test/d.jpg": image,
    "labels/train/a.txt": "0 0.5 0.5 0.2 0.2\n0 0.5 0.5 0.2 0.2\n1 0.2 0.2 0.1 0.1\n",
    "labels/val/c.txt": "1 0.5 0.5 0.2 0.2\n",
    "labels/test/d.txt": "1 0.5 0.5 0.2 0.2\n",
    "labels/test/e.txt": "1 0.5 0.5 0.2 0.2\n",
    "images/train/f.jpg": image,
    "labels/train/f.txt": "0 0.5 0.5 0.2 0.2\n0 0.5 0.5 0 0.1\n",
  });
  const { result, lines } = (await inspectBoxes(root, {}, context))!;
  expect(result).toMatchObject({ pictures: 4, boxes: 4, empty_pictures: 1 });
  expect(lines.slice(1).join("\n")).toBe(`layout     Ultralytics (data.yaml and .txt files)
pictures   4: 2 train, 1 validation, 1 test
           1 without an object
split      train, validation and test as given
boxes      4: 2 train, 1 validation, 1 test
classes    dog  3 boxes in 3 pictures
           cat  1 boxes in 1 pictures
left out   3 annotations or pictures
           labels/train/a.txt, line 2: it repeats line 1
           labels/test/e.txt: there is no image for these labels
           labels/train/f.txt, line 2: its box has no area
warnings   1 picture left out, since 1 object in it cannot be used and would be
           learnt as background: "images/train/f.jpg"
           1 class without a box in the test split, and so without a score:
           "cat"`);
});

test("says how many objects have an outline", async () => {
  const root = await boxTree({
    "data.yaml": "train: images/train\nval: images/val\ntest: images/test\nnames: [cat]\n",
    "images/train/a.jpg": image,
    "labels/train/a.txt": "0 0.1 0.1 0.5 0.1 0.5 0.5\n0 0.5 0.5 0.2 0.2\n",
  });
  const { result, lines } = (await inspectBoxes(root, {}, context))!;
  expect(result).toMatchObject({ boxes: 2, outlines: 1 });
  expect(lines.join("\n")).toContain(`
boxes      2: 2 train, 0 validation, 0 test
           1 with an outline, from which masks are drawn`);
});

test("a folder without annotations, a model folder and a name are no datasets of boxes", async () => {
  expect(await inspectBoxes(await boxTree({ "cat/a.jpg": image }), {}, context)).toBeUndefined();
  expect(await inspectBoxes(await boxTree({ "config.json": "{}" }), {}, context)).toBeUndefined();
  expect(await inspectBoxes("vision-mini", {}, context)).toBeUndefined();
});
