/** Folder layouts of other programs: they are read, or refused with a hint. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { codes, opened, refused } from "../../test/support/image-trees.js";
import { classTree, inFolder, platformIn, writeTree } from "../../test/support/pictures.js";
import { openComposedData } from "../tasks/composed/composed-run.js";
import { taskOf } from "../tasks/detect.js";
import { labels } from "../tasks/labels/labels.js";
import { isHeic } from "./images/heic.js";
import { openPictures } from "./images/listed-samples.js";
import { numberTargets } from "./targets.js";

const loose = (folder: string, n: number, from = 0): Record<string, number> =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [`${folder}/${i}.png`, from + i]));

const metadata = "file_name,label\n0.png,cat\n1.png,dog\n";

/** Rows of a metadata file for pictures of a folder: cats and dogs in turn. */
const names = (n: number) =>
  Array.from({ length: n }, (_, i) => [`${i}.png`, i % 2 ? "cat" : "dog"] as const);
const csv = (n: number, below = ""): string =>
  `file_name,label\n${names(n)
    .map(([name, label]) => `${below}${name},${label}`)
    .join("\n")}\n`;
const jsonl = (n: number): string =>
  names(n)
    .map(([file_name, label]) => `${JSON.stringify({ file_name, label, text: "a caption" })}\n`)
    .join("");

test.each([
  ["one a part", { "train/metadata.csv": csv(8), "test/metadata.csv": csv(6) }],
  ["JSON lines", { "train/metadata.jsonl": jsonl(8), "test/metadata.jsonl": jsonl(6) }],
  ["one at the root", { "metadata.csv": csv(8, "train/") + csv(6, "test/").replace(/^.*\n/, "") }],
])("Hugging Face's imagefolder takes labels from its metadata (%s)", async (_, files) => {
  const data = await opened({ ...loose("train", 8), ...loose("test", 6, 10), ...files });
  expect(data.classes).toEqual(["cat", "dog"]);
  expect(data.items.filter(({ part }) => part === "test").map(({ id }) => id)).toEqual(
    names(6).map(([name]) => `test/${name}`),
  );
  expect(data.warnings).toEqual([]);
});

test("reads metadata in Parquet with class names", async () => {
  const metadata = readFileSync(new URL("../../test/golden/parquet/metadata.parquet", import.meta.url));
  const data = await opened({
    ...loose("train", 8),
    ...loose("test", 8, 10),
    "train/metadata.parquet": metadata,
    "test/metadata.parquet": metadata,
  });
  expect(data.classes).toEqual(["cat", "dog"]);
  expect(data.items.find(({ id }) => id === "test/3.png")).toMatchObject({ label: 0, part: "test" });
});

test("reads numbers and several labels from an imagefolder", async () => {
  await inFolder(async (folder) => {
    const platform = platformIn(folder);
    const rows = (n: number) =>
      Array.from({ length: n }, (_, i) =>
        JSON.stringify({ file_name: `${i}.png`, age: i / 2, labels: ["a"] }),
      );
    await writeTree(folder, {
      ...loose("train", 12),
      ...loose("test", 6, 20),
      "train/metadata.jsonl": rows(12).join("\n"),
      "test/metadata.jsonl": rows(6).join("\n").replace('["a"]', '["a","b"]'),
    });
    expect(await taskOf(platform, folder, { target: "age" })).toBe("image-regression");
    const numbers = await openPictures(platform, folder, numberTargets(["age"]));
    expect(numbers.items.filter(({ part }) => part === "test")).toHaveLength(6);
    expect(await taskOf(platform, folder, {})).toBe("multi-label-classification");
    const several = await openComposedData(
      "multi-label-classification",
      ["audio", "image", "text"],
      labels,
      folder,
      {
        ...{ platform, options: {}, seed: 0, onEvent: () => undefined, signal: undefined },
      },
    );
    expect([several.input.modality, several.classes, several.items.length]).toEqual([
      "image",
      ["a", "b"],
      18,
    ]);
  });
});

test("reports pictures without a row, and rows without a picture, in an imagefolder", async () => {
  const data = await opened({
    ...loose("train", 21),
    ...loose("test", 7, 30),
    "train/metadata.csv": `${csv(20)}gone.png,cat\n`,
    "test/metadata.csv": csv(6),
  });
  expect(data.skipped).toEqual([{ item: "train/gone.png", reason: "there is no such file" }]);
  expect(data.warnings.map(({ message }) => message)).toEqual([
    '2 pictures left out, since no row of "train/metadata.csv", "test/metadata.csv" names them: "test/6.png", "train/20.png"',
  ]);
});

test("metadata of an imagefolder has precedence over class folders", async () => {
  const tree = classTree({ a: 4, b: 4 });
  const lines = Object.keys(tree).map((name, i) => `${name},${i % 2 ? "cat" : "dog"}`);
  const data = await opened({ ...tree, "metadata.csv": `file_name,label\n${lines.join("\n")}\n` });
  expect(data.classes).toEqual(["cat", "dog"]);
  const error = await refused({ ...tree, "metadata.csv": "name,label\na,b\n" });
  expect(error.message).toBe('"metadata.csv" has no column "file_name"');
  expect((await refused({ ...tree, "metadata.csv": csv(1), "metadata.jsonl": jsonl(1) })).message).toBe(
    '"DATA" has metadata files of 2 kinds: "metadata.csv", "metadata.jsonl"',
  );
});

