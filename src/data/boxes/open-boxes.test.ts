// Layouts of boxes that are recognised without options.
import { describe, expect, test } from "vitest";
import {
  boxesOf,
  coco,
  image,
  openTree,
  ultralytics,
  voc,
  vocObject,
} from "../../../test/support/box-layouts.js";
import { boxTree } from "../../../test/support/box-trees.js";
import { openBoxes } from "./open-boxes.js";

describe("COCO JSON", () => {
  test("ids have gaps, boxes are x, y, width and height, and an image without annotation is a negative", async () => {
    const data = await openTree({ "labels.json": coco(), "images/a.jpg": image, "images/b.jpg": image });
    expect(data.layout).toBe("coco");
    expect(data.classes).toEqual(["cat", "dog"]);
    expect(data.cocoIds).toEqual([3, 90]);
    expect(boxesOf(data)).toEqual({ "images/a.jpg": [["dog", 10, 20, 40, 60]], "images/b.jpg": [] });
    expect(data.items.map(({ cocoId }) => cocoId)).toEqual([7, 9]);
    expect(data.warnings.map(({ message }) => message)).toContain(
      '1 class without a box in any picture: "cat"',
    );
  });

  test("Roboflow's category 0 is the project's name, and copies of one source are a group", async () => {
    const categories = [
      { id: 0, name: "pets", supercategory: "none" },
      { id: 1, name: "cat", supercategory: "pets" },
    ];
    const file = (name: string) =>
      coco({
        categories,
        images: [{ id: 0, file_name: name }],
        annotations: [{ image_id: 0, category_id: 1, bbox: [1, 2, 3, 4] }],
      });
    const data = await openTree({
      "train/_annotations.coco.json": file("a_jpg.rf.1.jpg"),
      "train/a_jpg.rf.1.jpg": image,
      "valid/_annotations.coco.json": file("a_jpg.rf.2.jpg"),
      "valid/a_jpg.rf.2.jpg": image,
      "test/_annotations.coco.json": file("c.jpg"),
      "test/c.jpg": image,
    });
    expect(data.classes).toEqual(["cat"]);
    expect(data.notes).toEqual(['category 0 "pets" is the project\'s name, not a class']);
    expect(data.items.map(({ id, part, group }) => [id, part, group])).toEqual([
      ["test/c.jpg", "test", undefined],
      ["train/a_jpg.rf.1.jpg", "train", "a_jpg"],
      ["valid/a_jpg.rf.2.jpg", "validation", "a_jpg"],
    ]);
  });

  test("a pattern on the path gives the groups, and a group is never divided", async () => {
    const names = Array.from({ length: 40 }, (_, i) => `film${Math.floor(i / 4)}_${i % 4}.jpg`);
    const root = await boxTree({
      ...Object.fromEntries(names.map((name) => [name, image])),
      "labels.json": coco({
        images: names.map((file_name, id) => ({ id, file_name })),
        annotations: names.map((_, id) => ({ id, image_id: id, category_id: 3, bbox: [1, 2, 30, 40] })),
      }),
    });
    const open = (groupFrom?: string) => openBoxes(root, { cache: false, ...(groupFrom && { groupFrom }) });
    /** Pairs of a film and a split that has pictures of it. */
    const placesOf = async (groupFrom?: string) =>
      new Set((await open(groupFrom)).items.map(({ id, part }) => `${id.slice(0, 5)} ${part}`)).size;
    expect(await placesOf()).toBeGreaterThan(10);
    expect(await placesOf("(film[0-9])_")).toBe(10);
    expect((await open("(film[0-9])_")).items[4]).toMatchObject({ id: "film1_0.jpg", group: "film1" });
    await expect(open("scene")).rejects.toThrow('groupFrom "scene" fits no picture');
  });

  test("a category 0 that annotations use is a class", async () => {
    const categories = [{ id: 0, name: "cat", supercategory: "none" }];
    const annotations = [{ id: 1, image_id: 7, category_id: 0, bbox: [1, 2, 3, 4] }];
    const data = await openTree({
      "labels.json": coco({ categories, annotations }),
      "a.jpg": image,
      "b.jpg": image,
    });
    expect(data.classes).toEqual(["cat"]);
  });

  test("a compressed and an uncompressed mask have the same box and area", async () => {
    // 80 high, 100 wide; columns 2 and 3 from row 5 to row 14: runs 165, 10, 70, 10, 7745.
    const counts = [165, 10, 70, 10, 7745];
    // Groups of five bits: 165 = 5 + 5·32; 10; 70 = 6 + 2·32; from the fourth on the difference to the count two before:
    // 10 − 10 = 0; 7745 − 70 = 7675 = 27 + 15·32 + 7·32².
    const group = (...values: number[]) => values.map((v) => String.fromCharCode(v + 48)).join("");
    const text = group(5 + 32, 5) + group(10) + group(6 + 32, 2) + group(0) + group(27 + 32, 15 + 32, 7);
    const annotations = [counts, text].map((one, i) => ({
      ...{ id: i + 1, image_id: 7, category_id: 3, iscrowd: i },
      segmentation: { size: [80, 100], counts: one },
    }));
    const data = await openTree({ "labels.json": coco({ annotations }), "a.jpg": image, "b.jpg": image });
    const [first, second] = data.items[0]!.objects;
    expect(first).toMatchObject({ box: [2, 5, 4, 15], area: 20 });
    expect(second).toMatchObject({ box: [2, 5, 4, 15], area: 20, crowd: true });
  });
});

