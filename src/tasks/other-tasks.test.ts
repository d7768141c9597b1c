// Evidence of another task: what is not understood does not become a table, a regression or classes.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { writeTree } from "../../test/support/pictures.js";
import type { EngraftError } from "../core/errors.js";
import { openImages } from "../data/images/open-images.js";
import { nodePlatform } from "../platform/node.js";
import { taskOf } from "./detect.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-evidence-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const lines = (n: number, line: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => `${line(i)}\n`).join("");
/** Returns the task of data, or the refusal. @param tree files of a folder @param path which of them is given; "" the folder */
let count = 0;
async function answer(tree: Parameters<typeof writeTree>[1], path = "", options = {}): Promise<string> {
  const root = join(folder, `${count++}`);
  await writeTree(root, tree);
  return taskOf(nodePlatform, join(root, path), { task: "auto", ...options }).catch((error: EngraftError) =>
    error.format(),
  );
}

const pictures = (n: number, nameOf = (i: number) => `images/${String(i).padStart(3, "0")}.png`) =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [nameOf(i), i]));

test.each([
  ["APTOS", "id_code,diagnosis", (i: number) => `${String(i).padStart(3, "0")},${i % 3}`, "id_code"],
  [
    "a name beside other columns",
    "age,photo,kind",
    (i: number) => `${i},${String(i).padStart(3, "0")},k${i % 2}`,
    "photo",
  ],
])("a list names pictures without their endings: %s", async (_, header, line, column) => {
  const tree = { ...pictures(30), "train.csv": `${header}\n${lines(30, line)}` };
  expect(await answer(tree, "train.csv")).toBe(
    `DataError: "train.csv" names pictures without their endings in "${column}": "000" is "images/000.png"\n  help: call the column "image", and write the paths into it: images/000.png; --task tabular-classification learns from the other columns alone`,
  );
  expect(await answer(tree, "train.csv", { target: column === "photo" ? "kind" : "diagnosis" })).toMatch(
    /^tabular-/,
  );
});

test("a table stays a table beside pictures that it does not name", async () => {
  const table = `age,rooms,kind\n${lines(30, (i) => `${i * 3 + 500},${i % 4},k${i % 2}`)}`;
  expect(await answer({ ...pictures(30), "t.csv": table }, "t.csv", { target: "kind" })).toBe(
    "tabular-classification",
  );
  // The classes are called like two of the pictures.
  const named = `a,kind\n${lines(30, (i) => `${i + 100}.5,00${i % 2}`)}`;
  expect(await answer({ ...pictures(30), "t.csv": named }, "t.csv")).toBe("tabular-classification");
});

test.each([
  [
    "Kaggle's list",
    "Sentence #,Word,POS,Tag",
    (i: number) => `${i % 6 ? "" : `Sentence: ${i}`},w${i},NN,${["B-PER", "I-PER", "O"][i % 3]}`,
  ],
  ["a word and its tag", "word,ner", (i: number) => `w${i},${i % 4 ? "O" : "B-LOC"}`],
  ["BIOES", "token,label", (i: number) => `w${i},${["O", "S-ORG", "B-LOC", "E-LOC"][i % 4]}`],
])("rows of words with tags are no table: %s", async (_, header, line) => {
  expect(await answer({ "d.csv": `${header}\n${lines(60, line)}` }, "d.csv")).toMatch(
    /^DataError: "d.csv" has a word in each row, with its tag in "\w+" \("[BS]-\w+"\): these are entities, not a table\n {2}help: write a .conll file/,
  );
});
test("a column of O and X is a column of classes", async () => {
  expect(
    await answer(
      { "d.csv": `a,label\n${lines(40, (i) => `${(i * 7) % 31},${i % 2 ? "O" : "X"}`)}` },
      "d.csv",
    ),
  ).toBe("tabular-classification");
});

test("columns of 0 and 1 beside pictures are labels or numbers: the user says", async () => {
  const list = (line: (i: number) => string) => ({
    ...pictures(20),
    "labels.csv": `image,RED,BLUE\n${lines(20, (i) => `images/${String(i).padStart(3, "0")}.png,${line(i)}`)}`,
  });
  const refusal =
    'DataError: "labels.csv" has columns of 0 and 1: "RED", "BLUE"\n  help: --labels RED,BLUE learns them as labels; --target RED,BLUE as numbers';
  expect(
    await answer(
      list((i) => `${i % 2}.0,${1 - (i % 2)}.0`),
      "labels.csv",
    ),
  ).toBe(refusal);
  expect(
    await answer(
      list((i) => `${i % 2},${Number(i % 3 === 0)}`),
      "labels.csv",
    ),
  ).toBe(refusal);
  expect(
    await answer(
      list((i) => `${i % 2},1`),
      "labels.csv",
      { labels: "RED,BLUE" },
    ),
  ).toBe("multi-label-classification");
  expect(
    await answer(
      list((i) => `${i % 2},1`),
      "labels.csv",
      { target: "RED,BLUE" },
    ),
  ).toBe("image-regression");
  expect(
    await answer(
      list((i) => `${i},${i % 2}`),
      "labels.csv",
    ),
  ).toBe("image-regression");
});

