import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { classTree, inFolder, platformIn, writeTree } from "../../../test/support/pictures.js";
import { EngraftError } from "../../core/errors.js";
import { nodePlatform } from "../../platform/node.js";
import { type ListOptions, listedImages } from "./listed-images.js";
import { openImages } from "./open-images.js";

/** The pictures that a list names, without looking for them. */
const listed = (text: string | Uint8Array, name = "labels.csv", options: ListOptions = {}) =>
  inFolder(async (folder) => {
    await writeTree(folder, { [name]: text });
    const found = await listedImages(nodePlatform, join(folder, name), options);
    return {
      ...found,
      pictures: found.pictures.map(({ id, label, given }) => [id, label, given] as const),
    };
  });

const refused = async (text: string | Uint8Array, name?: string, options?: ListOptions): Promise<string> => {
  try {
    await listed(text, name, options);
  } catch (error) {
    expect(error).toBeInstanceOf(EngraftError);
    expect((error as EngraftError).kind).toBe("DataError");
    return (error as EngraftError).format();
  }
  throw new Error("nothing was refused");
};

const two = [
  ["a.png", "cat", undefined],
  ["x/b.png", "dog", undefined],
];

test("paths are relative to the CSV, with any separator of values", async () => {
  expect((await listed("image,label\na.png,cat\nx/b.png,dog\n")).pictures).toEqual(two);
  expect((await listed("image;label\na.png;cat\nx/b.png;dog\n")).pictures).toEqual(two);
  expect((await listed("image\tlabel\na.png\tcat\nx/b.png\tdog\n", "l.tsv")).pictures).toEqual(two);
});

test("accepts a byte order mark, Windows line ends, blank lines, quotes and UTF-16", async () => {
  expect((await listed('\ufeffimage,label\r\n\r\n"a.png", cat \r\nx\\b.png,dog\r\n')).pictures).toEqual(two);
  const utf16 = Buffer.from("\ufeffimage,label\na.png,cat\nx/b.png,dog\n", "utf16le");
  expect((await listed(utf16)).pictures).toEqual(two);
});

test("finds columns by synonyms in any case, or by the given name", async () => {
  for (const header of ["FileName,Class", "path,category", "file,label", "Image_Path,target"])
    expect((await listed(`${header}\na.png,cat\nx/b.png,dog\n`)).pictures).toEqual(two);
  const options = { imageColumn: "Foto", labelColumn: "tier" };
  expect(
    (await listed("foto,tier,label\na.png,cat,1\nx/b.png,dog,2\n", undefined, options)).pictures,
  ).toEqual(two);
});

test("names columns that could be inputs beside the pictures, and are not learnt from", async () => {
  const list =
    "image,text,price,label,patient,photo_id,same,split\na.png,very fine,3.5,cat,p1,1,x,train\nx/b.png,not so,4,dog,p2,2,x,test\n";
  const { warnings } = await listed(list);
  expect(warnings.map(({ message }) => message)).toEqual([
    'only the pictures are inputs, and these columns are not learnt from: "text", "price". --inputs image,text,columns learns from them too',
  ]);
  expect((await listed("image,label\na.png,cat\nx/b.png,dog\n")).warnings).toEqual([]);
});

test("JSONL gives the same, with numbers as labels", async () => {
  const lines = '{"image":"a.png","label":"cat"}\n\n{"label":"dog","image":"x/b.png","other":[1]}\n';
  expect((await listed(lines, "l.jsonl")).pictures).toEqual(two);
  expect((await listed('{"image":"a.png","label":3}', "l.jsonl")).pictures).toEqual([
    ["a.png", "3", undefined],
  ]);
});

test("a split column decides the part", async () => {
  const text = "image,label,split\na,x,train\nb,x,Val\nc,x,test\nd,x,training\ne,x,dev\n";
  expect((await listed(text)).pictures.map(([, , part]) => part)).toEqual([
    "train",
    "validation",
    "test",
    "train",
    "validation",
  ]);
});

test("lines without a picture or label are skipped, and repeated ones once", async () => {
  const { skipped, pictures } = await listed("image,label\n,cat\na.png,\nb.png,dog\nb.png,dog\n");
  expect(pictures).toHaveLength(1);
  expect(skipped).toEqual([
    { item: "labels.csv, line 2", reason: "names no picture" },
    { item: "labels.csv, line 3", reason: "has no label" },
    { item: "labels.csv, line 5", reason: 'names "b.png" again' },
  ]);
});

