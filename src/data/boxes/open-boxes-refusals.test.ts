// What a folder of boxes cannot have, and what the message says.
import { describe, expect, test } from "vitest";
import {
  boxesOf,
  coco,
  image,
  openTree,
  ultralytics,
  voc,
  vocObject,
  yaml,
} from "../../../test/support/box-layouts.js";

const noArea = "its box has no area";
describe("COCO JSON", () => {
  test("what cannot be used is named with file and annotation, and its picture is left out", async () => {
    const good = { bbox: [10, 10, 20, 20], category_id: 3 };
    const bad: object[] = [
      { ...good, segmentation: [[1, 2, 3, 4]] },
      { ...good, bbox: [10, 10, 0, 0] },
      { ...good, bbox: [90, 70, 40, 40] },
      { ...good, category_id: 8 },
      { category_id: 3, segmentation: { size: [80, 100], counts: [5] } },
      { category_id: 3, segmentation: { size: [80, 1e9], counts: [8e10] } },
      { ...good, image_id: 70 },
    ];
    const annotations = bad.flatMap((one, i) => [
      { id: 10 + i, image_id: i, ...good },
      { id: 1 + i, image_id: i, ...one },
    ]);
    const images = [
      ...bad.map((_, i) => ({ id: i, file_name: `../../etc/${i}.jpg`, width: 100, height: 80 })),
      { id: 8, file_name: "missing.jpg" },
    ];
    const data = await openTree({
      "labels.json": coco({ images, annotations }),
      ...Object.fromEntries(bad.map((_, i) => [`${i}.jpg`, image])),
      "c.jpg": image,
    });
    const first = ["cat", 10, 10, 30, 30];
    expect(boxesOf(data)).toEqual({
      "0.jpg": [first, first],
      "1.jpg": [first],
      "2.jpg": [first, ["cat", 90, 70, 100, 80]],
      "6.jpg": [first],
    });
    expect(Object.fromEntries(data.skipped.map(({ item, reason }) => [item, reason]))).toEqual({
      "labels.json, annotation id 1":
        "its polygon has 2 points; at least 3 are needed: its box is used without the outline",
      "labels.json, annotation id 2": noArea,
      "labels.json, annotation id 4": "no category has its category_id 8",
      "labels.json, annotation id 5": "the counts of its mask cover 5 pixels, not 100 × 80 = 8000",
      "labels.json, annotation id 6": "its mask has 1000000000 × 80 pixels, its image 100 × 80",
      "labels.json, annotation id 7": "no image has its image_id 70",
      'labels.json, image "missing.jpg"': 'there is no image "missing.jpg"',
    });
    expect(data.warnings.map(({ message }) => message)).toEqual([
      '1 picture left out, since no annotation names it: "c.jpg"',
      '3 pictures left out, since 3 objects in them cannot be used and would be learnt as background: "3.jpg", "4.jpg", "5.jpg"',
      "1 box reached beyond the picture and was cut off at its edge, first in labels.json, annotation id 3",
      '1 class without a box in any picture: "dog"',
    ]);
  });

  test.each([
    [{ "labels.json": coco({ annotations: [] }), "a.jpg": image, "b.jpg": image }, "no labels found in"],
    [{ "a.jpg": image }, "no annotation file was recognised"],
    [
      { "coco.json": `{"images": [], "annotations": [{"bbox": [NaN]}], "categories": []}` },
      "NaN and Infinity are no JSON",
    ],
    [{ "labels.json": coco({ categories: [] }), "a.jpg": image }, '"labels.json" has no "categories"'],
    [
      {
        "labels.json": coco({
          categories: [
            { id: 1, name: "x" },
            { id: 1, name: "y" },
          ],
        }),
        "a.jpg": image,
      },
      'has two categories with the id 1: "x", "y"',
    ],
    [{ "one.json": coco(), "two.json": coco(), "a.jpg": image }, "holds several COCO files"],
  ])("refuses %#: %s", async (files, words) => {
    const error = await openTree(files as Parameters<typeof openTree>[0]).then(
      () => undefined,
      (one) => one,
    );
    expect(error?.format()).toContain(words);
  });

  test("a size of another shape than the image's is refused", async () => {
    const images = [{ id: 7, file_name: "a.jpg", width: 100, height: 100 }];
    await expect(openTree({ "labels.json": coco({ images }), "a.jpg": image })).rejects.toThrow(
      "1 of 1 picture (100 %)",
    );
  });
});