describe("the frame of EXIF-rotated images", () => {
  // Stored 100 × 80 with orientation 6: 80 × 100 upright, the stored first row is the right side.
  const rotated = { size: [100, 80] as const, orientation: 6 };
  const one = (width: number, height: number, bbox: number[]) =>
    coco({
      images: [{ id: 7, file_name: "a.jpg", width, height }],
      annotations: [{ id: 1, image_id: 7, category_id: 3, bbox }],
    });

  test("a stated size before the rotation turns the boxes", async () => {
    const data = await openTree({ "labels.json": one(100, 80, [10, 20, 30, 40]), "a.jpg": rotated });
    expect(data.items[0]).toMatchObject({ width: 80, height: 100 });
    // x' = 80 − y, y' = x: [10, 40] × [20, 60] becomes [20, 60] × [10, 40].
    expect(data.items[0]!.objects[0]!.box).toEqual([20, 10, 60, 40]);
  });

  test("a stated size after the rotation leaves them", async () => {
    const data = await openTree({ "labels.json": one(80, 100, [10, 20, 30, 40]), "a.jpg": rotated });
    expect(data.items[0]!.objects[0]!.box).toEqual([10, 20, 40, 60]);
  });

  test("a size of another scale scales the boxes", async () => {
    const data = await openTree({ "labels.json": one(200, 160, [20, 40, 60, 80]), "a.jpg": image });
    expect(data.items[0]!.objects[0]).toMatchObject({ box: [10, 20, 40, 60], area: 1200 });
  });
});

describe("Pascal VOC XML", () => {
  test("splits are those of ImageSets, parts of objects are not read, and an image without XML is left out", async () => {
    const part =
      "<part><name>head</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></part>";
    const data = await openTree({
      "Annotations/a.xml": voc(
        vocObject([10, 20, 40, 60], `<difficult>1</difficult>${part}`),
        "C:\\else\\x.jpg",
      ),
      "Annotations/b.xml": voc(""),
      "JPEGImages/a.jpg": image,
      "JPEGImages/b.jpg": image,
      "JPEGImages/c.jpg": image,
      "ImageSets/Main/train.txt": "a\n",
      "ImageSets/Main/test.txt": "b\n",
    });
    expect(data.layout).toBe("voc");
    expect(boxesOf(data)).toEqual({
      "JPEGImages/a.jpg": [["cat & dog", 10, 20, 40, 60]],
      "JPEGImages/b.jpg": [],
    });
    expect(data.items[0]!.objects[0]!.difficult).toBe(true);
    expect(data.items.map(({ part: one }) => one)).toEqual(["train", "test"]);
    expect(data.warnings[0]!.message).toBe(
      '1 picture left out, since no annotation names it: "JPEGImages/c.jpg"',
    );
  });

  test("masks of the same names beside the pictures are not meant, and named with the task that learns them", async () => {
    const data = await openTree({
      "Annotations/a.xml": voc(vocObject([10, 20, 40, 60]), "a.jpg"),
      "JPEGImages/a.jpg": image,
      "SegmentationClass/a.jpg": image,
      "SegmentationObject/a.jpg": image,
    });
    expect(Object.keys(boxesOf(data))).toEqual(["JPEGImages/a.jpg"]);
    expect(data.notes).toContain(
      "1 mask beside the pictures not read: --task image-segmentation learns them",
    );
  });

  test("VOC's own files count from 1", async () => {
    const files = (source: string) => ({
      "a.xml": voc(vocObject([1, 2, 100, 60]), "a.jpg", source),
      "a.jpg": image,
    });
    expect(boxesOf(await openTree(files("The VOC2007 Database")))["a.jpg"]).toEqual([
      ["cat & dog", 0, 1, 100, 60],
    ]);
    expect(boxesOf(await openTree(files("Unknown")))["a.jpg"]).toEqual([["cat & dog", 1, 2, 100, 60]]);
  });
});

