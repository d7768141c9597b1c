import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { boxTree } from "../../../test/support/box-trees.js";
import { nodePlatform } from "../../platform/node.js";
import { readFolderContent } from "../boxes/folder-content.js";
import { annotationsAt } from "../boxes/read-annotations.js";
import { findMaskPairs } from "./mask-pairs.js";
import { openMasks } from "./open-masks.js";
import { readMask } from "./read-mask.js";

const image = { size: [8, 4] as const };

/** Writes images, and masks from their values. */
async function maskTree(
  images: Parameters<typeof boxTree>[0],
  masks: Readonly<
    Record<string, { readonly values: readonly number[]; readonly width: number; readonly channels?: 1 | 3 }>
  >,
) {
  const root = await boxTree(images);
  for (const [name, { values, width, channels = 1 }] of Object.entries(masks)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    const raw = { width, height: values.length / width / channels, channels };
    const picture = sharp(Uint8Array.from(values), { raw });
    await (channels === 1 ? picture.toColourspace("b-w") : picture).toFile(join(root, name));
  }
  return readFolderContent(nodePlatform, root);
}

const half = Array.from({ length: 32 }, (_, i) => (i % 8 < 4 ? 0 : 255));
const options = { cache: false, emptyParts: true };

test("pairs are files of one name in folders that differ by images and masks", () => {
  const { pairs, skipped, warnings } = findMaskPairs([
    ...["test/images/a.jpg", "test/masks/a.png", "train/images/a.jpg", "train/masks/a.png"],
    ...["b.jpg", "b_mask.png", "masks/c.png", "d.jpg"],
  ]);
  expect(pairs).toEqual([
    { id: "test/images/a.jpg", mask: "test/masks/a.png" },
    { id: "train/images/a.jpg", mask: "train/masks/a.png" },
    { id: "b.jpg", mask: "b_mask.png" },
  ]);
  expect(skipped).toEqual([{ item: "masks/c.png", reason: "there is no picture for this mask" }]);
  expect(warnings[0]!.message).toBe('1 picture left out, since there is no mask: "d.jpg"');
});

test.each([
  ["nnU-Net", "imagesTr/case_1_0000.png", "labelsTr/case_1.png"],
  [
    "Cityscapes",
    "leftImg8bit/train/aachen/aachen_000000_000019_leftImg8bit.png",
    "gtFine/train/aachen/aachen_000000_000019_gtFine_labelIds.png",
  ],
  ["CamVid", "train/0001TP_6690.png", "train_labels/0001TP_6690_L.png"],
  ["SegNet's CamVid", "train/a.png", "trainannot/a.png"],
  ["Carvana", "train/a_01.jpg", "train_masks/a_01_mask.png"],
  ["ISIC", "ISIC_Training_Data/ISIC_1.jpg", "ISIC_Training_GroundTruth/ISIC_1_segmentation.png"],
  ["Keras", "x_train/0.png", "y_train/0.png"],
  [
    "ISIC 2018",
    "ISIC2018_Task1-2_Training_Input/ISIC_1.jpg",
    "ISIC2018_Task1_Training_GroundTruth/ISIC_1_segmentation.png",
  ],
  ["Oxford pets", "images/a.jpg", "annotations/trimaps/a.png"],
  ["Pascal VOC", "JPEGImages/a.jpg", "SegmentationClass/a.png"],
  ["folders of a class each", "COVID/images/a.png", "COVID/masks/a.png"],
])("names of pictures and masks in %s", (_, id, mask) => {
  expect(findMaskPairs([id, mask]).pairs).toEqual([{ id, mask }]);
});

test("equal names are pairs before endings are removed, and a mask of two pictures is refused", () => {
  const eyes = ["eye0_L", "eye0_R", "bottle_label"].flatMap((name) => [
    `images/${name}.png`,
    `masks/${name}.png`,
  ]);
  expect(findMaskPairs(eyes)).toMatchObject({
    pairs: ["eye0_L", "eye0_R", "bottle_label"].map((name) => ({
      id: `images/${name}.png`,
      mask: `masks/${name}.png`,
    })),
    skipped: [],
    warnings: [],
  });
  expect(() => findMaskPairs(["images/0.jpg", "images/0.png", "masks/0.png"])).toThrow(
    '"masks/0.png" may be the mask of two pictures: "images/0.jpg", "images/0.png"',
  );
});

