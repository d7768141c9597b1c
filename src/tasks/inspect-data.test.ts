import { join } from "node:path";
import { expect, test } from "vitest";
import { inFolder, writeTree } from "../../test/support/pictures.js";
import { inspectionLines, isData } from "../cli/commands/inspect-data.js";
import { type InspectDataOptions, inspectData } from "./inspect-data.js";

const inspected = (tree: Parameters<typeof writeTree>[1], path = "", options: InspectDataOptions = {}) =>
  inFolder(async (folder) => {
    await writeTree(folder, tree);
    const data = join(folder, path);
    const found = await inspectData(data, options);
    return { found, isData: await isData(data), lines: inspectionLines(path, found).join("\n") };
  });
const lines = (n: number, line: (i: number) => string) =>
  Array.from({ length: n }, (_, i) => `${line(i)}\n`).join("");
let picture = 0;
const files = (folder: string, n: number) =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [`${folder}/${i}.png`, picture++]));

test("pictures: classes with counts, splits, skipped files and samples", async () => {
  const { found, isData, lines } = await inspected({
    ...files("train/ant", 8),
    ...files("train/bee", 5),
    ...files("test/ant", 2),
    ...files("test/bee", 2),
    "train/bee/broken.png": "no picture",
  });
  expect(isData).toBe(true);
  expect(found).toMatchObject({
    task: "image-classification",
    skipped: [{ item: "train/bee/broken.png" }],
    leaks: [],
  });
  expect(found.classes!.map(({ name, train, validation, test }) => [name, train + validation, test])).toEqual(
    [
      ["ant", 8, 2],
      ["bee", 5, 2],
    ],
  );
  expect(found.samples).toHaveLength(3);
  expect(found.samples[0]).toEqual({ id: expect.stringMatching(/^train\/ant\/\d\.png$/), target: "ant" });
  expect(lines).toContain("skipped    train/bee/broken.png: ");
});

test("a table: columns with their use, first values and why they are left out", async () => {
  const table = `id,age,town,sold,patient,price\n${lines(80, (i) => `${i},${(i * 37) % 61},t${i % 3},${2000 + (i % 20)}-03-0${(i % 9) + 1},p${i % 20},${(i * 7919) % 9973}.5`)}`;
  const { found, lines: shown } = await inspected({ "d.csv": table }, "d.csv", { target: "price" });
  expect(found.task).toBe("tabular-regression");
  expect(found.columns).toEqual([
    {
      ...{ name: "id", use: "left out", why: expect.any(String), values: ["0", "1", "2"] },
      message: { code: "column-counts-rows" },
    },
    { name: "age", use: "number", values: ["0", "37", "13"] },
    { name: "town", use: "category", values: ["t0", "t1", "t2"] },
    { name: "sold", use: "date", values: ["2000-03-01", "2001-03-02", "2002-03-03"] },
    {
      ...{ name: "patient", use: "left out", why: expect.any(String), values: ["p0", "p1", "p2"] },
      message: { code: "column-is-group" },
    },
    { name: "price", use: "target", values: ["0.5", "7919.5", "5865.5"] },
  ]);
  expect(found.numbers).toEqual([
    { name: "price", least: 0.5, mean: expect.any(Number), most: expect.any(Number) },
  ]);
  expect(found.groups).toBe(20);
  expect(shown).toContain('"id" left out, it only numbers the rows: 0, 1, 2');
  expect(shown).toContain("groups     20: a group is never divided between the splits");
});

test("a table of classes has counts and no ranges", async () => {
  const table = `a,b,kind\n${lines(60, (i) => `${(i * 37) % 61},${(i * 11) % 23}.5,${["x", "y", "y"][i % 3]}`)}`;
  const { found } = await inspected({ "d.csv": table }, "d.csv", { target: "kind" });
  expect([found.task, found.numbers]).toEqual(["tabular-classification", undefined]);
  expect(
    found.classes!.map(({ name, train, validation, test }) => [name, train + validation + test]),
  ).toEqual([
    ["y", 40],
    ["x", 20],
  ]);
});

test("texts, and options that say what is learnt", async () => {
  const list = `text,kind,other\n${lines(60, (i) => `message number ${i} about ${["cats", "dogs", "tea"][i % 3]} and ${i * 7},${["pet", "pet", "drink"][i % 3]},o${i % 2}`)}`;
  const { found } = await inspected({ "d.csv": list }, "d.csv", { target: "kind" });
  expect(found.task).toBe("text-classification");
  expect(found.classes!.map(({ name }) => name)).toEqual(["pet", "drink"]);
  expect(
    (await inspected({ "d.csv": list }, "d.csv", { target: "other" })).found.classes!.map(({ name }) => name),
  ).toEqual(["o0", "o1"]);
});

test("entities and several labels", async () => {
  const sentences = lines(30, (i) => `Ada${i}\tB-PER\nsaw\tO\nRome${i}\tB-LOC\n`);
  const { found } = await inspected({ "d.conll": sentences }, "d.conll");
  expect(found.task).toBe("token-classification");
  expect(found.samples[0]!.target).toBe("B-PER O B-LOC");
  const labels = `text,labels\n${lines(60, (i) => `a message about ${i} things and ${i * 3} others,"${["a, old|b", "b", "c|a, old"][i % 3]}"`)}`;
  const several = (await inspected({ "d.csv": labels }, "d.csv")).found;
  expect(several.task).toBe("multi-label-classification");
  const sum = ({ train, validation, test }: { train: number; validation: number; test: number }) =>
    train + validation + test;
  expect(several.classes!.map((one) => [one.name, sum(one)])).toEqual([
    ["a, old", 40],
    ["b", 40],
    ["c", 20],
  ]);
});

test("data that cannot be learnt is refused as a training would refuse it, and a model is no data", async () => {
  await expect(inspected({ "d.csv": "a,a\n1,2\n" }, "d.csv")).rejects.toMatchObject({ kind: "DataError" });
  await inFolder(async (folder) => {
    await writeTree(folder, { "model/config.json": "{}", "m.onnx": "x" });
    expect([
      await isData(join(folder, "model")),
      await isData(join(folder, "m.onnx")),
      await isData(join(folder, "none")),
    ]).toEqual([false, false, false]);
  });
});
