// Folders and lists of pictures and sounds as public sets have them: what is a class, and what only looks like one.
import { join } from "node:path";
import { expect, test } from "vitest";
import { inFolder, writeTree } from "../../test/support/pictures.js";
import { wavOf } from "../../test/support/sound-files.js";
import { type InspectDataOptions, inspectData } from "./inspect-data.js";

type Tree = Parameters<typeof writeTree>[1];
const inspected = (tree: Tree, path = "", options: InspectDataOptions = {}) =>
  inFolder(async (folder) => {
    await writeTree(folder, tree);
    const found = await inspectData(join(folder, path), options).catch(
      (error: Error & { help?: string }) => error,
    );
    if (found instanceof Error)
      return {
        error: found.message.replaceAll(folder, "ROOT"),
        help: found.help?.replaceAll(folder, "ROOT"),
      };
    return {
      ...found,
      names: found.classes?.map(({ name }) => name).sort(),
      codes: found.warnings.map(({ code }) => code),
    };
  });
let picture = 0;
const files = (folder: string, n: number, name = (i: number) => `${i}.png`): Tree =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [`${folder}/${name(i)}`, picture++]));
const lines = (n: number, line: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => `${line(i)}\n`).join("");

test.each([
  ["train and test1 of Kaggle", { ...files("train", 8), ...files("test1", 8) }],
  ["pictures and a test folder", { ...files("images", 8), ...files("test", 6) }],
  ["parts of an archive", { ...files("training_images", 8), ...files("testing_images", 6) }],
  [
    "nested parts with unlabelled pictures",
    {
      ...files("seg_train/seg_train/a", 6),
      ...files("seg_test/seg_test/a", 6),
      ...files("seg_pred/seg_pred", 6),
    },
  ],
])("folders that say where pictures are kept are refused: %s", async (_, tree) => {
  expect(await inspected(tree)).toMatchObject({
    error: expect.stringMatching(/^the folders ".*" say where pictures are kept, not what they show$/),
    help: expect.stringContaining("one folder a class"),
  });
});

test.each([
  ["CXR_png", "masks"],
  ["rgb", "gt"],
  ["img", "ann"],
  ["photos_2024", "Ground truth"],
])("pictures and their masks are no classes: %s and %s", async (one, other) => {
  expect(await inspected({ ...files(one, 8), ...files(other, 8) })).toMatchObject({
    error: expect.stringMatching(/look like pictures and their masks|say where pictures are kept/),
    help: expect.stringContaining("masks are read from the folders images and masks"),
  });
});

test("classes whose pictures have the same numbers stay classes, also with masks worn", async () => {
  expect(await inspected({ ...files("daisy", 8), ...files("rose", 8) })).toMatchObject({
    names: ["daisy", "rose"],
    codes: [],
  });
  const worn = { ...files("with_mask", 8, (i) => `${i}.png`), ...files("without_mask", 8) };
  expect(await inspected(worn)).toMatchObject({ names: ["with_mask", "without_mask"], codes: [] });
});

test.each([
  ["beside them", (kind: string) => ({ ...files(kind, 8), ...files(kind, 8, (i) => `${i}_mask.png`) })],
  [
    "in folders of each class",
    (kind: string) => ({ ...files(`${kind}/images`, 8), ...files(`${kind}/masks`, 8) }),
  ],
  [
    "of two kinds",
    (kind: string) => ({
      ...files(`${kind}/images`, 8),
      ...files(`${kind}/lung masks`, 8),
      ...files(`${kind}/infection masks`, 8),
    }),
  ],
])("masks of pictures in class folders are left out: %s", async (_, tree) => {
  const found = await inspected({ ...tree("COVID"), ...tree("Normal") });
  expect(found).toMatchObject({ names: ["COVID", "Normal"], codes: ["masks_left_out"] });
  expect("splits" in found && found.splits).toMatchObject({ train: 12, validation: 2, test: 2 });
});