const rows = (of: (i: number) => unknown) => JSON.stringify(Array.from({ length: 4 }, (_, i) => of(i)));
const vggJson = "VGG Image Annotator's JSON";
const exportCoco = "export the annotations as COCO";
const learnAnswers =
  'engraft train FILE --task text-generation --base DECODER learns its answers; for classes, write one text and its label a line: {"text": "…", "label": "…"}';
// A label beside the messages says that classes are meant.
const chatList = "a list of chats";
test.each([
  [
    "Label Studio's JSON",
    rows((i) => ({ id: i, data: { image: "a.png" }, annotations: [{ result: [] }] })),
    "export boxes as COCO or YOLO, labels and texts as CSV",
  ],
  [
    "Create ML's JSON",
    rows(() => ({ image: "a.png", annotations: [{ label: "a", coordinates: { x: 1 } }] })),
    "convert the boxes to COCO or YOLO",
  ],
  [vggJson, rows(() => ({ filename: "a.png", regions: [{ shape_attributes: {} }] })), exportCoco],
  [vggJson, JSON.stringify({ "a.png12": { filename: "a.png", size: 12, regions: [] } }), exportCoco],
  [chatList, rows(() => ({ messages: [{ role: "user", content: "hi" }], label: "a" })), learnAnswers],
  [chatList, rows(() => ({ conversations: [{ from: "human", value: "hi" }], class: "a" })), learnAnswers],
])("%s is named with the export that is read", async (what, json, help) => {
  const refusal = `DataError: "export.json" is ${what}, which is not read\n  help: ${help}`;
  expect(await answer({ "export.json": json }, "export.json")).toBe(refusal);
  expect(await answer({ ...pictures(4, (i) => `${i}.png`), "export.json": json })).toBe(refusal);
});

test.each([
  ["d.conllu", "CoNLL-U, which has no column of entities"],
  ["iris.data", "a table under another name"],
])("%s is named with the form that is read", async (name, what) => {
  expect(await answer({ [name]: "5.1,3.5,setosa\n" }, name)).toContain(` is ${what}\n  help: `);
});

test("folders of other tools are named with the export that is read", async () => {
  expect(await answer({ "train.tfrecord-00000-of-00010": "x" })).toContain("TensorFlow's records");
});

test("a file called .conll holds words with tags, whatever the tags are", async () => {
  expect(await answer({ "d.conll": "Dan PER\nlives O\n\n" }, "d.conll")).toBe("token-classification");
});

/** Classes, number of pictures, and number of those whose folder is the test split. */
async function classesOf(tree: Parameters<typeof writeTree>[1]): Promise<unknown> {
  const root = join(folder, `${count++}`);
  await writeTree(root, tree);
  return openImages(root, { platform: nodePlatform }).then(
    ({ classes, items, warnings, splitWords }) => {
      const test = splitWords.includes("given") ? items.filter(({ part }) => part === "test").length : 0;
      return [classes, items.length, test, ...warnings.map(({ code }) => code)];
    },
    (error: EngraftError) => error.code ?? error.message.replace(root, "ROOT"),
  );
}
let picture = 0;
/** A folder of pictures, all different. */
const files = (below: string, n: number) =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [`${below}/${i}.png`, picture++]));
const two = (below: string, n: number) => ({ ...files(`${below}red`, n), ...files(`${below}blue`, n) });

test.each([
  ["seg_train", "seg_test"],
  ["training_set", "test_set"],
  ["Train-Images", "Test-Images"],
  ["seg_train/seg_train", "seg_test/seg_test"],
])("%s and %s are splits, not classes", async (train, test) => {
  const tree = { ...two(`${train}/`, 10), ...two(`${test}/`, 3) };
  expect(await classesOf(tree)).toEqual([["blue", "red"], 26, 6]);
});
test("folders whose names speak of splits by chance stay classes", async () => {
  const tree = { ...files("train_car", 8), ...files("crash_test", 8) };
  expect(await classesOf(tree)).toEqual([["crash_test", "train_car"], 16, 0]);
  const trains = { ...two("freight train/", 5), ...two("passenger train/", 5) };
  expect(await classesOf(trains)).toEqual([
    ["freight train", "passenger train"],
    20,
    0,
    "folders_in_each_class",
  ]);
});
test("a dataset alone in other folders is read from there, and said", async () => {
  expect(await classesOf(two("archive/dataset/", 10))).toEqual([["blue", "red"], 20, 0, "folder_within"]);
  const parts = { ...two("archive/train/", 10), ...two("archive/test/", 3) };
  expect(await classesOf(parts)).toEqual([["blue", "red"], 26, 6, "folder_within"]);
  // These may be kinds of one class.
  expect(await classesOf(two("cats/", 10))).toBe("one-class");
});
test("the folder of earlier runs beside the data is no class", async () => {
  expect(await classesOf({ ...two("", 10), "runs/2026-01-31-x/run.json": "{}" })).toEqual([
    ["blue", "red"],
    20,
    0,
  ]);
  expect(await classesOf({ ...two("", 10), ...files("runs", 5) })).toEqual([["blue", "red", "runs"], 25, 0]);
});
