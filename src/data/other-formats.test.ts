// Files and lists of other programs: named, with the export that is read.
import { join } from "node:path";
import { expect, test } from "vitest";
import { inFolder, writeTree } from "../../test/support/pictures.js";
import { inspectData } from "../tasks/inspect-data.js";

type Tree = Parameters<typeof writeTree>[1];
const refusal = (tree: Tree, path = "") =>
  inFolder(async (folder) => {
    await writeTree(folder, tree);
    const error: Error & { help?: string } = await inspectData(join(folder, path)).then(
      () => new Error("it was read"),
      (one) => one,
    );
    return { message: error.message.replaceAll(folder, "ROOT"), help: error.help };
  });
const lines = (n: number, line: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => `${line(i)}\n`).join("");
const pictures = (folder: string, n = 12): Tree =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [`${folder}${i}.png`, i]));

const drawnTable = "a table drawn with lines";
const renamedTable = "a table under another name";
const foreignTable = "a table of another program";
const arrayFile = "a file of arrays";
test.each([
  ["d.sql", "-- MySQL dump 10.13\nINSERT INTO t VALUES (1);", "SQL statements"],
  ["d.csv", "-- MySQL dump 10.13\nINSERT INTO t VALUES (1);", "SQL statements"],
  ["d.csv", "+----+-----+\n| id | cls |\n+----+-----+\n|  1 | a   |\n", drawnTable],
  ["d.csv", "@relation x\n@data\n1,a\n", "Weka's ARFF"],
  ["d.csv", "__label__spam win money\n", "fastText's form"],
  ["d.csv", "1 1:0.5 3:2\n-1 2:1\n", "LIBSVM's form"],
  ["d.csv", "PK\u0003\u0004", "a spreadsheet or an archive"],
  ["d.csv", "version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer"],
  ["d.txt", "size,label\n1,a\n2,b\n", renamedTable],
  ["d", "SQLite format 3\0", "a database"],
  ["d.txt", "+----+-----+\n| id | cls |\n+----+-----+\n|  1 | a   |\n", drawnTable],
  ["d.md", "| id | cls |\n|---:|-----|\n| 1 | a |\n", drawnTable],
  ["d", "% title\n@relation x\n@data\n1,a\n", "Weka's ARFF"],
  ["d.txt", "+1 1:0.5 3:2\n-1 2:1\n", "LIBSVM's form"],
  ["d.txt", "__label__spam win money\n", "fastText's form"],
  ["SMSSpamCollection", "ham\tsee you\nspam\twin money\n", renamedTable],
  ["d.html", "<table><tr><td>1</td></tr></table>", "XML or HTML"],
  ["d.yaml", "- text: a\n  label: b\n", "YAML"],
  ["d.feather", "ARROW1..", foreignTable],
  ["d.pkl", "x", foreignTable],
  ["d.mat", "MATLAB 5.0 MAT-file", arrayFile],
  ["d.npz", "PK\u0003\u0004", arrayFile],
  ["d.xlsx", "PK\u0003\u0004", "a spreadsheet"],
  ["d", "PK\u0003\u0004", "an archive"],
])("%s: %j is %s", async (name, content, what) => {
  const { message, help } = await refusal({ [name]: content }, name);
  expect(message.replace("ROOT/", "")).toBe(`"${name}" is ${what}`);
  expect(help).toMatch(/^(write|save|call|unpack|keep|run|download) /);
});

const rectangle = { x: 1, y: 2, width: 3, height: 4, rectanglelabels: ["cat"] };
const cell = JSON.stringify([rectangle]).replaceAll('"', '""');
const labelStudioList = "Label Studio's list of boxes or outlines";
test.each([
  [
    labelStudioList,
    {
      "d.json": JSON.stringify([...Array(12).keys()].map((i) => ({ image: `${i}.png`, label: [rectangle] }))),
    },
  ],
  [
    labelStudioList,
    { "d.csv": `image,label\n${lines(12, (i) => `${i}.png,${i === 0 ? "" : `"${cell}"`}`)}` },
  ],
  [
    "VGG Image Annotator's CSV",
    {
      "d.csv": `filename,region_shape_attributes,region_attributes\n${lines(12, (i) => `${i}.png,"{""name"":""rect""}",{}`)}`,
    },
  ],
  [
    "a list of masks as run lengths",
    { "d.csv": `ImageId,EncodedPixels\n${lines(12, (i) => `${i}.png,${i === 0 ? "" : "1 3 60 5"}`)}` },
  ],
])("%s is refused with the export that is read", async (what, files) => {
  const { message, help } = await refusal({ ...pictures(""), ...files }, Object.keys(files)[0]);
  expect(message).toBe(`"${Object.keys(files)[0]}" is ${what}, which is not read`);
  expect(help).toMatch(/COCO|PNG/);
});

test("folders of Supervisely and COCO's panoptic files are refused, a COCO file alone is called so", async () => {
  const ann = '{"objects":[]}';
  for (const [tree, path] of [
    [{ "meta.json": "{}", ...pictures("ds0/img/"), "ds0/ann/0.png.json": ann }, ""],
    [{ ...pictures("img/"), "ann/0.png.json": ann }, ""],
  ] as const)
    expect((await refusal(tree, path)).message).toBe(
      '"ROOT" holds Supervisely\'s annotations, which are not read',
    );
  const coco = (annotation: object) => JSON.stringify({ images: [{ id: 1 }], annotations: [annotation] });
  const panoptic = { ...pictures("train/"), "panoptic.json": coco({ segments_info: [] }) };
  expect((await refusal(panoptic)).message).toBe(
    '"panoptic.json" is COCO\'s panoptic form, which is not read',
  );
  expect(await refusal({ "d.json": coco({ bbox: [1, 2, 3, 4] }) }, "d.json")).toEqual({
    message: '"d.json" is a COCO file',
    help: "give the folder that holds it and its pictures",
  });
});
