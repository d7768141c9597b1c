// Exports that tools write by default: Darknet's lists, which CVAT calls YOLO 1.1, and LabelMe's files with the picture inside.
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { boxesOf, image, openTree } from "../../../test/support/box-layouts.js";
import { boxTree } from "../../../test/support/box-trees.js";
import { nodePlatform } from "../../platform/node.js";
import { taskOf } from "../../tasks/detect.js";
import { openBoxes } from "./open-boxes.js";

const darknet = {
  "obj.data":
    "classes = 2\ntrain = data/train.txt\nvalid = data/valid.txt\nnames = data/obj.names\nbackup = backup/\n",
  "obj.names": "red\nblue\n",
  "train.txt": "data/obj_train_data/a.jpg\ndata/obj_train_data/b.jpg\n",
  "valid.txt": "data/obj_Validation_data/c.jpg\n",
  "obj_train_data/a.jpg": image,
  "obj_train_data/a.txt": "1 0.5 0.5 0.2 0.25\n",
  "obj_train_data/b.jpg": image,
  "obj_train_data/b.txt": "",
  "obj_Validation_data/c.jpg": image,
  "obj_Validation_data/c.txt": "0 0.5 0.5 1 1\n",
};

test("Darknet's obj.data names the classes, and the lists of pictures are the splits", async () => {
  const data = await openTree(darknet);
  expect(data.layout).toBe("darknet");
  expect(data.classes).toEqual(["red", "blue"]);
  expect(boxesOf(data)).toEqual({
    "obj_train_data/a.jpg": [["blue", 40, 30, 60, 50]],
    "obj_train_data/b.jpg": [],
    "obj_Validation_data/c.jpg": [["red", 0, 0, 100, 80]],
  });
  expect(data.items.map(({ id, part }) => [id.slice(-5), part])).toEqual([
    ["c.jpg", "test"],
    ["a.jpg", "train"],
    ["b.jpg", "train"],
  ]);
  expect(await taskOf(nodePlatform, await boxTree(darknet), {})).toBe("object-detection");
});

test("obj.data without its file of names is refused", async () => {
  const { "obj.names": _, ...rest } = darknet;
  await expect(openTree(rest)).rejects.toMatchObject({
    message: '"obj.data" says names = data/obj.names, but there is no such file',
  });
});

test.each<[string, Record<string, string>, RegExp]>([
  [
    "an empty list",
    { "obj.data": "classes = 2\ntrain = data/train.txt\nvalid =\nnames = data/obj.names\n" },
    /^\["red","blue"\]$/,
  ],
  ["keys in capitals", { "obj.data": "Train: train.txt\nNames: obj.names\n" }, /^\["red","blue"\]$/],
  ["blank lines behind the names", { "obj.names": "red\nblue\n\n\n" }, /^\["red","blue"\]$/],
  ["another file of the same name", { "a/obj.names": "horse\nbird\n" }, /^\["red","blue"\]$/],
  ["no names", { "obj.names": "\n" }, /^"obj.names" has no names of classes$/],
  [
    "another number of classes",
    { "obj.data": `${darknet["obj.data"].replace("2", "3")}` },
    /^"obj.data" says classes = 3, and data\/obj.names has 2 names: "red", "blue"$/,
  ],
  [
    "two exports",
    { "b/obj.data": darknet["obj.data"] },
    /^".*" holds several exports of Darknet's form: "b\/obj.data", "obj.data"$/,
  ],
])("Darknet: %s", async (_, files, expected) => {
  const data = openTree({ ...darknet, ...files });
  expect(
    await data.then(
      ({ classes }) => JSON.stringify(classes),
      (error: Error) => error.message,
    ),
  ).toMatch(expected);
});

test("Darknet: the pictures of test.txt are the test split", async () => {
  const data = await openTree({
    ...darknet,
    "obj.data": `${darknet["obj.data"]}test = data/test.txt\n`,
    "test.txt": "data/obj_Test_data/d.jpg\n",
    "obj_Test_data/d.jpg": image,
    "obj_Test_data/d.txt": "0 0.5 0.5 1 1\n",
  });
  expect(data.items.map(({ id, part }) => `${id.slice(-5)} ${part}`).sort()).toEqual([
    "a.jpg train",
    "b.jpg train",
    "c.jpg validation",
    "d.jpg test",
  ]);
});

const shapes = [
  {
    label: "cat",
    shape_type: "rectangle",
    points: [
      [10, 20],
      [40, 60],
    ],
  },
];

test("LabelMe's pictures inside the files are read, without pictures beside them", async () => {
  const pictures = await boxTree({ "a.jpg": image, "b.png": image });
  const file = (name: string, imageData: string) =>
    JSON.stringify({ imagePath: name, imageWidth: 100, imageHeight: 80, imageData, shapes });
  const inside = (name: string) => file(name, readFileSync(join(pictures, name)).toString("base64"));
  const tree = { "a.json": inside("a.jpg"), "train/b.json": inside("b.png") };
  const root = await boxTree(tree);
  const data = await openBoxes(root, { emptyParts: true });
  expect(boxesOf(data)).toEqual({
    "a.jpg": [["cat", 10, 20, 40, 60]],
    "train/b.png": [["cat", 10, 20, 40, 60]],
  });
  for (const { id, path } of data.items)
    expect(readFileSync(path)).toEqual(readFileSync(join(pictures, id.replace("train/", ""))));
  // The cache may be removed between two runs.
  for (const { path } of data.items) rmSync(path);
  expect((await openBoxes(root, { emptyParts: true })).fingerprint).toBe(data.fingerprint);
  expect(await taskOf(nodePlatform, root, {})).toBe("object-detection");
  const broken = { ...tree, "c.json": file("c.jpg", "?"), "d.json": file("d.jpg", "aGVsbG8=") };
  expect((await openTree(broken)).skipped).toEqual([
    { item: "c.json", reason: "its imageData is not base64" },
    { item: "d.json", reason: "its imageData is no picture" },
  ]);
});

