import { copyFile, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import sharp from "sharp";
import { expect, test } from "vitest";
import { classTree, inFolder, picture, pictureBytes, platformIn, writeTree } from "../../test/pictures.js";
import { EngraftError } from "../core/errors.js";
import type { EngraftEvent } from "../core/events.js";
import type { Dataset } from "./dataset.js";
import { type OpenImagesOptions, openImages } from "./open-images.js";

type Tree = Readonly<Record<string, number | string | Uint8Array>>;

/** Open a tree of files. */
const opened = (tree: Tree, options: OpenImagesOptions = {}, at = "."): Promise<Dataset> =>
  inFolder(async (folder) => {
    await writeTree(folder, tree);
    return openImages(join(folder, at), { platform: platformIn(folder), ...options });
  });

/** The error of opening it, with the folder's name taken out of the text. */
const refused = (tree: Tree, prepare?: (folder: string) => Promise<void>, at = "."): Promise<EngraftError> =>
  inFolder(async (folder) => {
    await writeTree(folder, tree);
    await prepare?.(folder);
    try {
      await openImages(join(folder, at), { platform: platformIn(folder) });
    } catch (error) {
      expect(error).toBeInstanceOf(EngraftError);
      const { kind, message, at, help, details } = error as EngraftError;
      expect((error as EngraftError).exitCode).toBe(2);
      const short = (text: string) => text.replaceAll(folder, "DATA");
      return new EngraftError(kind, short(message), {
        at: at && short(at),
        help: help && short(help),
        details,
      });
    }
    throw new Error("nothing was refused");
  });

const counts = ({ items }: Dataset) =>
  (["train", "validation", "test"] as const).map((part) => items.filter((item) => item.part === part).length);
const codes = ({ warnings }: Dataset) => warnings.map(({ code }) => code);

test("a folder of class folders is split 70 / 15 / 15 in each class", async () => {
  const data = await opened(classTree({ cat: 20, dog: 40 }));
  expect(data.classes).toEqual(["cat", "dog"]);
  // 0.15 · 20 = 3 and 0.15 · 40 = 6.
  for (const [label, part, n] of [
    [0, "test", 3],
    [0, "validation", 3],
    [0, "train", 14],
    [1, "test", 6],
    [1, "validation", 6],
    [1, "train", 28],
  ] as const)
    expect(data.items.filter((item) => item.label === label && item.part === part)).toHaveLength(n);
  expect(data.splitWords).toBe("70 / 15 / 15, stratified, look-alikes on one side, seed 0");
  expect(data.skipped).toEqual([]);
  expect(data.warnings).toEqual([]);
});

test("the split follows the content and the seed, not names or order of files", async () => {
  const tree = classTree({ cat: 20, dog: 20 });
  const renamed = Object.fromEntries(
    Object.entries(tree).map(([name, seed]) => [
      name.replace(/(\d+)\.png/, (_, i) => `z${99 - Number(i)}.png`),
      seed,
    ]),
  );
  const partOf = (data: Dataset) => new Map(data.items.map(({ sha256, part }) => [sha256, part]));
  const one = await opened(tree);
  const two = await opened(renamed);
  expect(partOf(two)).toEqual(partOf(one));
  expect(two.testFingerprint).toBe(one.testFingerprint);
  expect(two.fingerprint).not.toBe(one.fingerprint);
  expect((await opened(tree)).fingerprint).toBe(one.fingerprint);
  const other = await opened(tree, { seed: 1 });
  expect(partOf(other)).not.toEqual(partOf(one));
});

test("nested folders belong to their class; hidden files and others are counted, not read", async () => {
  const data = await opened({
    ...classTree({ "cat/spring": 3, "cat/autumn/late": 2, dog: 5 }),
    "cat/.DS_Store": "x",
    ".git/config": "x",
    "dog/notes.txt": "x",
    "README.md": "x",
  });
  expect(data.classes).toEqual(["cat", "dog"]);
  expect(data.items.map(({ id }) => id)).toContain("cat/autumn/late/1.png");
  // README.md at the top is beside the classes and not counted.
  expect(data.ignored).toEqual({ hidden: 2, notPictures: 1 });
});

test("classes are sorted by code point, and names may hold spaces, newlines and any script", async () => {
  const data = await opened(
    classTree({ "10": 3, "9": 3, é: 3, "a\nb": 3, 猫: 3, "with space": 3, constructor: 3 }),
  );
  expect(data.classes).toEqual(["10", "9", "a\nb", "constructor", "with space", "é", "猫"]);
});

test("train, validation and test folders are taken as they are", async () => {
  for (const validation of ["val", "valid", "validation", "dev", "Val"]) {
    const data = await opened({
      ...classTree({ a: 4, b: 4 }, "train/"),
      ...classTree({ a: 1, b: 2 }, `${validation}/`, 100),
      ...classTree({ a: 3, b: 2 }, "test/", 200),
    });
    expect(counts(data)).toEqual([8, 3, 5]);
    expect(data.splitWords).toBe("train, validation and test as given");
  }
});

test("with train and test only, validation is taken out of train and test stays as it is", async () => {
  const data = await opened({
    ...classTree({ a: 20, b: 20 }, "train/"),
    ...classTree({ a: 3, b: 2 }, "test/", 200),
  });
  expect(counts(data)).toEqual([34, 6, 5]);
  expect(data.splitWords).toBe("test as given; validation taken out of train (15 %, stratified, seed 0)");
  expect(data.items.every(({ id, part }) => id.startsWith("test/") === (part === "test"))).toBe(true);
});

test("with train and val only, val becomes the test part, and the words say so", async () => {
  const data = await opened({
    ...classTree({ a: 20, b: 20 }, "train/"),
    ...classTree({ a: 3, b: 2 }, "val/", 200),
  });
  expect(counts(data)).toEqual([34, 6, 5]);
  expect(data.splitWords).toBe(
    "the given validation part is used as the test part; validation taken out of train (15 %, stratified, seed 0)",
  );
});

test("a train folder alone is split like any folder", async () => {
  const data = await opened(classTree({ a: 20, b: 20 }, "train/"));
  expect(counts(data)).toEqual([28, 6, 6]);
  expect(data.splitWords).toMatch(/only "train" was given$/);
});

test("folders train and test that hold pictures are classes, with a warning", async () => {
  const data = await opened(classTree({ train: 5, test: 5 }));
  expect(data.classes).toEqual(["test", "train"]);
  expect(data.warnings).toEqual([
    {
      code: "classes_named_like_parts",
      message: '"test", "train" hold pictures, not class folders: taken as classes, not as parts of a split',
    },
  ]);
});

test("a test folder of unsorted pictures beside train/<class> is refused", async () => {
  const error = await refused({ ...classTree({ a: 3, b: 3 }, "train/"), "test/1.png": 50 });
  expect(error.message).toBe(
    '"test" in "DATA" holds pictures but no class folders, while "train" holds class folders',
  );
  expect(error.help).toMatch(/engraft predict/);
});

test("two folders for one part, or parts without train, are refused", async () => {
  const twice = await refused({
    ...classTree({ a: 3, b: 3 }, "train/"),
    ...classTree({ a: 3 }, "val/", 20),
    ...classTree({ a: 3 }, "dev/", 30),
  });
  expect(twice.message).toBe('"dev", "val" in "DATA" all mean the validation part');
  const noTrain = await refused({
    ...classTree({ a: 3, b: 3 }, "val/"),
    ...classTree({ a: 3 }, "test/", 20),
  });
  expect(noTrain.message).toBe('"DATA" holds "test", "val" but no "train"');
});

test("exact and near copies end up on one side", async () => {
  const tree: Record<string, number | Uint8Array> = classTree({ a: 30, b: 30 });
  for (let i = 0; i < 10; i++) {
    tree[`a/exact${i}.png`] = i;
    tree[`a/near${i}.jpg`] = await picture(i, 48, 48).jpeg({ quality: 60 }).toBuffer();
  }
  for (const seed of [0, 1, 2]) {
    const data = await opened(tree, { seed });
    expect(data.duplicates).toEqual({ exact: 10, near: 10, acrossParts: 0 });
    const part = (id: string) => data.items.find((item) => item.id === id)?.part;
    for (let i = 0; i < 10; i++) {
      expect(part(`a/exact${i}.png`)).toBe(part(`a/${i}.png`));
      expect(part(`a/near${i}.jpg`)).toBe(part(`a/${i}.png`));
    }
  }
});

test("look-alikes too many for one part are divided, with a warning", async () => {
  const tree: Record<string, number | Uint8Array> = classTree({ b: 20 }, "", 100);
  for (let i = 0; i < 20; i++)
    tree[`a/${i}.jpg`] = await picture(1, 40 + i, 40 + i)
      .jpeg({ quality: 70 + i })
      .toBuffer();
  const data = await opened(tree);
  expect(data.items.filter(({ label, part }) => label === 0 && part === "test")).toHaveLength(3);
  expect(codes(data)).toEqual(["near_duplicates_divided"]);
  expect(data.warnings[0]!.message).toBe(
    "20 pictures that look alike had to be divided between the parts, since together they are too many for one: the test score may be optimistic",
  );
});

test("in a given split, an exact copy of a test picture is dropped from train; near copies are told", async () => {
  const data = await opened({
    ...classTree({ a: 10, b: 10 }, "train/"),
    ...classTree({ a: 3, b: 3 }, "test/", 100),
    "train/a/copy.png": 100,
    "train/b/like.jpg": await picture(103, 60, 60).jpeg({ quality: 60 }).toBuffer(),
  });
  expect(data.items.map(({ id }) => id)).not.toContain("train/a/copy.png");
  expect(data.skipped).toEqual([
    { item: "train/a/copy.png", reason: 'an exact copy of "test/a/0.png", which is in the test part' },
  ]);
  expect(data.duplicates).toEqual({ exact: 1, near: 1, acrossParts: 2 });
  expect(codes(data)).toEqual(["exact_duplicates_across_parts", "near_duplicates_across_parts"]);
  expect(data.warnings.map(({ message }) => message)).toEqual([
    "1 picture left out: exact copies of pictures in a part that judges",
    "1 picture of the given split looks like one in a part that judges: the test score may be optimistic",
  ]);
});

test("one picture under two labels is told", async () => {
  const data = await opened({ ...classTree({ a: 5, b: 5 }), "b/again.png": 0 });
  expect(data.warnings).toEqual([
    {
      code: "copies_with_other_labels",
      message: '1 exact copy of pictures with another label: "b/again.png"',
    },
  ]);
});

test("unreadable pictures are skipped with their reason, up to 10 %", async () => {
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

test("more than 10 % unreadable stops, with the first three and all in the details", async () => {
  const error = await refused({ ...classTree({ a: 5, b: 5 }), "a/x.png": "", "a/y.png": "no" });
  expect(error.format()).toBe(
    'DataError: 2 of 12 pictures (17 %) in "DATA" cannot be read; at most 10 % may be\n' +
      '  at "a/x.png": the file is empty; "a/y.png": it is not a picture of a known format\n' +
      "  help: repair or remove them; all of them with their reasons are in the error's details",
  );
  expect(error.details.skipped).toHaveLength(2);
});

test("a missing folder, a file that is no list, and an empty folder are told apart", async () => {
  expect((await refused({}, undefined, "nope")).message).toBe('there is no file or folder "DATA/nope"');
  expect((await refused({ "a.zip": "x" }, undefined, "a.zip")).message).toBe(
    '"DATA/a.zip" is neither a folder nor a list of pictures',
  );
  const empty = await refused({ "a/notes.txt": "x" });
  expect(empty.message).toBe('no pictures in "DATA"');
  expect(empty.at).toBe("1 other file, 0 hidden ones, 0 skipped ones");
  expect(empty.help).toBe(
    "expected DATA/<class>/*.{jpg,jpeg,png,webp,gif,bmp,tif,avif}, with one folder a class",
  );
});

test("one class is refused", async () => {
  expect((await refused(classTree({ a: 5 }))).message).toBe('only one class in "DATA": "a"');
});

test("a class with one picture is refused, and so is one of copies only", async () => {
  const one = await refused(classTree({ a: 5, b: 1 }));
  expect(one.message).toBe('a class has only one picture: "b"');
  expect(one.help).toBe(
    "a class needs at least 2, one to learn from and one to test; add some or remove the class",
  );
  const copies = await refused({ ...classTree({ a: 5 }), "b/1.png": 9, "b/2.png": 9 });
  expect(copies.message).toBe('all pictures of a class are copies of one: "b (2)"');
});

test("class names that differ only by case are refused, also across parts", async () => {
  const message = 'two class names differ only by upper and lower case: "Cat", "cat"';
  expect((await refused(classTree({ Cat: 3, cat: 3, dog: 3 }))).message).toBe(message);
  const across = await refused({
    ...classTree({ Cat: 3, dog: 3 }, "train/"),
    ...classTree({ cat: 3, dog: 3 }, "test/", 20),
  });
  expect(across.message).toBe(message);
});

test("a label in test that train lacks is refused", async () => {
  const error = await refused({
    ...classTree({ a: 3, b: 3 }, "train/"),
    ...classTree({ a: 3, c: 3 }, "test/", 20),
  });
  expect(error.message).toBe('"c" has no picture in the train part, but in another one');
});

test("a class without a test picture is told", async () => {
  const data = await opened({
    ...classTree({ a: 4, b: 4 }, "train/"),
    ...classTree({ a: 3 }, "test/", 20),
  });
  expect(data.warnings).toEqual([
    {
      code: "classes_without_test",
      message: 'no test picture of 1 class: "b"; the test says nothing about it',
    },
  ]);
});

test("two pictures a class are enough: no part is empty", async () => {
  expect(counts(await opened(classTree({ a: 2, b: 2 })))).toEqual([2, 1, 1]);
});

test("pictures beside the classes, empty classes and folders beside a split are told", async () => {
  const outside = await opened({ ...classTree({ a: 3, b: 3 }), "logo.png": 50, "c/notes.txt": "x" });
  expect(outside.warnings.map(({ message }) => message)).toEqual([
    'the folder "c" holds no pictures',
    "1 picture outside any class folder left out",
  ]);
  const beside = await opened({ ...classTree({ a: 4, b: 4 }, "train/"), ...classTree({ extra: 3 }, "", 30) });
  expect(codes(beside)).toEqual(["folders_beside_split"]);
});

test("a loop of symbolic links ends, upwards or inside, and is told", async () => {
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
      { item: "a/up", reason: "a symbolic link that leads back to a folder already read" },
      { item: "b/x/back", reason: "a symbolic link that leads back to a folder already read" },
    ]);
  });
});

