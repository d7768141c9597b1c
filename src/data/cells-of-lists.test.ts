// A cell means the same in every list, whatever the task.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { boxesOf, image, openTree } from "../../test/support/box-layouts.js";
import { writeTree } from "../../test/support/pictures.js";
import { folderOf, tone, wavOf } from "../../test/support/sound-files.js";
import { nodePlatform } from "../platform/node.js";
import { taskOf } from "../tasks/detect.js";
import { recognize } from "../tasks/recognition/recognize.js";
import { openRowsFor } from "../tasks/tables/rows-for-model.js";
import { classNameWarnings } from "./lists/class-names.js";
import { openSounds } from "./sounds/index.js";
import { divideByTime } from "./split/divide-rows.js";
import { withDecimalPoints } from "./tables/decimal-commas.js";
import { numberTargets } from "./targets.js";
import { openTargetTexts } from "./texts/target-texts.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-cells-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const write = async (name: string, text: string): Promise<string> => {
  await writeTree(folder, { [name]: text });
  return join(folder, name);
};
/** Returns the kind of targets that is recognized at a path. */
const headOf = async (path: string) => (await recognize({ platform: nodePlatform, path }, {})).head;
const count = (n: number) => Array.from({ length: n }, (_, i) => i);
/** Texts that are no near copies: each has words of its own. */
const text = (i: number) => `w${i * 7} v${i * 11} u${i * 13} t${i * 17}`;
const scored = (path: string) => openTargetTexts(nodePlatform, path, numberTargets(undefined), { seed: 0 });
const comma = (value: number) => String(value).replace(".", ",");

test("texts: decimal commas are read as in a table", async () => {
  const path = await write(
    "scores.csv",
    `text;score\n${count(40)
      .map((i) => `${text(i)};${comma(i / 8)}`)
      .join("\n")}\n`,
  );
  expect(await taskOf(nodePlatform, path, {})).toBe("text-regression");
  const { items, skipped, targets, warnings } = await scored(path);
  expect(targets).toEqual(["score"]);
  expect(skipped).toEqual([]);
  expect(items.map(({ values }) => values[0]).sort((a, b) => a! - b!)).toEqual(count(40).map((i) => i / 8));
  expect(warnings.map(({ code }) => code)).toContain("decimal_commas");
});

test("texts: the first decimal comma may come late", async () => {
  const score = (i: number) => (i < 2040 ? String(i % 7) : `${i % 7},5`);
  const path = await write(
    "late.csv",
    `text;score\n${count(2100)
      .map((i) => `${text(i)};${score(i)}`)
      .join("\n")}\n`,
  );
  const { items, skipped } = await scored(path);
  expect(skipped).toEqual([]);
  // 60 of the 2,100 scores have a half.
  expect(items.filter(({ values }) => values[0]! % 1 === 0.5)).toHaveLength(60);
});

test("texts: commas that may separate thousands are refused", async () => {
  const rows = count(40).map((i) => `${text(i)},"${i + 1},000"`);
  const path = await write("thousands.csv", `text,score\n${rows.join("\n")}\n`);
  await expect(
    openTargetTexts(nodePlatform, path, numberTargets(["score"]), { seed: 0 }),
  ).rejects.toMatchObject({
    kind: "DataError",
    at: expect.stringContaining('"score" is "1,000", no number'),
  });
});

test("texts: a score of one label may be missing as in a table", async () => {
  const labels = count(40).map((i) => `${text(i)},${i === 7 ? "-" : (i % 9) / 2}`);
  const path = await write("gap.csv", `text,label\n${labels.join("\n")}\n`);
  expect(await taskOf(nodePlatform, path, {})).toBe("text-regression");
});

