// Lists that do not say which column is learnt: they are refused with the candidates. With a usual name nothing is asked.
import { join } from "node:path";
import { expect, test } from "vitest";
import { inFolder, writeTree } from "../../test/support/pictures.js";
import { wavOf } from "../../test/support/sound-files.js";
import { type InspectDataOptions, inspectData } from "./inspect-data.js";

type Tree = Parameters<typeof writeTree>[1];
const inspected = (tree: Tree, path = "", options: InspectDataOptions = {}) =>
  inFolder(async (folder) => {
    await writeTree(folder, tree);
    return inspectData(join(folder, path), options);
  });
const lines = (n: number, line: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => `${line(i)}\n`).join("");
const asksFor = (list: string, columns: readonly string[]) => ({
  kind: "DataError",
  code: "no-label-column",
  details: { list, columns },
});

/** Kaggle's Titanic: the target is the second column, and only the file to learn from has it. */
const titanic = {
  "train.csv": `PassengerId,Survived,Pclass,Sex,Age,Fare,Embarked\n${lines(90, (i) => `${i + 1},${(i * 7) % 3 ? 0 : 1},${1 + (i % 3)},${i % 2 ? "male" : "female"},${i % 9 ? 20 + ((i * 13) % 50) : ""},${(i * 37) % 61}.25,${"CQS"[(i * 5) % 3]}`)}`,
  "test.csv": `PassengerId,Pclass,Sex,Age,Fare,Embarked\n${lines(20, (i) => `${i + 91},${1 + (i % 3)},male,${20 + i},${i}.5,S`)}`,
};

test("a table without a usual name lists its columns, and --target decides", async () => {
  const columns = ["PassengerId", "Survived", "Pclass", "Sex", "Age", "Fare", "Embarked"];
  await expect(inspected(titanic, "train.csv")).rejects.toMatchObject({
    ...asksFor("train.csv", columns),
    help: "name it: --target NAME",
  });
  const found = await inspected(titanic, "train.csv", { target: "Survived" });
  expect([found.task, found.classes!.map(({ name }) => name)]).toEqual([
    "tabular-classification",
    ["0", "1"],
  ]);
});

test("a folder names the column that only its first file has", async () => {
  for (const options of [{}, { target: "Survived" }, { task: "tabular-classification" } as const])
    await expect(inspected(titanic, "", options)).rejects.toMatchObject({
      message: expect.stringMatching(/^"test\.csv" .*"Survived".*"train\.csv"/),
      help: expect.stringContaining('train.csv --target "Survived"'),
    });
  // Another target, or several columns.
  await expect(inspected(titanic, "", { target: "Embarked" })).rejects.toMatchObject({
    message: expect.stringMatching(/"train\.csv": without "Survived"$/),
  });
  const other = titanic["test.csv"].replace("Fare", "Price");
  await expect(inspected({ ...titanic, "test.csv": other })).rejects.toMatchObject({
    message: expect.stringMatching(/: without "Survived", "Fare", with "Price"$/),
  });
  const same = lines(30, (i) => `${i % 7},${(i * 5) % 11},${(i * 37) % 61}.5`);
  const parts = { "train.csv": `a,b,c\n${same}`, "test.csv": `a,b,c\n${same}` };
  await expect(inspected(parts)).rejects.toMatchObject(
    asksFor(expect.any(String) as unknown as string, ["a", "b", "c"]),
  );
});

test("a usual name, one candidate and two columns ask nothing", async () => {
  const numbers = (header: string) =>
    inspected(
      { "d.csv": `${header}\n${lines(60, (i) => `${(i * 7) % 11},${(i * 37) % 61}.5,${(i * 53) % 59}.25`)}` },
      "d.csv",
    );
  for (const header of ["a,Target,b", "y,a,b", "a,b,label"]) {
    const { columns } = await numbers(header);
    const usual = header.split(",").filter((name) => name.length > 1 || name === "y");
    expect(columns!.filter(({ use }) => use === "target").map(({ name }) => name)).toEqual(usual);
  }
  const two = await inspected(
    { "d.csv": `rooms,price\n${lines(60, (i) => `${i % 7},${(i * 37) % 61}.5`)}` },
    "d.csv",
  );
  expect(two.numbers!.map(({ name }) => name)).toEqual(["price"]);
});

