/** The same rows as CSV, TSV, JSONL and JSON: each task reads them alike, from a file and from a folder of parts. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { inFolder, platformIn, writeTree } from "../../../test/support/pictures.js";
import { EngraftError } from "../../core/errors.js";
import { nodePlatform } from "../../platform/node.js";
import type { Platform } from "../../platform/platform.js";
import { openComposedData } from "../../tasks/composed/composed-run.js";
import { taskOf } from "../../tasks/detect.js";
import { labels } from "../../tasks/labels/labels.js";
import { openPictures } from "../images/listed-samples.js";
import { openImages } from "../images/open-images.js";
import { openTable } from "../tables/open-table.js";
import { numberTargets } from "../targets.js";
import { openTexts } from "../texts/index.js";
import { findLists } from "./find-lists.js";
import { readList } from "./read-list.js";

/** Opens items with several labels of any kind. */
const openLabelItems = (platform: Platform, path: string, options = {}) =>
  openComposedData("multi-label-classification", ["audio", "image", "text"], labels, path, {
    ...{ platform, options, seed: 0, onEvent: () => undefined, signal: undefined },
  });

type Cells = Readonly<Record<string, string | number>>;
const separated = (rows: readonly Cells[], sign: string): string =>
  `${[Object.keys(rows[0]!), ...rows.map(Object.values)].map((cells) => cells.join(sign)).join("\n")}\n`;