describe("Ultralytics", () => {
  test("boxes and polygons are shares of the image; an image without a text is a negative", async () => {
    const data = await openTree(
      ultralytics("1 0.5 0.5 0.2 0.5\n0 0.1 0.1 0.3 0.1 0.3 0.5\n1 0.5 0.5 0.2 0.5\n"),
    );
    expect(data.layout).toBe("ultralytics");
    expect(data.classes).toEqual(["cat", "dog"]);
    const [dog, cat] = data.items[0]!.objects;
    expect(dog!.box).toEqual([40, 20, 60, 60]);
    expect(cat!.box.map((v) => Math.round(v * 1e9) / 1e9)).toEqual([10, 8, 30, 40]);
    // ½ · 20 · 32
    expect(cat!.area).toBeCloseTo(320, 9);
    expect(data.items[1]!.objects).toEqual([]);
    expect(data.skipped).toEqual([{ item: "labels/train/a.txt, line 3", reason: "it repeats line 1" }]);
  });

  test("labels whose name differs in case belong to their picture, if no other file does", async () => {
    const yaml = "train: images/train\nval: images/val\nnc: 1\nnames: ['cat']\n";
    const data = await openTree({
      "data.yaml": yaml,
      "images/train/IMG_1.JPG": image,
      "labels/train/img_1.TXT": "0 0.5 0.5 0.2 0.2",
      "images/train/b.jpg": image,
      "labels/train/B.txt": "0 0.5 0.5 0.2 0.2",
      "labels/train/b.txt": "",
      "images/train/D.jpg": image,
      "images/train/d.png": image,
      "labels/train/d.txt": "0 0.5 0.5 0.2 0.2",
      "images/val/c.jpg": image,
      "labels/val/c.txt": "0 0.5 0.5 0.2 0.2",
    });
    expect(data.items.map(({ id, objects }) => [id, objects.length])).toEqual([
      // The labels of d.png are not those of D.jpg.
      ["images/train/D.jpg", 0],
      ["images/train/IMG_1.JPG", 1],
      ["images/train/b.jpg", 0],
      ["images/train/d.png", 1],
      ["images/val/c.jpg", 1],
    ]);
    expect(data.skipped).toEqual([
      { item: "labels/train/B.txt", reason: "there is no image for these labels" },
    ]);
  });

  test("Roboflow's paths lead out of the folder, and are looked for inside", async () => {
    const data = await openTree({
      "data.yaml": "train: ../train/images\nval: ../valid/images\nnc: 1\nnames: ['cat']\n",
      "train/images/a.jpg": image,
      "train/labels/a.txt": "0 0.5 0.5 0.2 0.2",
      "valid/images/b.jpg": image,
      "valid/labels/b.txt": "",
    });
    // Without a test split, the validation split becomes the test split.
    expect(data.items.map(({ id, part }) => [id, part])).toEqual([
      ["train/images/a.jpg", "train"],
      ["valid/images/b.jpg", "test"],
    ]);
  });
});

test("LabelMe: corners in any order, parts of one object, polygons; a file without shapes is a negative", async () => {
  const file = (shapes: object[]) =>
    JSON.stringify({ imagePath: "x.jpg", imageWidth: 100, imageHeight: 80, shapes });
  const data = await openTree({
    "a.json": file([
      {
        label: "cat",
        shape_type: "rectangle",
        points: [
          [40, 60],
          [10, 20],
        ],
      },
      {
        label: "cat",
        shape_type: "polygon",
        points: [
          [0, 0],
          [10, 0],
          [10, 10],
        ],
        group_id: 1,
      },
      {
        label: "cat",
        shape_type: "polygon",
        points: [
          [20, 0],
          [30, 0],
          [30, 10],
        ],
        group_id: 1,
      },
      {
        label: "dog",
        shape_type: "circle",
        points: [
          [50, 40],
          [53, 44],
        ],
      },
      { label: "nose", shape_type: "point", points: [[1, 1]] },
    ]),
    "b.json": file([]),
    "a.jpg": image,
    "b.jpg": image,
    "c.jpg": image,
  });
  expect(data.layout).toBe("labelme");
  expect(boxesOf(data)).toEqual({
    "a.jpg": [
      ["cat", 10, 20, 40, 60],
      ["cat", 0, 0, 30, 10],
      ["dog", 45, 35, 55, 45],
    ],
    "b.jpg": [],
  });
  expect(data.skipped).toEqual([]);
  expect(data.warnings.map(({ message }) => message).join("\n")).toContain("left out: 1 point");
});

