// Rows with several inputs before training: splits, copies, bases, pictures that cannot be read, and refusals.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { draws } from "../../src/core/random.js";
import { type OpenTableOptions, openTable } from "../../src/data/tables/open-table.js";
import { inspectData, type TrainOptions, train } from "../../src/index.js";
import { nodePlatform } from "../../src/platform/node.js";
import { featureKeyOf } from "../../src/run/setup.js";
import { nodeRuntime } from "../../src/runtime/ort-node.js";
import { openSeveral } from "../../src/tasks/multimodal/open-several.js";
import { openRows } from "../../src/tasks/tables/open-rows.js";
import { toysIn } from "../characterisation/toys.js";

const root = mkdtempSync(join(tmpdir(), "engraft-several-inputs-data-"));
const path = (...parts: string[]): string => join(root, ...parts);
const toy = toysIn(path("toys"));
const each = <T>(n: number, value: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => value(i));

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = path("cache");
  mkdirSync(path("p"));
  const draw = draws(5, "unlike pictures");
  const raw = { width: 6, height: 6, channels: 3 } as const;
  for (let i = 0; i < 160; i++) {
    const noise = Uint8Array.from({ length: 6 * 6 * 3 }, () => draw.integer(256));
    const picture = sharp(await sharp(noise, { raw }).resize(48, 48).png().toBuffer());
    await picture.toFile(path("p", `${i}.png`));
    copyFileSync(path("p", `${i}.png`), path("p", `again-${i}.png`));
  }
  writeFileSync(path("p", "broken.png"), "no picture");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

let lists = 0;
function list(header: string, rows: readonly string[]): string {
  const file = path(`list-${lists++}.csv`);
  writeFileSync(file, `${[header, ...rows].join("\n")}\n`);
  return file;
}
const opened = (file: string, options: OpenTableOptions = {}) =>
  openTable(file, { task: "tabular-classification", inputs: [], seed: 0, ...options });
/** Texts whose words are all different. */
const text = (i: number): string => each(8, (k) => `word${(31 * i + 7 * k * k) % 199}`).join(" ");
const label = (i: number): string => (i % 3 ? "yes" : "no");

/** Returns the number of splits that each value occurs in. */
function splitsOf(items: readonly { readonly part: string }[], value: (i: number) => string): number[] {
  const splits = new Map<string, Set<string>>();
  for (const [i, { part }] of items.entries())
    splits.set(value(i), (splits.get(value(i)) ?? new Set()).add(part));
  return [...splits.values()].map(({ size }) => size);
}

test("rows with an equal picture, or an equal text, are in one split", async () => {
  // Each picture has 4 rows, under two names.
  const picture = (i: number) => `p/${i % 2 ? "" : "again-"}${i >> 2}.png`;
  const byPicture = await opened(
    list(
      "image,text,label",
      each(160, (i) => `${picture(i)},${text(i)},${label(i)}`),
    ),
  );
  expect(splitsOf(byPicture.items, (i) => String(i >> 2))).toEqual(each(40, () => 1));
  expect(new Set(byPicture.items.map(({ part }) => part)).size).toBe(3);
  expect(byPicture.duplicates).toEqual({ exact: 0, near: 120, acrossParts: 0 });
  const textOf = (i: number) => (i % 8 === 0 ? "" : text(i >> 2));
  const byText = await opened(
    list(
      "image,text,label",
      each(160, (i) => `p/${i}.png,${textOf(i)},${label(i)}`),
    ),
  );
  const ofText = splitsOf(byText.items, (i) => textOf(i) || `empty ${i}`);
  expect(new Set(ofText)).toEqual(new Set([1]));
  expect(byText.warnings).toEqual([]);
});

test("rows with a nearly equal picture, or a nearly equal text, are in one split", async () => {
  const like = [
    (image: Sharp) => image,
    (image: Sharp) => image.jpeg({ quality: 60 }),
    (image: Sharp) => image.resize(24, 24),
    (image: Sharp) => image.flop(),
  ];
  for (let i = 0; i < 40; i++)
    for (const [k, change] of like.entries())
      await change(sharp(path("p", `${i}.png`))).toFile(
        path("p", `like-${i}-${k}.${k === 1 ? "jpg" : "png"}`),
      );
  const file = (i: number) => `p/like-${i >> 2}-${i & 3}.${(i & 3) === 1 ? "jpg" : "png"}`;
  const byPicture = await opened(
    list(
      "image,text,label",
      each(160, (i) => `${file(i)},${text(i)},${label(i)}`),
    ),
  );
  expect(splitsOf(byPicture.items, (i) => String(i >> 2))).toEqual(each(40, () => 1));
  expect(byPicture.duplicates.near).toBe(120);
  const byText = await opened(
    list(
      "image,text,label",
      each(160, (i) => `p/${i}.png,${text(i >> 2)} end${i & 3},${label(i >> 2)}`),
    ),
  );
  expect(splitsOf(byText.items, (i) => String(i >> 2))).toEqual(each(40, () => 1));
  expect([byPicture.warnings, byText.warnings]).toEqual([[], []]);
});