/** Each form of a list. */
const forms: Readonly<Record<string, (rows: readonly Cells[]) => string>> = {
  csv: (rows) => separated(rows, ","),
  tsv: (rows) => separated(rows, "\t"),
  jsonl: (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
  ndjson: (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
  json: (rows) => JSON.stringify(rows, undefined, 2),
  "inside.json": (rows) => JSON.stringify({ version: "1.0", data: rows }),
  "lines.json": (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
};

const many = (n: number, of: (i: number) => Cells): Cells[] => Array.from({ length: n }, (_, i) => of(i));
const pictures = Object.fromEntries(Array.from({ length: 24 }, (_, i) => [`img/${i}.png`, i]));
const image = (i: number): string => `img/${i}.png`;

/** Ids of rows are lines, of which a list with a header has one more. */
const rowsOf = async (platform: Platform, path: string) => {
  const { columns, items } = await openTable(path, { platform });
  return { fingerprint: JSON.stringify([columns, items.map(({ id: _, ...item }) => item)]) };
};

const tasks: readonly [
  task: string,
  rows: readonly Cells[],
  open: (platform: Platform, path: string) => Promise<{ readonly fingerprint: string }>,
][] = [
  [
    "text-classification",
    many(24, (i) => ({ text: `a text ${i}`, label: i % 2 ? "x" : "y" })),
    (platform, path) => openTexts(platform, path, { labelled: true }),
  ],
  [
    "image-classification",
    many(24, (i) => ({ image: image(i), label: i % 2 ? "x" : "y" })),
    (platform, path) => openImages(path, { platform }),
  ],
  [
    "image-regression",
    many(24, (i) => ({ image: image(i), age: i + 0.5 })),
    (platform, path) => openPictures(platform, path, numberTargets(undefined)),
  ],
  [
    "multi-label-classification",
    many(24, (i) => ({ text: `a text ${i}`, labels: i % 2 ? "x|y" : "z" })),
    (platform, path) => openLabelItems(platform, path),
  ],
  [
    "tabular-classification",
    many(24, (i) => ({ rooms: i, town: i % 3 ? "Ulm" : "Rom", label: i % 2 ? "x" : "y" })),
    rowsOf,
  ],
  ["tabular-regression", many(24, (i) => ({ rooms: i % 5, price: i * 1.5 })), rowsOf],
];

test.each(tasks)(
  "%s: every list format, and a folder with a file for each split, gives the same data",
  async (task, rows, open) => {
    await inFolder(async (folder) => {
      const platform = platformIn(folder);
      await writeTree(folder, task.startsWith("image") ? pictures : {});
      const prints = new Set<string>();
      for (const [ending, write] of Object.entries(forms)) {
        await writeTree(folder, { [`list.${ending}`]: write(rows) });
        const path = join(folder, `list.${ending}`);
        expect(await taskOf(platform, path, {}), ending).toBe(task);
        prints.add((await open(platform, path)).fingerprint);
      }
      expect(prints.size).toBe(1);
      prints.clear();
      for (const ending of ["csv", "tsv", "jsonl", "json"]) {
        const write = forms[ending]!;
        const tree = {
          [`train.${ending}`]: write(rows.slice(0, 18)),
          [`test.${ending}`]: write(rows.slice(18)),
        };
        const parts = join(folder, `parts-${ending}`);
        await writeTree(parts, { ...tree, ...(task.startsWith("image") && pictures) });
        expect(await taskOf(platform, parts, {}), ending).toBe(task);
        prints.add((await open(platform, parts)).fingerprint);
      }
      expect(prints.size).toBe(1);
    });
  },
);

const read = (name: string, text: string) =>
  inFolder(async (folder) => {
    await writeTree(folder, { [name]: text });
    try {
      return (await readList(nodePlatform, join(folder, name))).rows.map(({ values }) => values);
    } catch (error) {
      if (error instanceof EngraftError) return error.format();
      throw error;
    }
  });

test("reads a JSON list of texts and a single object, and refuses other JSON with a hint", async () => {
  expect(await read("a.json", '["one", "two"]')).toEqual([{ text: "one" }, { text: "two" }]);
  expect(await read("a.json", '\uFEFF{"text":"one","label":"x"}')).toEqual([{ text: "one", label: "x" }]);
  expect(await read("a.jsonl", '{"text":"one","spans":[{"a":1}]}')).toEqual([
    { text: "one", spans: [{ a: 1 }] },
  ]);
  expect(await read("a.json", '{"text":{"0":"one"},"label":{"0":"x"}}')).toBe(
    'DataError: "a.json" holds columns, not rows, as pandas writes them by default\n  help: write rows: to_json(FILE, orient="records")',
  );
  expect(await read("a.json", '{"train":[{"text":"a"}],"test":[{"text":"b"}]}')).toBe(
    'DataError: "a.json" holds several lists of objects: "train", "test"\n  help: write the one to use into a file of its own',
  );
  expect(await read("a.json", '[{"text":"a"},\n')).toMatch(
    /^DataError: "a.json" is not JSON: .*\n {2}help: write a list of objects$/,
  );
  expect(await read("a.json", '[{"text":"a"}, 3]')).toMatch(/"a.json", line 2 holds no object, but 3/);
});

test("refuses JSON of any kind that is nested too deep", async () => {
  const list = "[".repeat(100_000) + "]".repeat(100_000);
  const object = '{"text":'.repeat(100_000) + 1 + "}".repeat(100_000);
  const why = "is not JSON: it is nested deeper";
  expect(await read("a.json", list)).toMatch(`DataError: "a.json" ${why}`);
  for (const name of ["a.json", "a.jsonl"]) {
    expect(await read(name, object)).toMatch(`DataError: "${name}", line 1 ${why}`);
    expect(await read(name, `{"text":${list}}`)).toMatch(`DataError: "${name}", line 1 ${why}`);
  }
});

test("ignores files that describe a dataset, and reads JSON only without other lists", async () => {
  await inFolder(async (folder) => {
    const found = async (tree: Record<string, string>, name: string) => {
      await writeTree(join(folder, name), tree);
      return (await findLists(nodePlatform.files, join(folder, name)))?.files.map((one) => one.name);
    };
    expect(await found({ "a.json": "[]", "dataset_info.json": "{}" }, "one")).toEqual(["a.json"]);
    expect(await found({ "a.csv": "", "info.json": "{}", "README.md": "" }, "two")).toEqual(["a.csv"]);
    expect(await found({ "a.csv": "", "b.csv": "" }, "three")).toBeUndefined();
    expect(await found({ "data/train.csv": "", "data/test.csv": "" }, "four")).toEqual([
      "train.csv",
      "test.csv",
    ]);
  });
});