test("sounds: a label with fractions is a number, as it is of pictures and texts", async () => {
  const files: Record<string, Uint8Array | string> = {};
  for (const i of count(9)) files[`${i}.wav`] = wavOf([tone(300 + 50 * i)]);
  const listed = (label: (i: number) => string) =>
    headOf(
      folderOf({
        ...files,
        "list.csv": `audio,label\n${count(9)
          .map((i) => `${i}.wav,${label(i)}`)
          .join("\n")}`,
      }),
    );
  expect(await listed((i) => `${i}.5`)).toBe("numbers");
  expect(await listed((i) => `${i % 3}`)).toBe("classes");
  const folders = Object.fromEntries(count(9).map((i) => [`${i % 3}.5/${i}.wav`, files[`${i}.wav`]!]));
  expect(await headOf(folderOf(folders))).toBe("classes");
});

test("sounds: the parts that rows state may have decimal commas", async () => {
  const files: Record<string, Uint8Array | string> = {};
  const rows = count(8).map((i) => {
    files[`${i}.wav`] = wavOf([tone(300 + 50 * i)]);
    return `${i}.wav;${i % 2 ? "a" : "b"};0,05;0,15`;
  });
  const root = folderOf({ ...files, "list.csv": `audio;label;start;end\n${rows.join("\n")}` });
  // Each file has 0.25 s, and its row states 0.1 s of it.
  expect((await openSounds(nodePlatform, root)).warnings.map(({ code }) => code)).toContain("parts_of_clips");
});

test("boxes: coordinates may have decimal commas", async () => {
  const table = "image;xmin;ymin;xmax;ymax;label\na.jpg;10,5;20;30,25;40;cat\n";
  expect(boxesOf(await openTree({ "d.csv": table, "a.jpg": image }))).toEqual({
    "a.jpg": [["cat", 10.5, 20, 30.25, 40]],
  });
});

test("numbers of JSON stay beside texts with decimal commas", () => {
  const rows = [3.5, "4,25", null].map((price) => ({ values: { price } }));
  const { rows: read } = withDecimalPoints({ columns: ["price"], rows });
  expect(read.map(({ values }) => values.price)).toEqual([3.5, "4.25", null]);
});

test("a division by time orders thousands as a table reads them", () => {
  const rows = (cells: readonly string[]) => cells.map((day, i) => ({ line: i + 2, values: { day } }));
  const divide = (cells: readonly string[], separator: string) =>
    divideByTime({ name: "d.csv", columns: ["day"], separator }, rows(cells), { splitBy: "day", gap: 0 });
  const dotted = ["998", "999", "1.000", "1.001", "1.002", "997", "996", "995", "994", "993"];
  const last = divide(dotted, ";").rows.filter(
    ({ values }) => (values as Record<string, unknown>).split === "test",
  );
  // The latest 15 % of ten rows are the two largest numbers.
  expect(last.map(({ values }) => values.day)).toEqual(["1.001", "1.002"]);
  expect(divide(["0,5", "1", "1,5", "2"], ",").rows).toHaveLength(4);
  // 1,000 is 1 or 1000: either order may be meant.
  expect(() => divide(["998", "999", "1,000", "1,001"], ",")).toThrow(
    expect.objectContaining({ kind: "DataError", details: { column: "day", value: "1,000" } }),
  );
});

test("ids of classes may have a point, as pandas writes them", () => {
  const codes = (...names: string[]) => classNameWarnings(names).map(({ code }) => code);
  expect(codes("0.0", "1.0", "2.0")).toEqual(codes("0", "1", "2"));
  expect(codes("-1.0", "0.0", "1.0", "2.0")).toEqual(codes("-1", "0", "1", "2"));
});

test("a class called NA is scored, too", async () => {
  const path = await write(
    "codes.csv",
    `x,label\n${count(12)
      .map((i) => `${i},${["NA", "BW", ""][i % 3]}`)
      .join("\n")}\n`,
  );
  const table = { columns: [{ name: "x", kind: "number" }], targets: ["label"] } as never;
  const engraft = { task: "tabular-classification" } as never;
  const { items, classes } = await openRowsFor(
    nodePlatform,
    { table, engraft, dir: "model", classes: ["BW", "NA"] },
    path,
  );
  expect(classes).toEqual(["NA", "BW"]);
  expect(items).toHaveLength(8);
});
