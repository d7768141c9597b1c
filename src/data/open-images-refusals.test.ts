import { copyFile, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import sharp from "sharp";
import { expect, test } from "vitest";
import { codes, counts, opened, refused } from "../../test/support/image-trees.js";
import {
  classTree,
  inFolder,
  picture,
  pictureBytes,
  platformIn,
  writeTree,
} from "../../test/support/pictures.js";
import type { EngraftEvent } from "../core/events/events.js";
import { openImages } from "./images/open-images.js";

test("skips up to 10 % unreadable pictures with the reason", async () => {
  const whole = await pictureBytes(77);
  const data = await opened({
    ...classTree({ a: 20, b: 20 }),
    "a/empty.png": "",
    "a/text.jpg": "not a picture at all",
    "b/half.png": whole.subarray(0, whole.length / 2),
  });
  expect(data.items).toHaveLength(40);
  const reasons = Object.fromEntries(data.skipped.map(({ item, reason }) => [item, reason]));
  expect(reasons["a/empty.png"]).toBe("the file is empty");
  expect(reasons["a/text.jpg"]).toBe("it is not a picture of a known format");
  expect(reasons["b/half.png"]).toMatch(/^it (ends too early|cannot be decoded)/);
});

test("refuses over 10 % unreadable pictures, with the first three in the text and all in the details", async () => {
  const error = await refused({ ...classTree({ a: 5, b: 5 }), "a/x.png": "", "a/y.png": "no" });
  expect(error.message).toBe('2 of 12 pictures (17 %) in "DATA" cannot be read; at most 10 % may be');
  expect(error.at).toMatch(/^a\/x\.png: the file is empty; a\/y\.png: /);
  expect(error.details.skipped).toHaveLength(2);
});

test("a missing folder, a file that is no list, and an empty folder give different errors", async () => {
  expect(await refused({}, undefined, "nope")).toMatchObject({
    kind: "DataError",
    details: { data: expect.stringMatching(/nope$/) },
  });
  expect((await refused({ "a.zip": "x" }, undefined, "a.zip")).message).toBe('"DATA/a.zip" is an archive');
  expect((await refused({ "a.xyz": "x" }, undefined, "a.xyz")).message).toBe(
    '"DATA/a.xyz" is neither a folder nor a list',
  );
  const { help } = await refused({ "a.txt": "x" }, undefined, "a.txt");
  for (const way of ["engraft train FILE --task text-generation --base", "engraft pretrain", "text,label"])
    expect(help).toContain(way);
  expect((await refused({ "a.txt": "" }, undefined, "a.txt")).message).toMatch(/is empty$/);
  const empty = await refused({ "a/notes.txt": "x" });
  expect(empty.code).toBe("no-pictures");
  expect(empty.at).toBe("1 other file, 0 hidden ones, 0 skipped ones");
});

test("refuses a single class", async () => {
  expect(await refused(classTree({ a: 5 }))).toMatchObject({ code: "one-class", details: { class: "a" } });
});

test("refuses a class with one picture, and a class of copies", async () => {
  const one = await refused(classTree({ a: 5, b: 1 }));
  expect(one).toMatchObject({ code: "class-too-small", details: { class: "b" } });
  const copies = await refused({ ...classTree({ a: 5 }), "b/1.png": 9, "b/2.png": 9 });
  expect(copies.message).toBe('all pictures of a class are copies of one: "b (2)"');
});

test("refuses class names that differ only by case, also across splits", async () => {
  const classes = ["Cat", "cat"];
  expect((await refused(classTree({ Cat: 3, cat: 3, dog: 3 }))).details).toEqual({ classes });
  const across = await refused({
    ...classTree({ Cat: 3, dog: 3 }, "train/"),
    ...classTree({ cat: 3, dog: 3 }, "test/", 20),
  });
  expect(across.details).toEqual({ classes });
});

test("refuses a label that is in test but not in train", async () => {
  const error = await refused({
    ...classTree({ a: 3, b: 3 }, "train/"),
    ...classTree({ a: 3, c: 3 }, "test/", 20),
  });
  expect(error.message).toBe('"c" has no picture in the train part, but in another one');
});

test("warns of a class without a test picture", async () => {
  const data = await opened({
    ...classTree({ a: 4, b: 4 }, "train/"),
    ...classTree({ a: 3 }, "test/", 20),
  });
  expect(data.warnings).toMatchObject([
    {
      code: "classes_without_test",
      message: 'no test picture of 1 class: "b"; the test says nothing about it',
    },
  ]);
});

test("two pictures for each class are enough for all splits", async () => {
  expect(counts(await opened(classTree({ a: 2, b: 2 })))).toEqual([2, 1, 1]);
});

test("warns of pictures outside classes, empty classes and folders next to a split", async () => {
  const outside = await opened({ ...classTree({ a: 3, b: 3 }), "logo.png": 50, "c/notes.txt": "x" });
  expect(outside.warnings.map(({ message }) => message)).toEqual([
    'the folder "c" holds no pictures',
    "1 picture outside any class folder left out",
  ]);
  const beside = await opened({ ...classTree({ a: 4, b: 4 }, "train/"), ...classTree({ extra: 3 }, "", 30) });
  expect(codes(beside)).toEqual(["folders_beside_split"]);
});

const linkBack = "a symbolic link that leads back to a folder already read";
test("does not follow loops of symbolic links, and warns of them", async () => {
  await inFolder(async (folder) => {
    await writeTree(folder, classTree({ a: 4, b: 4 }));
    await symlink(folder, join(folder, "a", "up"));
    await mkdir(join(folder, "b", "x"));
    await symlink(join(folder, "b"), join(folder, "b", "x", "back"));
    await symlink(join(folder, "nothing"), join(folder, "a", "gone.png"));
    const data = await openImages(folder, { platform: platformIn(folder) });
    expect(data.items).toHaveLength(8);
    expect(codes(data)).toEqual(["link_loop"]);
    expect(data.skipped).toEqual([
      { item: "a/gone.png", reason: "a symbolic link to nothing" },
      { item: "a/up", reason: linkBack },
      { item: "b/x/back", reason: linkBack },
    ]);
  });
});

test("follows links to pictures and to class folders", async () => {
  await inFolder(async (folder) => {
    await writeTree(folder, { ...classTree({ a: 4 }, "data/"), ...classTree({ b: 4 }, "elsewhere/", 50) });
    await symlink(join(folder, "elsewhere", "b"), join(folder, "data", "b"));
    const data = await openImages(join(folder, "data"), { platform: platformIn(folder) });
    expect(data.classes).toEqual(["a", "b"]);
    expect(data.items).toHaveLength(8);
  });
});

test("progress counts every picture, and an aborted signal throws Interrupted", async () => {
  const events: EngraftEvent[] = [];
  await opened(classTree({ a: 4, b: 4 }), { onEvent: (event) => events.push(event) });
  expect(events.at(-1)).toEqual({
    event: "progress",
    per_second: expect.any(Number),
    phase: "scan",
    done: 8,
    total: 8,
    unit: "pictures",
    seconds_left: 0,
  });
  await expect(opened(classTree({ a: 4, b: 4 }), { signal: AbortSignal.abort() })).rejects.toMatchObject({
    kind: "Interrupted",
  });
});

test("refuses shares that leave no training pictures", async () => {
  await expect(openImages("x", { testFraction: 1.5 })).rejects.toThrow("testFraction is 1.5");
  await expect(openImages("x", { testFraction: 0.5, validationFraction: 0.5 })).rejects.toThrow(
    "validationFraction 0.5 and testFraction 0.5 leave nothing to learn from",
  );
});

test("reads JPEG, PNG, BMP, TIFF, GIF, WebP and AVIF", async () => {
  const bmp = Buffer.alloc(54 + 16 * 3 * 16, 90);
  bmp.write("BM", 0);
  bmp.writeUInt32LE(54, 10);
  bmp.writeUInt32LE(40, 14);
  bmp.writeInt32LE(16, 18);
  bmp.writeInt32LE(16, 22);
  bmp.writeUInt16LE(24, 28);
  bmp.writeUInt32LE(0, 30);
  const data = await opened({
    ...classTree({ a: 3, b: 3 }),
    "a/x.bmp": bmp,
    "a/x.tif": await picture(20).tiff().toBuffer(),
    "a/x.gif": await picture(21).gif().toBuffer(),
    "a/x.webp": await picture(22).webp().toBuffer(),
    "a/x.avif": await picture(23).avif().toBuffer(),
    "a/x.JPG": await picture(24).jpeg().toBuffer(),
  });
  expect(data.skipped).toEqual([]);
  expect(data.items).toHaveLength(12);
});

test("skips a decompression bomb by its header, and warns of animated pictures", async () => {
  // The header of a bitmap of 40,000 × 40,000 pixels, and nothing else.
  const bomb = Buffer.alloc(54);
  bomb.write("BM", 0);
  bomb.writeUInt32LE(40, 14);
  bomb.writeInt32LE(40_000, 18);
  bomb.writeInt32LE(40_000, 22);
  const frames = await Promise.all([50, 51].map((seed) => pictureBytes(seed)));
  const animated = await sharp(frames, { join: { animated: true } })
    .gif()
    .toBuffer();
  const data = await opened({ ...classTree({ a: 20, b: 20 }), "a/bomb.bmp": bomb, "a/moves.gif": animated });
  expect(data.skipped).toEqual([
    {
      item: "a/bomb.bmp",
      reason: "40000 × 40000 pixels is more than the limit of 100 million (a decompression bomb?)",
    },
  ]);
  expect(data.warnings).toMatchObject([
    {
      code: "animated_pictures",
      message: 'of 1 animated or many-paged picture only the first frame is used: "a/moves.gif"',
    },
  ]);
});

test("refuses too many classes before it reads any picture", async () => {
  const lines = Array.from({ length: 25_001 }, (_, i) => `${i}.png,c${i}`);
  const error = await refused({ "l.csv": ["image,label", ...lines].join("\n") });
  expect(error.message).toBe('25,001 classes in "DATA"');
  expect(error.help).toBe("at most 25,000 are possible; is there a folder for every picture?");
});

test("a folder of random bytes gives a dataset or an EngraftError", async () => {
  const good = await Promise.all([
    pictureBytes(900),
    picture(901).jpeg().toBuffer(),
    picture(902).gif().toBuffer(),
    picture(903).webp().toBuffer(),
    picture(904).tiff().toBuffer(),
  ]);
  const mutated = fc
    .tuple(fc.nat(good.length - 1), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 20 }), fc.nat())
    .map(([which, changes, cut]) => {
      const bytes = Uint8Array.from(good[which]!);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      return bytes.subarray(0, cut % 3 === 0 ? cut % bytes.length : bytes.length);
    });
  const content = fc.oneof(fc.uint8Array({ maxLength: 300 }), mutated);
  await inFolder(async (folder) => {
    await writeTree(folder, classTree({ a: 40, b: 40 }));
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(content, { minLength: 1, maxLength: 8 }), async (contents) => {
        // 80 good ones and at most 8 bad ones: below 10 %.
        const here = join(folder, `run${run++}`);
        for (const name of ["a", "b"]) await mkdir(join(here, name), { recursive: true });
        for (let i = 0; i < 40; i++)
          for (const name of ["a", "b"])
            await copyFile(join(folder, name, `${i}.png`), join(here, name, `${i}.png`));
        await writeTree(here, Object.fromEntries(contents.map((bytes, i) => [`a/bad${i}.jpg`, bytes])));
        const data = await openImages(here, { platform: platformIn(folder), cache: false });
        expect(data.items.length + data.skipped.length).toBe(80 + contents.length);
      }),
      { numRuns: 15, seed: 1 },
    );
  });
}, 120_000);
