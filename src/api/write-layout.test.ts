import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { inFolder, pictureBytes, writeTree } from "../../test/support/pictures.js";
import { EngraftError } from "../core/errors.js";
import { listedImages } from "../data/images/listed-images.js";
import { layoutFiles } from "../data/lists/layout-files.js";
import { readLists } from "../data/lists/read-list.js";
import { nodePlatform } from "../platform/node.js";
import { inspectData } from "../tasks/inspect-data.js";
import { type WrittenSample, writeLayout } from "./write-layout.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Values of the rows that the readers of lists find. */
async function rowsAt(path: string): Promise<object[]> {
  const { rows } = (await readLists(nodePlatform, path))!;
  return rows.map(({ values: { "": _empty, ...values } }) => values);
}

const awkward = [
  ["a fine book", "good"],
  ['she said "no", twice', "good"],
  ['"quoted"', "good"],
  ["two\nlines, one comma", "bad"],
  ["Windows\r\nlines", "bad"],
  ["如果是，那么", "好"],
  ["=1+1", "=bad"],
  ["+1; -1; @x", "a;b"],
  ["tab\there", "a,b"],
  ["", "empty"],
  ["[1]", "0"],
].map(([text, label], i) => ({ text: text!, label: label!, group: `g ${i % 3}` }));

test.each(["csv", "jsonl"] as const)("texts of a list are read back equal: %s", (layout) =>
  inFolder(async (folder) => {
    const path = await writeLayout(join(folder, "texts"), awkward, { layout });
    expect(relative(folder, path)).toBe(join("texts", `samples.${layout}`));
    expect(await rowsAt(path)).toEqual(awkward);
    expect(await rowsAt(join(folder, "texts"))).toEqual(awkward);
  }),
);

test("any texts are read back equal", async () => {
  const piece = fc.constantFrom('"', ",", ";", "\n", "\r\n", "\r", "a", "叶", " b", "=");
  const cell = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join("").trim());
  const row = fc.record({ text: cell, label: cell });
  await inFolder((folder) =>
    fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 4 }), async (rows) => {
        const [list] = [...layoutFiles(rows, "csv")];
        await writeTree(folder, { "x.csv": (list as { list: string }).list });
        expect(await rowsAt(join(folder, "x.csv"))).toEqual(rows);
      }),
      { numRuns: 300 },
    ),
  );
});

test.each(["a|b", "a;b", "a,b", "a b", "[a", "a]", "{a"])(
  "a class named %s is one class when it is read",
  (label) =>
    inFolder(async (folder) => {
      const texts = Array.from({ length: 20 }, (_, i) => ({
        text: `text ${i} of ${(i * 7) % 13}`,
        label: i % 2 ? label : "c",
      }));
      const pictures = await Promise.all(
        texts.map(async (one, i) => ({ file: await pictureBytes(i), name: `${i}.png`, label: one.label })),
      );
      for (const layout of ["csv", "jsonl", "folders"] as const)
        for (const samples of layout === "folders" ? [pictures] : [pictures, texts]) {
          const at = join(folder, `${layout}${samples === texts}`);
          const { task, classes } = await inspectData(await writeLayout(at, samples, { layout }));
          expect(task).toMatch(/^(image|text)-classification$/);
          expect(classes!.map(({ name }) => name).sort()).toEqual([label, "c"].sort());
        }
    }),
);

test("classes named like numbers are classes in class folders, and numbers in another folder", () =>
  inFolder(async (folder) => {
    const pictures = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => ({
        file: await pictureBytes(i),
        name: `${i}.png`,
        label: i % 2 ? "0.5" : "1.5",
      })),
    );
    const classes = await writeLayout(join(folder, "folders"), pictures, { layout: "folders" });
    expect(await inspectData(classes)).toMatchObject({
      task: "image-classification",
      classes: [{ name: "0.5" }, { name: "1.5" }],
    });
    const list = readFileSync(join(classes, "metadata.csv"), "utf8");
    await writeTree(classes, { "metadata.csv": list.replaceAll(/,0.5$/gm, ",0.7") });
    await expect(inspectData(classes)).resolves.toMatchObject({ task: "image-regression" });
  }));

test("texts whose lines look like rows get an empty last column, which is left out", () =>
  inFolder(async (folder) => {
    const texts = Array.from({ length: 20 }, (_, i) => ({
      text: `word${i}, two\nthree`,
      label: "ab"[i % 2]!,
    }));
    const path = await writeLayout(join(folder, "x"), texts, { layout: "csv" });
    expect(readFileSync(path, "utf8")).toMatch(/^text,label,\n"word0, two\nthree",a,\n/);
    expect(await rowsAt(path)).toEqual(texts);
    const { columns } = (await readLists(nodePlatform, path))!;
    expect(columns).toEqual(["text", "label"]);
    expect(await inspectData(path)).toMatchObject({ task: "text-classification", splits: { train: 12 } });
  }));

const classNames = [
  ...["a/b", "a\\b", "CON", "con", "..", ".", "", "A", "a", "叶 子", "train", "test", "runs", "README.md"],
  ...[
    "metadata.csv",
    "/etc",
    "C:\\x",
    "<img src=x onerror=alert(1)>",
    "x".repeat(300),
    "x".repeat(301),
    "叶".repeat(200),
    "a\u202eb",
  ],
];
const fileNames = [
  "same.jpg",
  "../same.jpg",
  "SAME.jpg",
  ".hidden.jpg",
  "..jpg",
  "nul.jpg",
  `${"y".repeat(300)}.jpg`,
];