test("folders that every class holds are named, and parts of a split inside of classes are refused", async () => {
  const folds = {
    ...files("fold1/cat", 5),
    ...files("fold1/dog", 5),
    ...files("fold2/cat", 5),
    ...files("fold2/dog", 5),
  };
  expect(await inspected(folds)).toMatchObject({
    names: ["fold1", "fold2"],
    codes: ["folders_in_each_class"],
  });
  const inside = {
    ...files("cat/train", 6),
    ...files("cat/test", 4),
    ...files("dog/train", 6),
    ...files("dog/test", 4),
  };
  expect(await inspected(inside)).toEqual({
    error:
      'each class in "ROOT" holds the folders "test", "train": parts of a split inside of classes are not read',
    help: "turn them round: test/cat",
  });
  const genera = { ...files("Acer/rubrum", 5), ...files("Acer/saccharum", 5), ...files("Quercus/alba", 5) };
  expect(await inspected(genera)).toMatchObject({ names: ["Acer", "Quercus"], codes: [] });
});

test("a list that names the pictures of folders with other classes is asked about", async () => {
  const tree = {
    ...files("part_a", 10, (i) => `ISIC_${i}.png`),
    ...files("part_b", 10, (i) => `ISIC_${i + 10}.png`),
  };
  const list = `lesion_id,image_id,dx,age\n${lines(20, (i) => `HAM_${i},ISIC_${i},${["nv", "mel", "bkl"][i % 3]},${40 + i}`)}`;
  expect(await inspected({ ...tree, "meta.csv": list })).toEqual({
    error: '"meta.csv" names the pictures in "part_a", "part_b", and has "dx": which are the classes?',
    help: 'the list: give it itself, with --target dx if no column is called "label"; the folders: move the list elsewhere',
  });
  const same = `file,kind\n${lines(20, (i) => `ISIC_${i}.png,${i < 10 ? "part_a" : "part_b"}`)}`;
  expect(await inspected({ ...tree, "meta.csv": same })).toMatchObject({ names: ["part_a", "part_b"] });
  const measured = `file,width\n${lines(20, (i) => `ISIC_${i}.png,${i % 4}`)}`;
  expect(await inspected({ ...tree, "meta.csv": measured })).toMatchObject({ names: ["part_a", "part_b"] });
});

test("a list of pictures with numbers and words asks which is learnt, and --target says it", async () => {
  const tree = {
    ...files("p", 30),
    "d.csv": `path,dx,sex,age\n${lines(30, (i) => `p/${i}.png,${["nv", "mel"][i % 2]},${["f", "m"][(i >> 1) % 2]},${40 + ((i * 7) % 23)}.5`)}`,
  };
  expect(await inspected(tree, "d.csv")).toEqual({
    error:
      '"d.csv" has numbers ("age") and words ("dx", "sex") beside its pictures, and no column called "label": which is learnt?',
    help: "name it: --target dx",
  });
  expect(await inspected(tree, "d.csv", { target: "dx" })).toMatchObject({
    task: "image-classification",
    names: ["mel", "nv"],
  });
  expect(await inspected(tree, "d.csv", { target: "age" })).toMatchObject({ task: "image-regression" });
  expect(await inspected(tree, "d.csv", { target: "ax" })).toMatchObject({
    error: '"d.csv" has no column "ax"',
  });
  const folders = { ...files("ant", 6), ...files("bee", 6) };
  expect(await inspected(folders, "", { target: "dx" })).toMatchObject({
    help: "the folders name the classes: leave target out",
  });
});

test("columns of 1 and -1 beside pictures are labels, which are asked for", async () => {
  const tree = {
    ...files("p", 20),
    "d.csv": `path,Male,Smiling\n${lines(20, (i) => `p/${i}.png,${i % 2 ? 1 : -1},${i % 3 ? 1 : -1}`)}`,
  };
  expect(await inspected(tree, "d.csv")).toMatchObject({
    error: '"d.csv" has columns of -1 and 1: "Male", "Smiling"',
  });
  expect(await inspected(tree, "d.csv", { labels: "Male,Smiling" })).toMatchObject({
    names: ["Male", "Smiling"],
  });
});

test("the copies that Roboflow makes of one picture stay in one split", async () => {
  const hash = (i: number) => (i * 2654435761).toString(16).padStart(12, "0");
  const copies = (folder: string) =>
    files(folder, 24, (i) => `${folder}${Math.floor(i / 3)}_jpg.rf.${hash(i + 1)}.png`);
  const found = await inspected({ ...copies("bad"), ...copies("good") });
  expect(found).toMatchObject({ groups: 16, names: ["bad", "good"] });
});