test("LabelMe: the picture inside a file comes before another folder's picture of its name", async () => {
  const pictures = await boxTree({ "a.jpg": image, "b.jpg": image });
  const read = (name: string) => readFileSync(join(pictures, name)).toString("base64");
  const file = (imagePath: string, imageData: string | null) =>
    JSON.stringify({ imagePath, imageWidth: 100, imageHeight: 80, imageData, shapes });
  const tree = {
    "a/p.json": file("p.jpg", null),
    "a/p.jpg": image,
    "b/p.json": file("p.jpg", `data:image/jpeg;base64,${read("b.jpg")}`),
    "c/q.json": file("q.jpg", ""),
    "c/q.jpg": image,
  };
  expect((await openTree(tree)).items.map(({ id }) => id)).toEqual(["a/p.jpg", "b/p.jpg", "c/q.jpg"]);
  // LabelMe's default keeps the picture inside as well: it is the one in the other folder.
  const root = await boxTree({ "images/p.jpg": image });
  const same = readFileSync(join(root, "images/p.jpg")).toString("base64");
  const data = await openTree({ "labels/p.json": file("p.jpg", same), "images/p.jpg": image });
  expect(data.items.map(({ id }) => id)).toEqual(["images/p.jpg"]);
});

test("a picture that is missing in its folder is not replaced by one of its name in another folder", async () => {
  const entry = (id: number, name: string) => ({ id, file_name: name, width: 100, height: 80 });
  const coco = JSON.stringify({
    images: [
      entry(1, "day/a.jpg"),
      entry(2, "day/b.jpg"),
      entry(3, "night/a.jpg"),
      entry(4, "/mnt/x/night/b.jpg"),
    ],
    categories: [{ id: 1, name: "car" }],
    annotations: [1, 2, 3, 4].map((id) => ({
      id,
      image_id: id,
      category_id: 1,
      bbox: [10 * id, 10, 20, 20],
    })),
  });
  const data = await openTree({
    "coco.json": coco,
    "day/b.jpg": image,
    "night/a.jpg": image,
    "night/b.jpg": image,
    ...Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`day/${i}.jpg`, image])),
  });
  expect(boxesOf(data)).toEqual({
    "day/b.jpg": [["car", 20, 10, 40, 30]],
    "night/a.jpg": [["car", 30, 10, 50, 30]],
    "night/b.jpg": [["car", 40, 10, 60, 30]],
  });
  expect(data.skipped).toContainEqual({
    item: 'coco.json, image "day/a.jpg"',
    reason: 'there is no image "day/a.jpg", only "night/a.jpg", with 1 annotation',
  });
});

test.each([
  ["image_id,class_name,x_min,y_min,x_max,y_max", "a.jpg,cat,10,20,30,40"],
  ["image,label,left,top,right,bottom", "a.jpg,cat,10,20,30,40"],
  ["image,Top,Left,Width,Height,Label", "a.jpg,20,10,20,20,cat"],
  ["file,x1,y1,x2,y2,width,height,label", "a.jpg,10,20,30,40,100,80,cat"],
  ["ImageID,LabelName,XMin,XMax,YMin,YMax", "a,cat,10,30,20,40"],
])("tables of boxes under the names of %s", async (header, row) => {
  const tree = { "d.csv": `${header}\n${row}\n`, "a.jpg": image };
  expect(boxesOf(await openTree(tree))).toEqual({ "a.jpg": [["cat", 10, 20, 30, 40]] });
  const folder = await boxTree(tree);
  for (const path of [folder, join(folder, "d.csv")])
    expect(await taskOf(nodePlatform, path, {})).toBe("object-detection");
});

test.each([
  [
    "no classes",
    "image,xmin,ymin,xmax,ymax\na.jpg,10,20,30,40\n",
    '"d.csv" has boxes ("xmin", "ymin", "xmax", "ymax"), and no column of their classes',
    'add a column "label"; for one kind of object, with its name in each row',
  ],
  [
    "one column of boxes",
    'image,bbox,label\na.jpg,"[10, 20, 20, 20]",cat\n',
    '"d.csv" has boxes in one column, "bbox": "[10, 20, 20, 20]"',
    "write a column for each number: x,y,w,h for corner and size, or xmin,ymin,xmax,ymax; and label",
  ],
])("boxes in a list are no numbers of pictures: %s", async (_, table, message, help) => {
  const folder = await boxTree({ "d.csv": table, "a.jpg": image });
  await expect(taskOf(nodePlatform, join(folder, "d.csv"), {})).rejects.toMatchObject({ message, help });
});
