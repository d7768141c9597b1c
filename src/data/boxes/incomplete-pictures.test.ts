// A picture with an object that cannot be used is left out in every layout: as background, the object would be learnt wrongly.
import { describe, expect, test } from "vitest";
import { boxesOf, coco, image, openTree, voc, vocObject, yaml } from "../../../test/support/box-layouts.js";

type Files = Parameters<typeof openTree>[0];
const good = { bbox: [10, 20, 30, 40] };
const cocoFiles = (bad: object): Files => ({
  "labels.json": coco({
    images: ["a", "b", "c"].map((name, i) => ({ id: i, file_name: `${name}.jpg`, width: 100, height: 80 })),
    annotations: [
      { id: 1, image_id: 0, category_id: 3, ...good },
      { id: 2, image_id: 0, category_id: 3, ...good, ...bad },
      { id: 3, image_id: 1, category_id: 3, ...good },
    ],
  }),
});
const shape = (points: number[][], more: object = {}) => ({
  label: "cat",
  shape_type: "rectangle",
  points,
  ...more,
});
const corners = [
  [10, 20],
  [40, 60],
];
const labelme = (...shapes: object[]) =>
  JSON.stringify({ imagePath: "x.jpg", imageWidth: 100, imageHeight: 80, shapes });
const labelmeFiles = (bad: object): Files => ({
  "a.json": labelme(shape(corners), bad),
  "b.json": labelme(shape(corners)),
  "c.json": labelme(),
});
const cvatFiles = (bad: string): Files => {
  const box = `<box label="cat" xtl="10" ytl="20" xbr="40" ybr="60"/>`;
  const picture = (name: string, content: string) =>
    `<image id="0" name="${name}.jpg" width="100" height="80">${content}</image>`;
  return {
    "annotations.xml": `<annotations>${picture("a", box + bad)}${picture("b", box)}${picture("c", "")}</annotations>`,
  };
};
const line = (file_name: string, bbox: unknown[], categories: unknown[]) =>
  JSON.stringify({ file_name, objects: { bbox, categories } });
const metadataFiles = (bbox: unknown, category: unknown): Files => ({
  "metadata.jsonl": [
    line("a.jpg", [[10, 20, 30, 40], bbox], ["cat", category]),
    line("b.jpg", [[10, 20, 30, 40]], ["cat"]),
    line("c.jpg", [], []),
  ].join("\n"),
});
const table = (row: string): Files => ({
  "labels.csv": `filename,class,xmin,ymin,xmax,ymax\na.jpg,cat,10,20,40,60\n${row}\nb.jpg,cat,10,20,40,60\nc.jpg,,,,,\n`,
});
const vocCat = vocObject([10, 20, 40, 60]).replace("cat &amp; dog", "cat");
const vocFiles = (bad: string): Files => ({
  "a.xml": voc(vocCat + bad),
  "b.xml": voc(vocCat, "b.jpg"),
  "c.xml": voc("", "c.jpg"),
});

const noArea = "its box has no area";
const cases: readonly [string, Files, string][] = [
  ["COCO: unknown category", cocoFiles({ category_id: 8 }), "no category has its category_id 8"],
  ["COCO: no numbers", cocoFiles({ bbox: [1, null, 2, 2] }), "its bbox is not four numbers: [1,null,2,2]"],
  [
    "COCO: beside the picture",
    cocoFiles({ bbox: [200, 10, 20, 20] }),
    "is outside the picture of 100 × 80 pixels",
  ],
  [
    "COCO: backwards",
    cocoFiles({ bbox: [30, 10, -20, 20] }),
    "its box ends before it begins: 30, 10, 10, 30",
  ],
  ["COCO: no width", cocoFiles({ bbox: [30, 10, 0, 20] }), noArea],
  ["COCO: share", cocoFiles({ bbox: [0.3, 0.1, 0.2, 0.2] }), "its box lies within the first pixel"],
  ["VOC: no box", vocFiles("<object><name>dog</name></object>"), "it has no bndbox"],
  ["VOC: no name", vocFiles("<object><bndbox/></object>"), "it has no name"],
  [
    "LabelMe: two points",
    labelmeFiles(shape(corners, { shape_type: "polygon" })),
    "its polygon has 2 points",
  ],
  ["LabelMe: no label", labelmeFiles(shape(corners, { label: "" })), "it has no label"],
  [
    "LabelMe: a point of a class with areas",
    labelmeFiles(shape([[1, 1]], { shape_type: "point" })),
    "its point has no area",
  ],
  [
    "CVAT: three numbers",
    cvatFiles(`<box label="cat" xtl="1" ytl="2" xbr="4"/>`),
    "its box is not four numbers",
  ],
  [
    "CVAT: a line of a class with areas",
    cvatFiles(`<polyline label="cat" points="1,1;2,2"/>`),
    "its polyline has no area",
  ],
  ["metadata: three numbers", metadataFiles([1, 2, 3], "cat"), "its bbox is not four numbers"],
  ["metadata: no category", metadataFiles([1, 2, 3, 4], null), "its category is null"],
  ["table: no class", table("a.jpg,,1,2,3,4"), "it has no class"],
  ["table: a class without coordinates", table("a.jpg,cat,,,,"), "it has no coordinates"],
];

