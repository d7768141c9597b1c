import { expect, test } from "vitest";
import { codes, counts, opened, refused } from "../../../test/support/image-trees.js";
import { classTree, picture } from "../../../test/support/pictures.js";
import type { Dataset } from "../dataset.js";

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

test("the split depends on content and seed, not on names or order of files", async () => {
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
  // README.md at the top is outside the classes and not counted.
  expect(data.ignored).toEqual({ hidden: 2, notPictures: 1 });
});

test("classes are sorted by code point, and names may hold spaces, newlines and any script", async () => {
  const data = await opened(
    classTree({ "10": 3, "9": 3, é: 3, "a\nb": 3, 猫: 3, "with space": 3, constructor: 3 }),
  );
  expect(data.classes).toEqual(["10", "9", "a\nb", "constructor", "with space", "é", "猫"]);
});

test("uses given train, validation and test folders", async () => {
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

test("takes a missing validation split out of train", async () => {
  const data = await opened({
    ...classTree({ a: 20, b: 20 }, "train/"),
    ...classTree({ a: 3, b: 2 }, "test/", 200),
  });
  expect(counts(data)).toEqual([34, 6, 5]);
  expect(data.splitWords).toBe("test as given; validation taken out of train (15 %, stratified, seed 0)");
  expect(data.items.every(({ id, part }) => id.startsWith("test/") === (part === "test"))).toBe(true);
});

test("val becomes the test split if there is none, and the origin says so", async () => {
  const data = await opened({
    ...classTree({ a: 20, b: 20 }, "train/"),
    ...classTree({ a: 3, b: 2 }, "val/", 200),
  });
  expect(counts(data)).toEqual([34, 6, 5]);
  expect(data.splitWords).toBe(
    "the given validation split is used as the test split; validation taken out of train (15 %, stratified, seed 0)",
  );
});

test("a train folder alone is split like any folder", async () => {
  const data = await opened(classTree({ a: 20, b: 20 }, "train/"));
  expect(counts(data)).toEqual([28, 6, 6]);
  expect(data.splitWords).toMatch(/only "train" was given$/);
});

test("folders train and test with pictures are classes next to another class, with a warning", async () => {
  const data = await opened(classTree({ train: 5, test: 5, ship: 5 }));
  expect(data.classes).toEqual(["ship", "test", "train"]);
  expect(data.warnings).toMatchObject([
    {
      code: "classes_named_like_parts",
      message: '"test", "train" hold pictures, not class folders: taken as classes, not as parts of a split',
    },
  ]);
});

test("refuses a test folder of unsorted pictures next to train/<class>", async () => {
  const error = await refused({ ...classTree({ a: 3, b: 3 }, "train/"), "test/1.png": 50 });
  expect(error.message).toBe(
    '"test" in "DATA" holds pictures but no class folders, while "train" holds class folders',
  );
  expect(error.help).toMatch(/engraft predict/);
});

test("refuses two folders for one split, and splits without train", async () => {
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

test("exact and near copies stay in one split", async () => {
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

test("divides near copies that are too many for one split, with a warning", async () => {
  const tree: Record<string, number | Uint8Array> = classTree({ b: 20 }, "", 100);
  for (let i = 0; i < 20; i++)
    tree[`a/${i}.jpg`] = await picture(1, 40 + i, 40 + i)
      .jpeg({ quality: 70 + i })
      .toBuffer();
  const data = await opened(tree);
  expect(data.items.filter(({ label, part }) => label === 0 && part === "test")).toHaveLength(3);
  expect(codes(data)).toEqual(["near_duplicates_divided"]);
  expect(data.warnings[0]!.message).toBe(
    "20 pictures that are nearly the same had to be divided between the splits, since together they are too many for one: the test score may be optimistic",
  );
});

test("removes exact copies of given test pictures from train, and reports near copies", async () => {
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
    "1 picture left out: exact copies of pictures in the validation or test split",
    "1 picture is nearly the same as one of the test split: the test score may be optimistic",
  ]);
});

test("a training picture that looks like a validation picture does not make the test score optimistic", async () => {
  const data = await opened({
    ...classTree({ a: 10, b: 10 }, "train/"),
    ...classTree({ a: 3, b: 3 }, "val/", 100),
    ...classTree({ a: 3, b: 3 }, "test/", 200),
    "train/b/like.jpg": await picture(103, 60, 60).jpeg({ quality: 60 }).toBuffer(),
  });
  expect(data.leaks).toMatchObject([{ kind: "near", part: "train", other_part: "validation" }]);
  expect(data.warnings.map(({ message }) => message)).toEqual([
    "1 picture is nearly the same as one of another split: the validation score may be optimistic, the test score is not affected",
  ]);
});

test("warns of a picture with two labels", async () => {
  const data = await opened({ ...classTree({ a: 5, b: 5 }), "b/again.png": 0 });
  expect(data.warnings).toMatchObject([
    {
      code: "copies_with_other_labels",
      message:
        '1 picture is in "a" and in "b", such as "a/0.png" and "b/again.png". Which is right? Keep one of them',
    },
  ]);
});