test("refuses metadata inside class folders", async () => {
  const tree = classTree({ a: 3, b: 3 });
  const error = await refused({ ...tree, "a/x/metadata.csv": metadata, "a/x/1.png": 50 });
  expect(error.message).toBe(
    '"DATA" holds "a/x/metadata.csv": labels stand in such a file, so the folders are no classes',
  );
  expect(error.help).toContain("write one list with the columns image,label");
});

test("reads a metadata.csv next to its pictures like any list", async () => {
  const pictures = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`${i}.png`, i]));
  const lines = Object.keys(pictures).map((name, i) => `${name},${i % 2 ? "cat" : "dog"}`);
  const data = await opened({ ...pictures, "metadata.csv": ["file_name,label", ...lines].join("\n") });
  expect(data.classes).toEqual(["cat", "dog"]);
});

test.each([
  ["train", "test"],
  ["train", "val", "test"],
  ["Training", "Testing"],
  ["train", "valid"],
  ["dev", "eval"],
  ["evaluation", "validation"],
])("refuses folders of pictures called %s and %s with the reason", async (...names) => {
  const error = await refused(Object.assign({}, ...names.map((name, i) => loose(name, 4, 10 * i))));
  expect(error.message).toMatch(
    /^all folders in "DATA" are called like parts of a split \(.*\), and hold pictures but no class folders: nothing says what the pictures show$/,
  );
  expect(error.help).toMatch(
    /^sort them into class folders \(\w+\/CLASS\/…\), or give a list with the columns image,label,split$/,
  );
});

test("a class may be called train", async () => {
  const data = await opened(classTree({ car: 4, ship: 4, train: 4 }));
  expect(data.classes).toEqual(["car", "ship", "train"]);
  expect(codes(data)).toContain("classes_named_like_parts");
});

test("a list labels the pictures in folders called train and test", async () => {
  const pictures = { ...loose("train", 6), ...loose("test", 4, 10) };
  const lines = Object.keys(pictures).map(
    (name, i) => `${name},${i % 2 ? "cat" : "dog"},${name.split("/")[0]}`,
  );
  const data = await opened({ ...pictures, "labels.csv": ["image,label,split", ...lines].join("\n") });
  expect(data.classes).toEqual(["cat", "dog"]);
});

test("folders called training, testing and eval are splits", async () => {
  const data = await opened({
    ...classTree({ a: 6, b: 6 }, "training/"),
    ...classTree({ a: 3, b: 3 }, "eval/", 20),
  });
  expect(data.items.filter(({ part }) => part === "test")).toHaveLength(6);
  expect(data.classes).toEqual(["a", "b"]);
});

test("the error for pictures without class folders says what is missing", async () => {
  const error = await refused({ "1.png": 1, "2.png": 2 });
  expect(error.message).toBe(
    '"DATA" holds 2 pictures, but no class folders: nothing says what the pictures show',
  );
  expect(error.help).toBe(
    "sort them into one folder a class (DATA/CLASS/…), or add a list with the columns image,label; to ask a trained model about them: engraft predict MODEL DATA",
  );
});

/** The first box of a file: its brands. */
const box = (...brands: string[]): Uint8Array => {
  const text = `ftyp${brands[0]}\0\0\0\0${brands.slice(1).join("")}`;
  return Uint8Array.from([0, 0, 0, text.length + 4, ...Buffer.from(text, "latin1"), ...new Uint8Array(64)]);
};

test("recognises HEIC by its first bytes, and not AVIF", () => {
  expect(isHeic(box("heic", "mif1", "heic"))).toBe(true);
  expect(isHeic(box("mif1", "heic"))).toBe(true);
  expect(isHeic(box("avif", "mif1", "miaf"))).toBe(false);
  expect(isHeic(box("mif1", "avif"))).toBe(false);
  expect(isHeic(Buffer.from("ftyp"))).toBe(false);
});

test("reports pictures in unreadable formats, with their number and how to convert them", async () => {
  const data = await opened({
    ...classTree({ a: 20, b: 20 }),
    "a/IMG_1.HEIC": box("heic"),
    "b/IMG_2.heic": box("heic"),
    "b/x.psd": "8BPS",
    "b/IMG_3.jpg": box("heic", "mif1"),
  });
  expect(data.warnings.filter(({ code }) => code === "unread_formats").map(({ message }) => message)).toEqual(
    [
      '2 HEIC pictures left out, since HEIC cannot be read: "a/IMG_1.HEIC", "b/IMG_2.heic"; convert them to JPEG, on macOS by `sips -s format jpeg`, elsewhere by `heif-convert`; new ones: on an iPhone Settings, Camera, Formats, Most Compatible',
      '1 PSD picture left out, since PSD cannot be read: "b/x.psd"; convert them to JPEG or PNG',
    ],
  );
  expect(data.skipped).toEqual([
    {
      item: "b/IMG_3.jpg",
      reason: "its content is HEIC, which cannot be read: convert it to JPEG (macOS: sips -s format jpeg)",
    },
  ]);
});

test("refuses a folder of unreadable pictures with their number", async () => {
  const error = await refused({ "a/1.heic": box("heic"), "b/2.HEIC": box("heic"), "b/3.svg": "<svg/>" });
  expect(error.message).toBe('no pictures in "DATA" that can be read');
  expect(error.at).toBe("2 HEIC pictures, 1 SVG picture");
  expect(error.help).toContain("sips -s format jpeg");
});
