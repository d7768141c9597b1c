/** Parquet files of arrow-rs (`scripts/golden/make-parquet.mjs`), read as each task reads them; and hostile ones. */
import { cp, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, test } from "vitest";
import { inFolder, platformIn } from "../../../test/support/pictures.js";
import { EngraftError } from "../../core/errors.js";
import { nodePlatform } from "../../platform/node.js";
import { taskOf } from "../../tasks/detect.js";
import { openEntities } from "../entities/open-entities.js";
import { openImages } from "../images/open-images.js";
import { openTable } from "../tables/open-table.js";
import { openTexts } from "../texts/index.js";
import { textsOfFile } from "../texts/listed-texts.js";
import { openParquet, plainValue } from "./parquet.js";
import { readList } from "./read-list.js";

const golden = fileURLToPath(new URL("../../../test/golden/parquet/", import.meta.url));
const at = (name: string): string => join(golden, name);
const refused = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => new Error("nothing was refused"),
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(EngraftError);
  return (error as EngraftError).format();
};

test("reads texts with class names from the metadata, and ignores pandas' index", async () => {
  const texts: string[] = JSON.parse(await readFile(at("texts.json"), "utf8"));
  const list = await readList(nodePlatform, at("texts.parquet"));
  expect(list.columns).toEqual(["text", "label"]);
  expect(list.rows.map(({ values }) => values)).toEqual(
    texts.map((text, i) => ({ text, label: i % 2 ? "positive" : "negative" })),
  );
  expect(list.rows.at(-1)!.line).toBe(24);
  const lz4 = await readList(nodePlatform, at("lz4.parquet"));
  expect(lz4.rows.map(({ values }) => values.text)).toEqual(texts);
  expect((await readList(nodePlatform, at("texts.parquet"), { most: 12 })).rows).toHaveLength(12);
  expect(await taskOf(nodePlatform, at("texts.parquet"), {})).toBe("text-classification");
  const data = await openTexts(nodePlatform, at("texts.parquet"), { labelled: true });
  expect(data.classes).toEqual(["negative", "positive"]);
  expect(data.items[3]!.id).toBe("texts.parquet, line 4");
  expect((await textsOfFile(nodePlatform, at("texts.parquet"))).map(({ text }) => text)).toEqual(texts);
});

test("reads words with numbered tags, whose names are in the metadata", async () => {
  expect(await taskOf(nodePlatform, at("entities.parquet"), {})).toBe("token-classification");
  const data = await openEntities(nodePlatform, at("entities.parquet"));
  expect(data.labels).toEqual(["O", "B-PER", "I-PER"]);
  expect(data.items[0]).toMatchObject({ words: ["Ada", "Lovelace", "met", "Paul0"], tags: [1, 2, 0, 1] });
});

test("reads a table with numbers, booleans, dates, categories and missing values", async () => {
  const list = await readList(nodePlatform, at("table.parquet"));
  expect(list.rows[3]!.values).toEqual({
    rooms: "",
    garden: true,
    town: "Ulm",
    sold: "2024-01-04",
    price: 1030.5,
  });
  expect(await taskOf(nodePlatform, at("table.parquet"), { target: "price" })).toBe("tabular-regression");
  const data = await openTable(at("table.parquet"), { targets: ["price"] });
  expect(data.columns.map(({ name, kind }) => [name, kind])).toEqual([
    ["rooms", "number"],
    ["garden", "category"],
    ["town", "category"],
    // All are of one month.
    ["sold (days)", "number"],
    ["sold (weekday)", "category"],
  ]);
});

test("reads Hugging Face's shards with embedded pictures and unpacks them once", async () => {
  await inFolder(async (folder) => {
    const platform = platformIn(folder);
    expect(await taskOf(platform, at("pictures"), {})).toBe("image-classification");
    const data = await openImages(at("pictures"), { platform });
    expect(data.classes).toEqual(["cat", "dog"]);
    expect(data.items.filter(({ part }) => part === "test")).toHaveLength(8);
    expect(data.splitMessages).toContainEqual(expect.objectContaining({ code: "validation-taken" }));
    const ids = data.items.map(({ id }) => id);
    expect(ids).toContain("train-00000-of-00002.parquet/3.png");
    expect(ids).toContain("train-00001-of-00002.parquet/10.png");
    expect(data.warnings).toEqual([]);
    const { mtimeMs } = await stat(data.items[0]!.path);
    const again = await openImages(at("pictures"), { platform });
    expect(again.fingerprint).toBe(data.fingerprint);
    expect((await stat(again.items[0]!.path)).mtimeMs).toBe(mtimeMs);
    // A run that was stopped while it unpacked leaves no index.
    await writeFile(data.items[0]!.path, "half");
    await rm(join(data.items[0]!.path, "../index.json"));
    expect((await openImages(at("pictures"), { platform })).fingerprint).toBe(data.fingerprint);
  });
});