test("the colours and objects of Cityscapes and Pascal VOC are no masks of their own, two masks of a picture are refused", () => {
  const voc = ["JPEGImages/a.jpg", "SegmentationClass/a.png", "SegmentationObject/a.png"];
  expect(findMaskPairs(voc)).toMatchObject({ pairs: [{ mask: voc[1] }], warnings: [] });
  const city = ["labelIds", "color", "instanceIds"].map((what) => `gtFine/val/x/x_1_gtFine_${what}.png`);
  expect(findMaskPairs(["leftImg8bit/val/x/x_1_leftImg8bit.png", ...city])).toMatchObject({
    pairs: [{ mask: city[0] }],
    warnings: [],
  });
  expect(() => findMaskPairs(["images/a.jpg", "masks/a.png", "a_dir/images/b.jpg", "labels/a.png"])).toThrow(
    '"images/a.jpg" has 2 masks: "masks/a.png", "labels/a.png"',
  );
});

test("folders such as with_mask and cat_images are classes, and cities below masks are none", async () => {
  const taskOf = async (...names: readonly string[]) =>
    annotationsAt(nodePlatform, await boxTree(Object.fromEntries(names.map((name) => [name, image]))));
  expect(await taskOf("with_mask/1.png", "without_mask/1.png")).toBeUndefined();
  expect(await taskOf("cat_images/1.png", "dog_images/1.png")).toBeUndefined();
  const city = (name: string) => [
    `leftImg8bit/train/${name}/${name}_1_leftImg8bit.png`,
    `gtFine/train/${name}/${name}_1_gtFine_labelIds.png`,
  ];
  expect(await taskOf(...city("aachen"), ...city("bremen"))).toBe("masks");
});

test.each([
  ["Roboflow's _classes.csv", "train/_classes.csv", "Pixel Value, Class\n0, background\n1, road\n2, car\n"],
  ["nnU-Net's dataset.json", "dataset.json", '{"labels":{"background":0,"road":1,"car":2}}'],
  ["an older dataset.json", "dataset.json", '{"labels":{"0":"background","1":"road","2":"car"}}'],
])("the values of masks are named by %s", async (_, file, text) => {
  const values = Array.from({ length: 32 }, (_, i) => i % 3);
  const content = await maskTree(
    { "images/a.jpg": image, "images/b.jpg": image, [file]: text },
    { "masks/a.png": { values, width: 8 }, "masks/b.png": { values, width: 8 } },
  );
  expect((await openMasks(content, options))!.classes).toEqual(["background", "road", "car"]);
});

test("the splits of Pascal VOC's masks are those of ImageSets/Segmentation", async () => {
  const content = await maskTree(
    {
      "JPEGImages/a.jpg": image,
      "JPEGImages/b.jpg": image,
      "JPEGImages/c.jpg": image,
      "ImageSets/Segmentation/train.txt": "a\n",
      "ImageSets/Segmentation/val.txt": "b\n",
      "ImageSets/Segmentation/test.txt": "c\n",
    },
    Object.fromEntries(
      ["a", "b", "c"].map((name) => [`SegmentationClass/${name}.png`, { values: half, width: 8 }]),
    ),
  );
  const { items } = (await openMasks(content, options))!;
  expect(items.map(({ part }) => part)).toEqual(["train", "validation", "test"]);
});

test("masks of 0 and 255 are one class, and a mask of half the size is enlarged", async () => {
  const content = await maskTree(
    { "train/images/a.jpg": image, "test/images/b.jpg": image },
    {
      "train/masks/a.png": { values: half, width: 8 },
      "test/masks/b.png": { values: [0, 255, 0, 0, 0, 0, 0, 0], width: 4 },
    },
  );
  const data = (await openMasks(content, options))!;
  expect(data.kind).toEqual({ kind: "binary", high: 255 });
  expect(data.classes).toEqual(["background", "foreground"]);
  expect(data.items.map(({ id, part }) => [id, part])).toEqual([
    ["test/images/b.jpg", "test"],
    ["train/images/a.jpg", "train"],
  ]);
  const { data: first } = await readMask(nodePlatform, data, data.items[0]!);
  expect([...first.subarray(0, 8)]).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
  expect([...first.subarray(8, 16)]).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
  const { data: second } = await readMask(nodePlatform, data, data.items[1]!);
  expect([...second]).toEqual(half.map((v) => (v === 255 ? 1 : 0)));
});