test.each(cases)("%s", async (_, files, reason) => {
  const data = await openTree({ ...files, "a.jpg": image, "b.jpg": image, "c.jpg": image });
  expect(boxesOf(data)).toEqual({ "b.jpg": [["cat", 10, 20, 40, 60]], "c.jpg": [] });
  expect(data.skipped.map((one) => one.reason).join("\n")).toContain(reason);
  expect(data.warnings.map(({ message }) => message)).toContain(
    '1 picture left out, since 1 object in it cannot be used and would be learnt as background: "a.jpg"',
  );
});

describe("what is no object leaves its picture in", () => {
  test("a box of one point, which is a click, and an annotation of no image", async () => {
    const data = await openTree({
      ...cocoFiles({ bbox: [30, 10, 0, 0] }),
      "a.jpg": image,
      "b.jpg": image,
      "c.jpg": image,
    });
    expect(Object.keys(boxesOf(data))).toEqual(["a.jpg", "b.jpg", "c.jpg"]);
    expect(data.skipped).toEqual([{ item: "labels.json, annotation id 2", reason: noArea }]);
  });

  test("landmarks beside objects, tags, and a class that says that nothing is there", async () => {
    const pictures = { "a.jpg": image, "b.jpg": image, "c.jpg": image };
    const landmark = shape([[1, 1]], { label: "eye", shape_type: "point" });
    for (const files of [
      labelmeFiles(landmark),
      cvatFiles(`<tag label="cat"/>`),
      table("c.jpg,no finding,,,,"),
    ])
      expect(boxesOf(await openTree({ ...files, ...pictures }))["a.jpg"]).toHaveLength(1);
  });
});

test("a picture with landmarks alone is no picture without objects", async () => {
  const landmark = shape([[1, 1]], { label: "eye", shape_type: "point" });
  const data = await openTree({
    "a.json": labelme(shape(corners)),
    "b.json": labelme(landmark),
    "a.jpg": image,
    "b.jpg": image,
  });
  expect(Object.keys(boxesOf(data))).toEqual(["a.jpg"]);
});

test("more than half of the pictures with such objects are refused", async () => {
  const files = cocoFiles({});
  const images = ["a", "b", "c"].map((name, i) => ({ id: i, file_name: `${name}.jpg` }));
  const annotations = [0, 1, 2].map((i) => ({ id: i, image_id: i, category_id: i === 0 ? 3 : 8, ...good }));
  const wrong = openTree({
    ...files,
    "labels.json": coco({ images, annotations }),
    "a.jpg": image,
    "b.jpg": image,
    "c.jpg": image,
  });
  await expect(wrong).rejects.toThrow("2 of 3 pictures (67 %) in");
});