test("reads pictures from plain bytes, and skips other bytes with a warning", async () => {
  await inFolder(async (folder) => {
    const data = await openImages(at("bytes.parquet"), { platform: platformIn(folder) });
    expect(data.classes).toEqual(["cat", "dog"]);
    expect(data.items.map(({ id }) => id)).toContain("bytes.parquet/10.png");
    expect(data.warnings.map(({ message }) => message)).toEqual([
      'columns of "bytes.parquet" left out, since they hold bytes that are no pictures or sounds: "embedding"',
    ]);
  });
});

test("reads a single file with pictures, and skips a shard of an unknown split", async () => {
  await inFolder(async (folder) => {
    const one = join(folder, "birds.parquet");
    await cp(at("pictures/data/train-00000-of-00002.parquet"), one);
    const data = await openImages(one, { platform: platformIn(folder) });
    expect(data.items).toHaveLength(10);
    expect(data.items[0]!.id).toBe("birds.parquet/0.png");
    const shards = join(folder, "shards");
    await mkdir(shards);
    for (const name of ["train-00000-of-00001", "unsupervised-00000-of-00001"])
      await cp(at("texts.parquet"), join(shards, `${name}.parquet`));
    const texts = await openTexts(nodePlatform, shards, { labelled: true });
    expect(texts.items).toHaveLength(24);
    expect(texts.warnings.map(({ message }) => message)).toContain(
      'files left out, since their names say another split than train, validation and test: "unsupervised-00000-of-00001.parquet"',
    );
  });
});

test("refuses damaged files, large files and other formats with a hint", async () => {
  await inFolder(async (folder) => {
    const errorOf = async (bytes: Uint8Array | string) => {
      await writeFile(join(folder, "x.parquet"), bytes);
      return refused(readList(nodePlatform, join(folder, "x.parquet")));
    };
    const good = await readFile(at("texts.parquet"));
    const help = /\n {2}help: download or write it again, with snappy, gzip, zstd, brotli or no compression$/;
    expect(await errorOf("text,label\na,b\n")).toMatch(
      /"x.parquet" is no Parquet file: it does not begin with PAR1\n/,
    );
    expect(await errorOf("PARE")).toMatch(
      /is an encrypted Parquet file\n {2}help: write it without encryption/,
    );
    expect(await errorOf("")).toMatch(/is no Parquet file/);
    expect(await errorOf(good.subarray(0, 500))).toMatch(help);
    expect(await errorOf(good.subarray(0, 500))).toMatch(/"x.parquet" is a damaged Parquet file: /);
    const footer = Uint8Array.from(good);
    footer.fill(255, footer.length - 8, footer.length - 4);
    expect(await errorOf(footer)).toMatch(help);
  });
  expect(await refused(readList(nodePlatform, at("many-rows.parquet")))).toMatch(
    /has 4,194,305 rows, more than the limit of 4,194,304\n {2}help: divide it into several files/,
  );
  expect(await refused(readList(nodePlatform, at("large-page.parquet")))).toMatch(
    /a page of 300,\d{3},\d{3} bytes is more than the limit of 268435456/,
  );
});

test("a schema that claims more children than it has is damage", async () => {
  await expect(readList(nodePlatform, at("schema-children.parquet"))).rejects.toMatchObject({
    code: "unusable-list",
    details: { file: "schema-children.parquet" },
  });
});

test("a changed byte of the schema is read or refused with a DataError", async () => {
  const good = await readFile(at("schema-children.parquet"));
  const length = new DataView(good.buffer, good.byteOffset + good.length - 8).getUint32(0, true);
  const footer = good.length - 8 - length;
  // The schema and the row groups come first; the rest is metadata of the writer.
  for (let place = footer; place < footer + 150; place++)
    for (const byte of [0, 0xff, good[place]! ^ 1, good[place]! + 2]) {
      const bytes = Uint8Array.from(good);
      bytes[place] = byte;
      await openParquet(bytes, "x.parquet").catch((error: unknown) => {
        if (!(error instanceof EngraftError)) throw error;
      });
    }
});

test("a file with a changed byte is read or refused with a DataError", async () => {
  const good = await readFile(at("texts.parquet"));
  await inFolder(async (folder) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.nat(255), async (place, byte) => {
        const bytes = Uint8Array.from(good);
        bytes[place] = byte;
        await writeFile(join(folder, "x.parquet"), bytes);
        try {
          await readList(nodePlatform, join(folder, "x.parquet"));
        } catch (error) {
          if (!(error instanceof EngraftError)) throw error;
        }
      }),
      { numRuns: 400, seed: 1 },
    );
  });
});

test("whole numbers of 64 bits inside groups and lists become numbers, and bytes stay bytes", () => {
  const bytes = Uint8Array.of(1, 2);
  const value = { id: 7n, boxes: [{ x: 2n ** 60n }], picture: { bytes, path: null } };
  expect(plainValue(value)).toEqual({
    id: 7,
    boxes: [{ x: "1152921504606846976" }],
    picture: { bytes, path: "" },
  });
});