describe("Pascal VOC XML", () => {
  test("objects without area, and damaged files, are named with file and line", async () => {
    const good = vocObject([5, 5, 9, 9]);
    const data = await openTree({
      "a.xml": voc(`\n${vocObject([5, 5, 5, 9])}\n${good}<object><name>x</name></object>`),
      "a.jpg": image,
      "b.xml": "<annotation><object></annotation>",
      "b.jpg": image,
      ...{ "c.xml": voc(good, "c.jpg"), "c.jpg": image },
    });
    expect(Object.keys(boxesOf(data))).toEqual(["c.jpg"]);
    expect(data.skipped).toEqual([
      { item: "b.xml", reason: '"b.xml", line 1 closes "annotation", but "object" is open' },
      { item: "a.xml, line 4", reason: "it has no bndbox" },
      { item: "a.xml, line 3", reason: noArea },
    ]);
  });

  test("a file that declares entities is refused", async () => {
    const bomb = `<!DOCTYPE a [<!ENTITY x "aaaaaaaaaa">]>${voc("&x;")}`;
    await expect(openTree({ "a.xml": bomb, "a.jpg": image })).rejects.toThrow("declares entities");
  });
});

describe("Ultralytics", () => {
  test.each([
    ["0 50 40 20 10", '"labels/train/a.txt", line 1 has the value "50": these are shares'],
    ["\n0 0.5 0.5 nan 0.1", 'line 2 has the value "nan"'],
    ["0 0.5 0.5 0.1", "has 3 values behind the class"],
    ["2 0.5 0.5 0.1 0.1", "has the class 2, but the list of classes has only 0 to 1"],
    ["cat 0.5 0.5 0.1 0.1", 'has the class "cat"'],
  ])("refuses the line %j", async (line, words) => {
    await expect(openTree(ultralytics(line))).rejects.toThrow(words);
  });

  test("a list of classes that does not fit is refused", async () => {
    await expect(openTree(ultralytics("", { "data.yaml": `${yaml}nc: 3\n` }))).rejects.toThrow(
      "says nc: 3, but has 2 names",
    );
    const twice = yaml.replace("dog", "cat");
    await expect(openTree(ultralytics("", { "data.yaml": twice }))).rejects.toThrow(
      '"data.yaml" names two classes "cat": 0 and 1',
    );
  });

  test("an alias bomb is refused", async () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c]\n${yaml}`;
    await expect(openTree(ultralytics("", { "data.yaml": bomb }))).rejects.toThrow("is not YAML");
    const doubled = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]\n`);
    const billions = `a0: &a0 [x, x]\n${doubled.join("")}${yaml}`;
    await expect(openTree(ultralytics("", { "data.yaml": billions }))).rejects.toThrow(
      '"data.yaml" is not YAML: Excessive alias count indicates a resource exhaustion attack',
    );
  });

  const deep = 100_000;
  test.each([
    ["lists", `x: ${"[".repeat(deep)}${"]".repeat(deep)}`],
    ["lists that do not end", `x: ${"[".repeat(deep)}`],
    ["objects", `x: ${"{a: ".repeat(deep)}${"}".repeat(deep)}`],
    ["lists of dashes", `x:\n  ${"- ".repeat(deep)}`],
    ["keys that are objects", `${"? ".repeat(deep)}x`],
    ["indented objects", Array.from({ length: 1000 }, (_, i) => `${" ".repeat(i)}a:`).join("\n")],
    ["indented lists", Array.from({ length: 1000 }, (_, i) => `${" ".repeat(i)}-`).join("\n")],
  ])("a yaml file of deep %s is refused before it is parsed", async (_, text) => {
    for (const file of [`${yaml}${text}\n`, `${text}\n${yaml}`])
      await expect(openTree(ultralytics("", { "data.yaml": file }))).rejects.toMatchObject({
        kind: "DataError",
        message: '"data.yaml" is not YAML: it is nested too deep',
      });
  });

  test("a yaml file may be indented many times without being deep", async () => {
    const many = Array.from({ length: 500 }, (_, i) => `x${i}:\n  y:\n    - z\n    - - u\n      - v\n`);
    const file = { "data.yaml": `${many.join("")}${yaml}` };
    expect((await openTree(ultralytics("", file))).layout).toBe("ultralytics");
  });
});

test("a wrong number in a table of boxes is refused with its line, and two spellings of a class", async () => {
  const head = "filename,width,height,class,xmin,ymin,xmax,ymax\n";
  const wrong = openTree({ "labels.csv": `${head}a.jpg,100,80,cat,10,x,40,60\n`, "a.jpg": image });
  await expect(wrong).rejects.toThrow('"labels.csv", line 2 has "x" in the column "ymin"');
  const [first, second] = ["Red,10,10,40,60", "red,50,10,70,60"];
  const spelt = openTree({
    "labels.csv": `${head}a.jpg,100,80,${first}\na.jpg,100,80,${second}\n`,
    "a.jpg": image,
  });
  await expect(spelt).rejects.toMatchObject({ kind: "DataError", details: { classes: ["Red", "red"] } });
});