test("so many nearly equal texts that they cannot stay together get a warning", async () => {
  const { warnings, duplicates } = await opened(
    list(
      "image,text,label",
      each(160, (i) => `p/${i}.png,the text with the number ${i} is here,${label(i)}`),
    ),
  );
  expect(duplicates.near).toBe(0);
  expect(warnings.map(({ message }) => message)).toEqual([alike(158, "nearly the same")]);
});

function alike(rows: number, how: string): string {
  return `${rows} rows of 160 have ${how} "text" as another one, and so many cannot stay on one side of the split: the test score may be too good for rows with a new "text"`;
}

test("a few texts that all rows have do not decide the split, and a warning says so", async () => {
  const { warnings, duplicates } = await opened(
    list(
      "image,text,label",
      each(160, (i) => `p/${i}.png,${i % 16 ? `one of ${i % 8} texts of the list` : ""},${label(i)}`),
    ),
  );
  expect(duplicates.near).toBe(0);
  expect(warnings.map(({ message }) => message)).toEqual([alike(142, "the same")]);
});

test("runs with other seeds have the same base, and features of their own", async () => {
  const runtime = await nodeRuntime({ threads: 1 });
  const base = await toy("several-bases");
  const found = [];
  for (const seed of [0, 1]) {
    const how = { platform: nodePlatform, seed, onEvent: () => undefined };
    const inputs = "image,text,columns";
    const data = await openRows(await toy("several-classes"), { inputs }, "multimodal-classification", how);
    const { opened } = await openSeveral(data, {
      ...how,
      ...{ options: { base }, signal: undefined, run: "", whole: false },
    });
    found.push({ base: opened.base.sha256, key: await featureKeyOf(opened, runtime, nodePlatform) });
  }
  await runtime.close();
  expect(found[0]!.base).toBe(found[1]!.base);
  expect(found[0]!.key).not.toEqual(found[1]!.key);
});

test("options for inputs of one kind are refused", async () => {
  const file = await toy("several-classes");
  for (const options of [{ budget: 60 }, { safe: true }] satisfies TrainOptions[])
    await expect(
      train(file, { inputs: "image,text", out: path("refused"), ...options }),
    ).rejects.toMatchObject({
      details: { option: Object.keys(options)[0], needs: Object.keys(options)[0] },
    });
});

test("rows whose picture cannot be read are left out, with the line and the reason", async () => {
  const { skipped, items } = await opened(
    list("image,text,label", [
      ...each(80, (i) => `p/${i}.png,${text(i)},${label(i)}`),
      `p/broken.png,${text(90)},yes`,
      `p/none.png,${text(91)},yes`,
      `,${text(92)},yes`,
    ]),
  );
  expect(items.length).toBe(81);
  expect(skipped).toEqual([
    { item: "line 82", reason: expect.stringMatching(/^cannot read the picture "broken.png": ./) },
    { item: "line 83", reason: 'there is no picture "none.png"' },
  ]);
});

test("columns that cannot be learnt from are left out of a picture and a text; with one of them they are named", async () => {
  const file = list(
    "image,text,id,label",
    each(60, (i) => `p/${i}.png,${text(i)},${i},${label(i)}`),
  );
  const { columns, warnings } = await opened(file, { inputs: ["image", "text", "columns"] });
  expect(columns.map(({ name }) => name)).toEqual(["image", "text"]);
  expect(warnings.map(({ message }) => message)).toEqual([expect.stringMatching(/^left out: "id" \(.+\)$/)]);
  await expect(opened(file, { inputs: ["image", "columns"] })).rejects.toThrow(
    /^the inputs are of one kind: "image"; left out: "id" \([^()]+\)$/,
  );
});

test("a column that tells the target is named beside a picture and a text, too", async () => {
  const { warnings } = await opened(
    list(
      "image,text,known,label",
      each(100, (i) => `p/${i}.png,${text(i)},${label(i) === "yes" ? "A" : "B"},${label(i)}`),
    ),
  );
  expect(warnings).toMatchObject([
    { code: "telling_column", message: expect.stringMatching(/^"known" .* 100 % of "label"/) },
  ]);
});

test("the warning of a list of pictures names the inputs that the list has", async () => {
  const { warnings } = await inspectData(
    list(
      "image,price,label",
      each(60, (i) => `p/${i}.png,${(7 * i) % 11}.5,${label(i)}`),
    ),
  );
  expect(warnings.find(({ code }) => code === "columns_beside_pictures")?.message).toMatch(
    /: "price"\. --inputs image,columns /,
  );
});