test("links to pictures and to class folders elsewhere are followed", async () => {
  await inFolder(async (folder) => {
    await writeTree(folder, { ...classTree({ a: 4 }, "data/"), ...classTree({ b: 4 }, "elsewhere/", 50) });
    await symlink(join(folder, "elsewhere", "b"), join(folder, "data", "b"));
    const data = await openImages(join(folder, "data"), { platform: platformIn(folder) });
    expect(data.classes).toEqual(["a", "b"]);
    expect(data.items).toHaveLength(8);
  });
});

test("progress tells every picture, and an aborted signal stops with Interrupted", async () => {
  const events: EngraftEvent[] = [];
  await opened(classTree({ a: 4, b: 4 }), { onEvent: (event) => events.push(event) });
  expect(events.at(-1)).toEqual({
    event: "progress",
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

test("shares that leave nothing to learn from are refused", async () => {
  await expect(openImages("x", { testFraction: 1.5 })).rejects.toThrow("testFraction is 1.5");
  await expect(openImages("x", { testFraction: 0.5, validationFraction: 0.5 })).rejects.toThrow(
    "validationFraction 0.5 and testFraction 0.5 leave nothing to learn from",
  );
});

test("bitmaps, TIFF, GIF, WebP and AVIF are read as well as JPEG and PNG", async () => {
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

test("a decompression bomb is skipped by its header, and animated pictures are told", async () => {
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
  expect(data.warnings).toEqual([
    {
      code: "animated_pictures",
      message: 'of 1 animated or many-paged picture only the first frame is used: "a/moves.gif"',
    },
  ]);
});

test("a class for every picture is noticed before anything is read", async () => {
  const lines = Array.from({ length: 25_001 }, (_, i) => `${i}.png,c${i}`);
  const error = await refused({ "l.csv": ["image,label", ...lines].join("\n") });
  expect(error.message).toBe('25,001 classes in "DATA"');
  expect(error.help).toBe("at most 25,000 are possible; is there a folder for every picture?");
});

test("whatever bytes lie in a folder, there is a data set or an EngraftError", async () => {
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