const pictures = Object.fromEntries(Array.from({ length: 24 }, (_, i) => [`p/${i}.png`, i]));
const listOf = (header: string, cells: (i: number) => string): Tree => ({
  ...pictures,
  "d.csv": `${header}\n${lines(24, (i) => `p/${i}.png,${cells(i)}`)}`,
});

test("pictures with several columns of numbers ask for one, and a usual name is learnt alone", async () => {
  const signs = listOf("Path,Width,Height,ClassId", (i) => `${20 + i},${21 + (i % 5)},${i % 4}`);
  await expect(inspected(signs, "d.csv")).rejects.toMatchObject(
    asksFor("d.csv", ["Width", "Height", "ClassId"]),
  );
  const { classes } = await inspected(signs, "d.csv", { target: "ClassId" });
  expect(classes).toHaveLength(4);
  const both = await inspected(signs, "d.csv", { target: "Width,Height" });
  expect(both.numbers!.map(({ name }) => name)).toEqual(["Width", "Height"]);
  const labelled = await inspected(
    listOf("path,width,label", (i) => `${20 + i},${i * 1.5}`),
    "d.csv",
  );
  expect(labelled.numbers!.map(({ name }) => name)).toEqual(["label"]);
  const one = await inspected(
    listOf("path,person,age", (i) => `${i % 6},${i * 1.5}`),
    "d.csv",
  );
  expect(one.numbers!.map(({ name }) => name)).toEqual(["age"]);
});

test("sounds with several columns of numbers, or numbers and words, ask for one", async () => {
  const clips = Object.fromEntries(
    Array.from({ length: 24 }, (_, i) => [
      `${i}.wav`,
      wavOf([Float32Array.from({ length: 4000 }, (_, k) => Math.sin(k * 0.01 * (i + 1)))]),
    ]),
  );
  const heard = (header: string, cells: (i: number) => string, options: InspectDataOptions = {}) =>
    inspected(
      { ...clips, "d.csv": `${header}\n${lines(24, (i) => `${i}.wav,${cells(i)}`)}` } as Tree,
      "d.csv",
      options,
    );
  const two = (i: number) => `${i * 1.5},${(i * 7) % 24}.25`;
  await expect(heard("audio,pitch,power", two)).rejects.toMatchObject(asksFor("d.csv", ["pitch", "power"]));
  const found = await heard("audio,pitch,power", two, { target: "pitch,power" });
  expect(found.numbers!.map(({ name }) => name)).toEqual(["pitch", "power"]);
  const birds = (i: number) => `${i * 1.5},${i % 2 ? "owl" : "tit"}`;
  await expect(heard("audio,pitch,bird", birds)).rejects.toMatchObject(asksFor("d.csv", ["pitch", "bird"]));
  const { classes } = await heard("audio,pitch,bird", birds, { target: "bird" });
  expect(classes!.map(({ name }) => name).sort()).toEqual(["owl", "tit"]);
});

test("of several inputs, an input is no candidate", async () => {
  const rows = (header: string) =>
    listOf(header, (i) => `a text with six words ${i},${i % 5},${i % 2 ? "x" : "y"}`);
  await expect(
    inspected(rows("image,text,rooms,kind"), "d.csv", { inputs: "image,text" }),
  ).rejects.toMatchObject(asksFor("d.csv", ["rooms", "kind"]));
  const found = await inspected(rows("image,text,rooms,kind"), "d.csv", { inputs: "image,text,rooms" });
  expect(found.classes!.map(({ name }) => name).sort()).toEqual(["x", "y"]);
});