test("masks of another shape, and JPEG masks, are named", async () => {
  const shape = await maskTree({ "images/a.jpg": image }, { "masks/a.png": { values: half, width: 4 } });
  const error = await openMasks(shape, options).catch((one) => one);
  expect(error.format()).toContain("masks/a.png: it has 4 × 8 pixels, its picture 8 × 4");
  const jpeg = await maskTree({ "images/a.jpg": image }, { "masks/a.jpg": { values: half, width: 8 } });
  await expect(openMasks(jpeg, options)).rejects.toThrow("1 of 1 mask (100 %) in");
});

test("masks in colour need a colour map", async () => {
  const values = half.flatMap((v) => (v === 0 ? [0, 0, 0] : [200, 10, 10]));
  const masks = { "masks/a.png": { values, width: 8, channels: 3 as const } };
  const without = await openMasks(await maskTree({ "images/a.jpg": image }, masks), options).catch(
    (one) => one,
  );
  expect(without.format()).toContain(
    "have colours, and no file names them\n  at 2 colours: 0,0,0; 200,10,10",
  );
  const map = "name,r,g,b\nbackground,0,0,0\ncar,200,10,10\n";
  const data = (await openMasks(
    await maskTree({ "images/a.jpg": image, "classes.csv": map }, masks),
    options,
  ))!;
  expect(data.classes).toEqual(["background", "car"]);
  expect([...(await readMask(nodePlatform, data, data.items[0]!)).data]).toEqual(
    half.map((v) => (v === 255 ? 1 : 0)),
  );
});

test("masks without the name of a picture are named, and their folders are no classes", async () => {
  const files = {
    "images/1.jpg": image,
    "images/2.jpg": image,
    "masks/1_labelIds.png": image,
    "masks/2_labelIds.png": image,
  };
  const root = await boxTree(files);
  expect(await annotationsAt(nodePlatform, root)).toBe("masks");
  const error = await openMasks(await readFolderContent(nodePlatform, root), options).catch((one) => one);
  expect(error.format()).toContain(
    'has the name of a picture\n  at "masks/1_labelIds.png" beside "images/1.jpg"',
  );
  // Two classes of faces.
  const faces = await boxTree({ "mask/1.jpg": image, "no_mask/1.jpg": image });
  expect(await annotationsAt(nodePlatform, faces)).toBeUndefined();
});

test("a folder without masks is none of masks", async () => {
  expect(await openMasks(await maskTree({ "cat/a.jpg": image }, {}), options)).toBeUndefined();
});

test("a pattern on the path gives the groups, and a group is never divided", async () => {
  const names = Array.from({ length: 40 }, (_, i) => `film${Math.floor(i / 4)}_${i % 4}`);
  const content = await maskTree(
    Object.fromEntries(names.map((name) => [`images/${name}.jpg`, image])),
    Object.fromEntries(names.map((name) => [`masks/${name}.png`, { values: half, width: 8 }])),
  );
  const itemsOf = async (groupFrom?: string) =>
    (await openMasks(content, { cache: false, ...(groupFrom && { groupFrom }) }))!.items;
  /** Number of pairs of a film and a split that has pictures of it. */
  const placesOf = async (groupFrom?: string) =>
    new Set((await itemsOf(groupFrom)).map(({ id, part }) => `${id.slice(7, 12)} ${part}`)).size;
  expect(await placesOf()).toBeGreaterThan(10);
  expect(await placesOf("(film[0-9])_")).toBe(10);
  expect((await itemsOf("(film[0-9])_"))[4]).toMatchObject({ id: "images/film1_0.jpg", group: "film1" });
  await expect(itemsOf("scene")).rejects.toThrow('groupFrom "scene" fits no picture');
});