test.each([
  [
    "a quote never closed",
    'image,label\na.png,"cat\n',
    /^DataError: "labels.csv", line 2 opens a quote that is never closed \(column 2\)\n {2}help: close it/,
  ],
  [
    "a value too many",
    "image,label\na.png,cat\nb.png,dog,7\n",
    /"labels.csv", line 3 has another number of values than the header/,
  ],
  [
    "an unknown split",
    "image,label,split\na,b,holdout\n",
    /"labels.csv", line 2 has the split "holdout"\n {2}help: use "train", "val" or "test"/,
  ],
  [
    "a path that leaves",
    "image,label\n../../etc/passwd,b\n",
    /line 2 names a picture outside its folder: "..\/..\/etc\/passwd"/,
  ],
  ["a Windows path that leaves", "image,label\n..\\up.png,b\n", /line 2 names a picture outside its folder/],
  [
    "a web address",
    "image,label\nhttps://x.org/a.png,b\n",
    /line 2 names a web address: "https:\/\/x.org\/a.png"\n {2}help: download the pictures first/,
  ],
  [
    "no column for the image",
    "name,label\na,b\n",
    /has no column for the image\n {2}help: its columns are "name", "label"; name one of them "image", "file", "filename"/,
  ],
  ["no column for the label", "image,kind\na,b\n", /has no column for the label/],
  ["only a header", "image,label\n", /has no lines with pictures/],
  ["nothing", "", /"labels.csv" is empty/],
  [
    "two labels for one picture",
    "image,label\na.png,b\n./a.png,c\n",
    /gives one picture two labels or parts: "a.png"/,
  ],
  ["one endless line", `image,label\n${"x".repeat(5_000_000)},b\n`, /is longer than 4,194,304 characters/],
])("refuses with the line: %s", async (_, text, message) => {
  expect(await refused(text)).toMatch(message);
});

test("the error for an unknown column lists the columns", async () => {
  expect(await refused("image,label\na,b\n", undefined, { labelColumn: "kind" })).toMatch(
    /has no column "kind"\n {2}help: its columns are "image", "label"/,
  );
});

test("refuses invalid UTF-8, broken JSON and lists of labels", async () => {
  expect(await refused(new Uint8Array([0x69, 0xff, 0x80, 0x0a]))).toMatch(/is not text in UTF-8/);
  expect(await refused('{"image":"a","label":"b"}\n{"image":', "l.jsonl")).toMatch(
    /"l.jsonl", line 2 is not JSON: /,
  );
  expect(await refused("[1]", "l.jsonl")).toMatch(/line 1 holds no object, but 1/);
  expect(await refused('{"image":"a","label":["b","c"]}', "l.jsonl")).toMatch(
    /line 1 has a list or an object in "label"\n {2}help: give one value; several labels/,
  );
});

test("finds a list next to a folder of images, and accepts the list file itself", async () => {
  await inFolder(async (folder) => {
    const tree = classTree({ images: 12 });
    const lines = Object.keys(tree).map((name, i) => `${name},${i % 2 === 0 ? "even" : "odd"}`);
    await writeTree(folder, { ...tree, "labels.csv": ["file,class", ...lines].join("\n") });
    const options = { platform: platformIn(folder) };
    const data = await openImages(folder, options);
    expect(data.classes).toEqual(["even", "odd"]);
    expect(data.items).toHaveLength(12);
    expect((await openImages(join(folder, "labels.csv"), options)).fingerprint).toBe(data.fingerprint);
    await writeTree(folder, { "more.csv": "image,label\n" });
    await expect(openImages(folder, options)).rejects.toThrow(
      /holds several lists: "labels.csv", "more.csv"/,
    );
  });
});

test("the error for missing pictures has their number and the first three", async () => {
  await inFolder(async (folder) => {
    const tree = classTree({ a: 3, b: 3 });
    const lines = [...Object.keys(tree), "a/gone 1.png", "b/2.jpg", "b/3.jpg", "b/4.jpg"].map(
      (name) => `${name},${name[0]}`,
    );
    await writeTree(folder, { ...tree, "l.csv": ["image,label", ...lines].join("\n") });
    await expect(openImages(join(folder, "l.csv"), { platform: platformIn(folder) })).rejects.toThrow(
      '4 of 10 pictures named in "l.csv" do not exist: "a/gone 1.png", "b/2.jpg", "b/3.jpg" and 1 more',
    );
  });
});

test("absolute paths may lead elsewhere", async () => {
  await inFolder(async (folder) => {
    const tree = classTree({ a: 3, b: 3 }, "pictures/");
    const lines = Object.keys(tree).map((name) => `${join(folder, name)},${name.split("/")[1]}`);
    await writeTree(folder, { ...tree, "lists/l.csv": ["image,label", ...lines].join("\n") });
    const data = await openImages(join(folder, "lists", "l.csv"), { platform: platformIn(folder) });
    expect(data.items.map(({ path }) => path)).toContain(join(folder, "pictures/a/0.png"));
  });
});

test("a random text gives pictures or a DataError", async () => {
  const cell = fc.oneof(
    fc.string({ unit: "binary", maxLength: 12 }),
    fc.constantFrom("image", "label", "split", "__proto__", "constructor", "train", '"', '""', "a.png", ".."),
  );
  const table = fc
    .array(fc.array(cell, { maxLength: 4 }), { maxLength: 6 })
    .map((rows) => rows.map((row) => row.join(",")).join("\n"));
  const text = fc.oneof(
    table,
    table.map((rest) => `image,label\n${rest}`),
    fc.uint8Array({ maxLength: 60 }),
  );
  await inFolder(async (folder) => {
    await fc.assert(
      fc.asyncProperty(text, fc.constantFrom("x.csv", "x.tsv", "x.jsonl"), async (content, name) => {
        await writeTree(folder, { [name]: content });
        try {
          const { pictures } = await listedImages(nodePlatform, join(folder, name));
          for (const { label, path } of pictures) expect(label !== "" && path.startsWith("/")).toBe(true);
        } catch (error) {
          if (!(error instanceof EngraftError)) throw error;
        }
      }),
      { numRuns: 300, seed: 2 },
    );
  });
});