test("CVAT: boxes, rotated boxes, polygons and masks; the labels are those of the task", async () => {
  const xml = (
    more: string,
  ) => `<annotations><meta><task><labels><label><name>dog</name></label><label><name>cat</name></label></labels></task></meta>
<image id="0" name="a.jpg" width="100" height="80">${more}</image></annotations>`;
  const data = await openTree({
    "annotations.xml": xml(`<box label="cat" xtl="10" ytl="20" xbr="40" ybr="60"/>
<box label="cat" xtl="10" ytl="20" xbr="30" ybr="60" rotation="90"/>
<polygon label="dog" points="0,0;10,0;10,10"/><mask label="dog" left="5" top="6" width="7" height="8" rle="0, 56"/><tag label="dog"/>`),
    "a.jpg": image,
  });
  expect(data.classes).toEqual(["dog", "cat"]);
  const boxes = data.items[0]!.objects.map(({ box }) => box.map((v) => Math.round(v * 1e9) / 1e9));
  expect(boxes).toEqual([
    [10, 20, 40, 60],
    [0, 30, 40, 50],
    [0, 0, 10, 10],
    [5, 6, 12, 14],
  ]);
  await expect(
    openTree({ "a.xml": "<annotations><track id='0'></track></annotations>", "a.jpg": image }),
  ).rejects.toThrow('is "CVAT for video"');
});

describe("metadata.jsonl with objects", () => {
  const line = (bbox: number[][], categories: unknown[] = bbox.map(() => 0)) =>
    JSON.stringify({ file_name: "a.jpg", objects: { bbox, categories } });

  test("boxes are x, y, width and height, unless one would leave its image", async () => {
    const xywh = await openTree({
      "metadata.jsonl": line([
        [10, 20, 30, 40],
        [50, 40, 20, 20],
      ]),
      "a.jpg": image,
    });
    expect(boxesOf(xywh)["a.jpg"]).toEqual([
      ["0", 10, 20, 40, 60],
      ["0", 50, 40, 70, 60],
    ]);
    const xyxy = await openTree({
      "metadata.jsonl": line([
        [10, 20, 95, 70],
        [50, 40, 70, 60],
      ]),
      "a.jpg": image,
    });
    expect(boxesOf(xyxy)["a.jpg"]).toEqual([
      ["0", 10, 20, 95, 70],
      ["0", 50, 40, 70, 60],
    ]);
    expect(xyxy.notes[0]).toBe("boxes are x1, y1, x2, y2 in pixels");
    const shares = await openTree({ "metadata.jsonl": line([[0.5, 0.25, 0.25, 0.5]]), "a.jpg": image });
    expect(boxesOf(shares)["a.jpg"]).toEqual([["0", 50, 20, 75, 60]]);
  });

  test("names are those of the dataset card", async () => {
    const card = `---\ndataset_info:\n  features:\n  - name: objects\n    sequence:\n    - name: category\n      dtype:\n        class_label:\n          names:\n            '0': cat\n            '1': dog\n---\n`;
    const data = await openTree({
      "metadata.jsonl": line([[1, 2, 3, 4]], [1]),
      "README.md": card,
      "a.jpg": image,
    });
    expect(data.classes).toEqual(["cat", "dog"]);
    expect(boxesOf(data)["a.jpg"]![0]![0]).toBe("dog");
  });
});

test("a table of boxes: a row without coordinates is a negative", async () => {
  const head = "filename,width,height,class,xmin,ymin,xmax,ymax\n";
  const rows = "a.jpg,100,80,cat,10,20,40,60\na.jpg,100,80,dog,1,2,3,4\nb.jpg,100,80,,,,,\n";
  const data = await openTree({ "labels.csv": head + rows, "a.jpg": image, "b.jpg": image });
  expect(data.layout).toBe("table");
  expect(boxesOf(data)).toEqual({
    "a.jpg": [
      ["cat", 10, 20, 40, 60],
      ["dog", 1, 2, 3, 4],
    ],
    "b.jpg": [],
  });
});
