// A training lists each folder of its data once, and reads each list at most twice: its first rows, and all of them.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { trainOn } from "../../src/api/train.js";
import type { Platform } from "../../src/platform/platform.js";
import { openMachine } from "../../src/run/machine.js";
import { inspectDataOn } from "../../src/tasks/inspect-data.js";
import { type ToyName, toysIn } from "../characterisation/toys.js";
import { inFolder } from "../support/pictures.js";

/** Returns a machine, and how often it reads each file and lists each folder. */
async function countingMachine() {
  const machine = await openMachine();
  const counts = { read: new Map<string, number>(), listed: new Map<string, number>() };
  const count = (of: Map<string, number>, path: string) => of.set(path, (of.get(path) ?? 0) + 1);
  const { files } = machine.platform;
  const counting: Platform = {
    ...machine.platform,
    files: {
      ...files,
      read: (path, options) => {
        count(counts.read, path);
        return files.read(path, options);
      },
      list: (folder) => {
        count(counts.listed, folder);
        return files.list(folder);
      },
    },
  };
  return { machine: { ...machine, platform: counting }, counts };
}

const most = (counts: ReadonlyMap<string, number>, root: string): number =>
  Math.max(0, ...[...counts].filter(([path]) => path.startsWith(root)).map(([, n]) => n));

const toyNames = [
  "pictures",
  "picture-labels",
  "picture-numbers",
  "sounds",
  "sound-labels",
  "sound-numbers",
  "speech",
  "texts",
  "text-labels",
  "sentences",
  "table-classes",
  "table-numbers",
  "shape-boxes",
  "shape-masks",
] as const satisfies readonly ToyName[];

test.each(toyNames)("%s: each folder is listed once, each list read twice at most", (name) =>
  inFolder(async (folder) => {
    const data = await toysIn(folder)(name);
    const { machine, counts } = await countingMachine();
    const target = { "table-classes": "size", "table-numbers": "price" }[name as string];
    await inspectDataOn(machine, data, target === undefined ? {} : { target });
    expect(most(counts.read, data)).toBeLessThanOrEqual(2);
    expect(most(counts.listed, data)).toBeLessThanOrEqual(1);
  }),
);

const words = (i: number) => `word${i % 7} and word${i % 11} number ${i}`;
const longLists = [
  ["texts", "text,label", (i: number) => `${words(i)},${i % 2 ? "good" : "bad"}`],
  ["texts in quotes", "text,label", (i: number) => `"${words(i)}, ""so""",${i % 2 ? "good" : "bad"}`],
  [
    "a table",
    "rooms,side,label",
    (i: number) => `${i % 9},${i % 2 ? "north" : "south"},${(i * 7919) % 9973}`,
  ],
] as const;

test.each(longLists)("a long list of %s is read twice at most", (_, header, line) =>
  inFolder(async (folder) => {
    const data = join(folder, "list.csv");
    writeFileSync(data, [header, ...Array.from({ length: 2500 }, (_, i) => line(i))].join("\n"));
    const { machine, counts } = await countingMachine();
    await inspectDataOn(machine, data);
    expect(counts.read.get(data)).toBeLessThanOrEqual(2);
  }),
);

test("a whole training reads its list no further", { tags: ["thorough"] }, () =>
  inFolder(async (folder) => {
    const data = await toysIn(folder)("table-numbers");
    const { machine, counts } = await countingMachine();
    await trainOn(machine, data, { target: "price", epochs: 1, threads: 1, out: join(folder, "run") });
    expect(counts.read.get(data)).toBeLessThanOrEqual(2);
  }),
);

const many = 2500;
const asJson = (separator: string) =>
  Array.from({ length: many }, (_, i) =>
    JSON.stringify({ text: words(i), label: i % 2 ? "good" : "bad" }),
  ).join(separator);

test.each([
  ["a blank line among the first ones", "list.jsonl", `\n\n${asJson("\n")}`],
  ["blank lines between all", "list.jsonl", asJson("\r\n\r\n")],
  ["no line end", "list.json", `[${asJson(",")}]`],
  [
    "a CSV with a blank line",
    "list.csv",
    `text,label\n\n${Array.from({ length: many }, (_, i) => `${words(i)},${i % 2}`).join("\n")}`,
  ],
])("all rows of a long list are read: %s", (_, name, text) =>
  inFolder(async (folder) => {
    writeFileSync(join(folder, name), text);
    const { splits } = await inspectDataOn((await countingMachine()).machine, join(folder, name));
    expect(splits.train + splits.validation + splits.test).toBe(many);
  }),
);

test("all pictures inside a Parquet file are read, although its first rows were", () =>
  inFolder(async (folder) => {
    const data = fileURLToPath(new URL("../golden/parquet/bytes.parquet", import.meta.url));
    const { machine } = await countingMachine();
    const platform = { ...machine.platform, cacheDir: () => join(folder, "cache") };
    const { splits, task } = await inspectDataOn({ ...machine, platform }, data);
    expect(task).toBe("image-classification");
    expect(splits.train + splits.validation + splits.test).toBe(10);
  }));