describe("ids and names that two things share", () => {
  test("two COCO images with one id are both left out", async () => {
    const images = ["a", "b", "c", "d"].map((name, i) => ({ id: i === 1 ? 0 : i, file_name: `${name}.jpg` }));
    const annotations = [
      { id: 1, image_id: 0, category_id: 3, ...good },
      { id: 2, image_id: 2, category_id: 3, ...good },
    ];
    const data = await openTree({
      "labels.json": coco({ images, annotations }),
      "a.jpg": image,
      "b.jpg": image,
      "c.jpg": image,
      "d.jpg": image,
    });
    expect(Object.keys(boxesOf(data))).toEqual(["c.jpg", "d.jpg"]);
    expect(data.skipped[0]).toEqual({ item: "labels.json, image 2", reason: 'its id 0 is that of "a.jpg"' });
  });

  test("ids as texts and as numbers are the same", async () => {
    const annotations = [{ id: 1, image_id: "7", category_id: "3", ...good }];
    const data = await openTree({ "labels.json": coco({ annotations }), "a.jpg": image, "b.jpg": image });
    expect(boxesOf(data)["a.jpg"]).toEqual([["cat", 10, 20, 40, 60]]);
  });

  test("one name for two used categories is refused", async () => {
    const categories = [
      { id: 3, name: "mouse", supercategory: "animal" },
      { id: 90, name: "mouse", supercategory: "device" },
    ];
    const annotations = [3, 90].map((category_id, i) => ({ id: i, image_id: 7, category_id, ...good }));
    const files = (all: object[]): Files => ({
      "labels.json": coco({ categories, annotations: all }),
      "a.jpg": image,
      "b.jpg": image,
    });
    await expect(openTree(files(annotations))).rejects.toThrow(
      '"labels.json" has two categories "mouse", with the ids 3 and 90',
    );
    // An unused one takes nothing from the other.
    expect((await openTree(files(annotations.slice(0, 1)))).classes).toEqual(["mouse"]);
  });
});

describe("key points of Ultralytics", () => {
  const files = (shape: string, ...lines: string[]): Files => ({
    "data.yaml": `${yaml}${shape}`,
    ...Object.fromEntries(["a", "b", "c"].map((name) => [`images/train/${name}.jpg`, image])),
    "images/val/d.jpg": image,
    ...Object.fromEntries(lines.map((one, i) => [`labels/train/${"abc"[i]}.txt`, one])),
  });

  test("kpt_shape: the box is read, and the points are not", async () => {
    // The points of other objects lie anywhere.
    const data = await openTree(files("kpt_shape: [2, 2]\n", "1 0.5 0.5 0.2 0.5 0.1 0.1 0.9 0.9"));
    expect(boxesOf(data)["images/train/a.jpg"]).toEqual([["dog", 40, 20, 60, 60]]);
    expect(data.items[0]!.objects[0]!.shape).toBeUndefined();
    expect(data.notes).toEqual(["lines have a box and 4 values of key points, which are not read"]);
    await expect(openTree(files("kpt_shape: [2, 2]\n", "1 0.5 0.5 0.2 0.5 0.1 0.1"))).rejects.toThrow(
      "has 6 values behind the class, not 4 of a box and 4 of key points",
    );
    await expect(openTree(files("kpt_shape: 17\n", "1 0.5 0.5 0.2 0.5"))).rejects.toThrow(
      '"data.yaml" has the kpt_shape 17',
    );
  });

  test("without kpt_shape, lines whose points all lie in the box of the first four numbers are refused", async () => {
    const pose = (x: number) => `0 ${x} 0.5 0.2 0.4 ${x - 0.05} 0.4 ${x + 0.05} 0.4 ${x} 0.6`;
    await expect(openTree(files("", pose(0.3), pose(0.5), pose(0.6)))).rejects.toThrow(
      "the lines are boxes with key points, not outlines: in all 3 of them",
    );
  });

  test("outlines that all have one number of corners are named", async () => {
    const outline = (x: number) => `0 ${x} 0.1 ${x + 0.1} 0.1 ${x + 0.1} 0.3 ${x + 0.05} 0.4 ${x} 0.3`;
    const data = await openTree(files("", outline(0.3), outline(0.5), outline(0.6)));
    expect(data.items.flatMap(({ objects }) => objects.map((one) => one.shape))).toHaveLength(3);
    expect(data.warnings.map(({ message }) => message)).toContain(
      "all 3 outlines have 5 corners: lines of key points look alike, and need kpt_shape in data.yaml",
    );
  });
});