test("sounds: parts of files are refused, and folders of parts are no classes", async () => {
  const sound = (i: number) =>
    wavOf([Float32Array.from({ length: 8000 }, (_, k) => Math.sin(k * 0.01 * (i + 1)))]);
  const clips = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`r${i}.wav`, sound(i)]));
  const rows = `audio,start,end,label\n${lines(20, (i) => `r${i >> 1}.wav,${i % 2},${(i % 2) + 0.5},${i % 2 ? "a" : "b"}`)}`;
  expect(await inspected({ ...clips, "d.csv": rows } as Tree, "d.csv")).toMatchObject({
    error: '"d.csv", line 3 has another part of "r0.wav", from 1 ("start"): parts of files are not read',
    help: expect.stringContaining("cut the clips first"),
  });
  const parts = Object.fromEntries(
    Object.entries(clips).map(([name, bytes], i) => [`part${1 + (i % 2)}/${name}`, bytes]),
  );
  expect(await inspected(parts as Tree)).toMatchObject({
    error: 'the folders "part1", "part2" say where clips are kept, not what they show',
  });
});

test("sounds: files that are longer than the part that their row states are named", async () => {
  const sound = (i: number) =>
    wavOf([Float32Array.from({ length: 16_000 }, (_, k) => Math.sin(k * 0.01 * (i + 1)))]);
  const clips = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`r${i}.wav`, sound(i)]));
  const list = (end: number, begin: number) => ({
    ...clips,
    "d.csv": `audio,start,end,label\n${lines(20, (i) => `r${i}.wav,${begin},${end},${i % 2 ? "a" : "b"}`)}`,
  });
  const found = await inspected(list(0.5, 0.2) as Tree, "d.csv");
  expect(
    "warnings" in found && found.warnings.find(({ code }) => code === "parts_of_clips")?.message,
  ).toMatch(/^20 clips are longer than the part from "start" to "end" of the list, and used whole: "r0.wav"/);
  // Parts that have been cut, as in UrbanSound8K, and whole files.
  for (const [end, begin] of [
    [9, 8],
    [1, 0],
  ] as const)
    expect((await inspected(list(end, begin) as Tree, "d.csv")) as object).toMatchObject({
      codes: expect.not.arrayContaining(["parts_of_clips"]),
    });
});

test("a list beside folders may name pictures whose names repeat, and say what the folders say", async () => {
  const tree = { ...files("ant", 10), ...files("bee", 10) };
  const rows = ["ant", "bee"].flatMap((kind) =>
    Array.from({ length: 10 }, (_, i) => `${kind}/${i}.png,${kind},${i % 2 ? "odd" : "even"}`),
  );
  expect(await inspected({ ...tree, "list.csv": ["image,kind,parity", ...rows].join("\n") })).toMatchObject({
    names: ["ant", "bee"],
    codes: [],
  });
});

test("a list whose paths do not lead to its files says where one is", async () => {
  const tree = {
    ...files("images", 20),
    "d.csv": `image,label\n${lines(20, (i) => `${i}.png,${i % 2 ? "a" : "b"}`)}`,
  };
  expect(await inspected(tree, "d.csv")).toMatchObject({
    error: expect.stringContaining('20 of 20 pictures named in "d.csv" do not exist'),
    help: '"0.png" may be "images/0.png": write the paths as they are below the folder of the list',
  });
});

test("a folder of sounds or texts without classes is no folder without pictures", async () => {
  const sound = wavOf([new Float32Array(800).fill(0.1)]);
  expect(await inspected({ "a.wav": sound, "a.txt": "0.0 1.0 dog", "b.wav": sound } as Tree)).toMatchObject({
    error: '"ROOT" holds 2 clips, but no class folders and no list: nothing says what is learnt of them',
  });
  expect(await inspected({ "a.txt": "Ada slept", "a.ann": "T1\tPER 0 3\tAda" })).toMatchObject({
    error: '"ROOT" holds 1 text, but no class folders and no list: nothing says what is learnt of them',
    help: "entities in BRAT's .ann files are not read: export them as CoNLL, a word and its tag on each line",
  });
});