test("any class and file names stay in the folder, and come back with equal contents and groups", () =>
  inFolder(async (folder) => {
    const samples = classNames.flatMap((label, i) =>
      fileNames.map((name, j) => ({ file: bytes(`${i % 2} ${j}`), name, label, group: `g${j % 3}` })),
    );
    const path = await writeLayout(join(folder, "x"), samples, { layout: "folders" });
    expect(path).toBe(join(folder, "x"));
    expect(readdirSync(folder)).toEqual(["x"]);
    const written = readdirSync(path, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    expect(written).toHaveLength(samples.length + 1);
    expect(readdirSync(path)).toHaveLength(classNames.length + 1);
    const { pictures } = await listedImages(nodePlatform, path);
    // Readers skip a sample without a label.
    const labelled = samples.filter(({ label }) => label !== "");
    expect(pictures.map(({ label, group }) => [label, group])).toEqual(
      labelled.map(({ label, group }) => [label, group]),
    );
    for (const [i, { path: file }] of pictures.entries()) {
      expect(resolve(file).startsWith(`${path}${sep}`)).toBe(true);
      expect(readFileSync(file)).toEqual(Buffer.from(labelled[i]!.file));
    }
    const places = pictures.map(({ path: file }) => file.toLowerCase());
    expect(new Set(places).size).toBe(places.length);
  }));

test.each(["folders", "csv", "jsonl"] as const)(
  "numbers, several labels and splits of pictures: %s",
  (layout) =>
    inFolder(async (folder) => {
      const parts = Array.from(
        { length: 24 },
        (_, i) => (["train", "train", "validation", "test"] as const)[i % 4]!,
      );
      const content = await Promise.all(parts.map((_, i) => pictureBytes(i)));
      await writeTree(folder, Object.fromEntries(content.map((one, i) => [`in/${i}.png`, one])));
      const samples = (more: (i: number) => object): WrittenSample[] =>
        parts.map((split, i) => ({ file: join(folder, "in", `${i}.png`), split, ...more(i) }));
      const numbers = await writeLayout(
        join(folder, "numbers"),
        samples((i) => ({ price: i / 8 - 0.25 })),
        {
          layout,
        },
      );
      const read = await inspectData(numbers);
      expect([read.task, read.splits]).toMatchObject([
        "image-regression",
        { train: 12, validation: 6, test: 6 },
      ]);
      expect(read.numbers).toMatchObject([{ name: "price", least: -0.25, most: 2.625 }]);
      const labels = samples((i) => ({ labels: i % 3 ? ["round"] : ["red,dark", "round"] }));
      const several = await inspectData(await writeLayout(join(folder, "several"), labels, { layout }));
      expect(several.task).toBe("multi-label-classification");
      expect(several.classes!.map(({ name, train, test }) => [name, train, test])).toEqual([
        ["round", 12, 6],
        ["red,dark", 4, 2],
      ]);
    }),
);

test.each<[string, WrittenSample[], "folders" | "csv", string]>([
  ["no samples", [], "csv", "there are no samples to write"],
  [
    "a text in a folder",
    [{ file: bytes("1"), name: "1.jpg" }, { text: "x" }],
    "folders",
    "sample 2 has no file to put into a folder",
  ],
  ...["csv", "folders"].map((layout): [string, WrittenSample[], "folders" | "csv", string] => [
    `a class that reads as a list of labels: ${layout}`,
    [
      { file: bytes("1"), name: "1.jpg", label: "a" },
      { file: bytes("2"), name: "2.jpg", label: '["a","b"]' },
    ],
    layout as "csv",
    'sample 2 has the class "[\\"a\\",\\"b\\"]", which readers take as a list of labels',
  ]),
  ["bytes without a name", [{ text: "x" }, { file: bytes("1") }], "csv", "sample 2 has bytes without a name"],
  [
    "a file that is not there",
    [{ file: bytes("1"), name: "1.jpg" }, { file: "gone.jpg" }],
    "folders",
    "gone.jpg",
  ],
])("%s: a sentence, and no folder", (_, samples, layout, message) =>
  inFolder(async (folder) => {
    const error = await writeLayout(join(folder, "x"), samples, { layout }).catch((one: unknown) => one);
    expect(error).toBeInstanceOf(EngraftError);
    expect((error as EngraftError).message).toContain(message);
    expect(readdirSync(folder)).toEqual([]);
  }),
);

test("a folder with files is not overwritten, an empty one is filled", () =>
  inFolder(async (folder) => {
    await writeTree(folder, { "full/mine.txt": "mine", file: "x" });
    const samples = [{ text: "x", label: "y" }];
    for (const name of ["full", "file"])
      await expect(writeLayout(join(folder, name), samples, { layout: "csv" })).rejects.toMatchObject({
        kind: "FileError",
        message: `"${join(folder, name)}" is there already, and nothing is overwritten`,
        help: "give a new or empty folder",
      });
    expect(readdirSync(join(folder, "full"))).toEqual(["mine.txt"]);
    await writeLayout(join(folder, "new"), samples, { layout: "csv" });
    await nodePlatform.files.ensureDir(join(folder, "empty"));
    await writeLayout(join(folder, "empty"), samples, { layout: "csv" });
    expect(readdirSync(join(folder, "empty"))).toEqual(["samples.csv"]);
    await expect(
      writeLayout(join(folder, "other"), samples, { layout: "xml" as "csv" }),
    ).rejects.toMatchObject({ message: 'layout is "xml"', help: "give one of: folders, csv, jsonl" });
  }));
