import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { boxTree } from "../../../test/support/box-trees.js";
import { nodePlatform } from "../../platform/node.js";
import { readFolderContent } from "../boxes/folder-content.js";
import { openAnnotations } from "../boxes/open-boxes.js";
import { drawRegions } from "./draw-regions.js";
import type { MaskDataset } from "./mask-dataset.js";
import { openMasks } from "./open-masks.js";
import { readInstances } from "./read-instances.js";
import { readMask } from "./read-mask.js";

const image = { size: [8, 4] as const };
const options = { cache: false, emptyParts: true };
const open = async (files: Parameters<typeof boxTree>[0]) =>
  openMasks(await readFolderContent(nodePlatform, await boxTree(files)), options);
/** Rows of the mask of an item, as text. */
async function rowsOf(
  data: MaskDataset | undefined,
  size?: { readonly width: number; readonly height: number },
) {
  const { width, data: labels } = await readMask(nodePlatform, data!, data!.items[0]!, size);
  const rows = Array.from({ length: labels.length / width }, (_, i) =>
    [...labels.subarray(i * width, (i + 1) * width)].map((v) => (v === 255 ? "x" : String(v))).join(""),
  );
  return rows;
}
const rectangle = (x1: number, y1: number, x2: number, y2: number) => [x1, y1, x2, y1, x2, y2, x1, y2];
const pairs = (ring: readonly number[]) =>
  Array.from({ length: ring.length / 2 }, (_, i) => ring.slice(2 * i, 2 * i + 2));

describe("masks drawn from annotations", () => {
  const coco = (
    annotations: object[],
    categories = [
      { id: 1, name: "cat" },
      { id: 2, name: "dog" },
    ],
  ) => ({
    "labels.json": JSON.stringify({
      images: [{ id: 7, file_name: "a.jpg", width: 8, height: 4 }],
      annotations: annotations.map((one, i) => ({ id: i + 1, image_id: 7, ...one })),
      categories,
    }),
    "a.jpg": image,
  });

  test("COCO: polygons and run lengths, later objects over earlier ones, crowds are not counted", async () => {
    // Columns 6 and 7 of four rows: 24 zeros, 8 ones.
    const crowd = { iscrowd: 1, segmentation: { size: [4, 8], counts: [24, 8] } };
    const data = await open(
      coco([
        { category_id: 1, segmentation: [rectangle(0, 0, 4, 4)] },
        { category_id: 2, segmentation: [rectangle(2, 1, 5, 3)] },
        { category_id: 1, ...crowd },
      ]),
    );
    expect(data?.kind).toEqual({ kind: "outlines" });
    expect(data?.classes).toEqual(["background", "cat", "dog"]);
    expect(await rowsOf(data)).toEqual(["111100xx", "112220xx", "112220xx", "111100xx"]);
  });

  test("a mask is drawn in any size", async () => {
    const data = await open(coco([{ category_id: 1, segmentation: [rectangle(0, 0, 4, 2)] }]));
    expect(await rowsOf(data, { width: 4, height: 2 })).toEqual(["1100", "0000"]);
    expect((await rowsOf(data, { width: 16, height: 8 }))[3]).toBe("1111111100000000");
  });

  test("run lengths keep their holes; rings that overlap do not make one", async () => {
    // Column by column, rows 0 to 3: column 1 full, column 2 with a hole in row 1, column 3 full.
    const runs = { size: [4, 8], counts: [4, 5, 1, 6, 16] };
    const data = await open(
      coco([
        { category_id: 1, segmentation: runs },
        { category_id: 2, segmentation: [rectangle(5, 0, 7, 2), rectangle(6, 1, 8, 3)] },
      ]),
    );
    expect(await rowsOf(data)).toEqual(["01110220", "01010222", "01110022", "01110000"]);
  });

  test("an object that only has a box is not counted, and a warning says so", async () => {
    const data = await open(
      coco([
        { category_id: 1, segmentation: [rectangle(0, 0, 2, 4)] },
        { category_id: 2, bbox: [4, 0, 2, 2] },
      ]),
    );
    expect(await rowsOf(data)).toEqual(["1100xx00", "1100xx00", "11000000", "11000000"]);
    expect(data?.warnings.map(({ message }) => message)).toContain(
      "1 object without an outline: the pixels of its box are not counted",
    );
  });

  test("boxes alone are no masks", async () => {
    expect(await open(coco([{ category_id: 1, bbox: [0, 0, 2, 2] }]))).toBeUndefined();
    const three = [0, 1, 2].map(() => ({ category_id: 1, bbox: [0, 0, 2, 2] }));
    const few = [...three, { category_id: 1, segmentation: [rectangle(0, 0, 2, 2)] }];
    expect(await open(coco(few))).toBeUndefined();
  });

  test("more classes than a mask holds are refused", async () => {
    const categories = Array.from({ length: 255 }, (_, i) => ({ id: i + 1, name: `c${i}` }));
    const one = { category_id: 1, segmentation: [rectangle(0, 0, 2, 2)] };
    await expect(open(coco([one], categories))).rejects.toThrow("255 classes are too many for masks");
    expect(
      (await open(coco([one], categories.slice(1).concat({ id: 1, name: "_background_" }))))?.classes.length,
    ).toBe(255);
  });

  test("the fingerprint changes with an outline", async () => {
    const printOf = async (x: number) =>
      (await open(coco([{ category_id: 1, bbox: [0, 0, 4, 4], segmentation: [[0, 0, 4, 0, x, 4]] }])))
        ?.fingerprint;
    expect(await printOf(1)).toBe(await printOf(1));
    expect(await printOf(2)).not.toBe(await printOf(1));
  });
});

describe("LabelMe", () => {
  const file = (shapes: object[]) => ({
    "a.json": JSON.stringify({ imagePath: "a.jpg", imageWidth: 8, imageHeight: 4, shapes }),
    "a.jpg": image,
  });
  const polygon = (label: string, ring: number[], more: object = {}) => ({
    ...{ label, shape_type: "polygon", points: pairs(ring), ...more },
  });

  test("rectangles are drawn; `_background_` and `__ignore__` are no classes", async () => {
    const data = await open(
      file([
        polygon("pit", rectangle(0, 0, 6, 4)),
        polygon("_background_", rectangle(1, 1, 3, 3)),
        polygon("__ignore__", rectangle(4, 0, 5, 1)),
        {
          label: "pit",
          shape_type: "rectangle",
          points: [
            [7, 1],
            [6, 0],
          ],
        },
      ]),
    );
    expect(data?.classes).toEqual(["background", "pit"]);
    expect(await rowsOf(data)).toEqual(["1111x110", "10011100", "10011100", "11111100"]);
    expect(data?.warnings).toEqual([]);
  });

  test("a circle is a disc, not its box", async () => {
    const data = await open(
      file([
        {
          label: "pit",
          shape_type: "circle",
          points: [
            [2, 2],
            [4, 2],
          ],
        },
      ]),
    );
    // Centres within 2 of (2, 2): the corners of the box are √4.5 = 2.12 away.
    expect(await rowsOf(data)).toEqual(["01100000", "11110000", "11110000", "01100000"]);
  });

  test("masks inside the file are read, and those of one group are one object", async () => {
    const mask = async (values: number[], width: number) => {
      const raw = { width, height: values.length / width, channels: 1 as const };
      const png = sharp(Uint8Array.from(values), { raw }).toColourspace("b-w").png();
      return (await png.toBuffer()).toString("base64");
    };
    const shape = async (points: number[][], values: number[], width: number) => ({
      ...{ label: "pit", shape_type: "mask", group_id: 4, points, mask: await mask(values, width) },
    });
    const data = await open(
      file([
        await shape(
          [
            [1, 1],
            [3, 2],
          ],
          [1, 1, 0, 0, 1, 1],
          3,
        ),
        // Two columns are right of the picture.
        await shape(
          [
            [6, 0],
            [9, 0],
          ],
          [1, 0, 1, 1],
          4,
        ),
      ]),
    );
    expect(await rowsOf(data)).toEqual(["00000010", "01100000", "00110000", "00000000"]);
    expect(data?.items[0]?.mask).toHaveLength(1);
  });

  test("a damaged mask is named", async () => {
    const bad = {
      label: "pit",
      shape_type: "mask",
      points: [
        [1, 1],
        [3, 2],
      ],
      mask: "AAAA",
    };
    const good = { "b.json": file([polygon("pit", rectangle(0, 0, 6, 4))])["a.json"], "b.jpg": image };
    const data = await open({ ...file([polygon("pit", rectangle(0, 0, 6, 4)), bad]), ...good });
    expect(data?.items.map(({ id }) => id)).toEqual(["b.jpg"]);
    expect(data?.skipped).toEqual([
      { item: "a.json, shape 2", reason: expect.stringContaining("it is no PNG") },
    ]);
  });
});

test("CVAT: masks, ellipses and rotated rectangles are drawn as they are", async () => {
  const xml = (content: string) => ({
    "annotations.xml": `<annotations><meta><task><labels><label><name>cat</name></label></labels></task></meta>
<image id="0" name="a.jpg" width="8" height="4">${content}</image></annotations>`,
    "a.jpg": image,
  });
  const mask = `<mask label="cat" left="0" top="1" width="3" height="2" rle="1, 4, 1"/>`;
  expect(await rowsOf(await open(xml(mask)))).toEqual(["00000000", "01100000", "11000000", "00000000"]);
  const ellipse = `<ellipse label="cat" cx="4" cy="2" rx="4" ry="1"/>`;
  // Row 1 has its centres at y = 1.5: |x − 4| < 4 √(1 − 0.25) = 3.46.
  expect(await rowsOf(await open(xml(ellipse)))).toEqual(["00000000", "01111110", "01111110", "00000000"]);
  const turned = `<box label="cat" xtl="2" ytl="1" xbr="6" ybr="3" rotation="90"/>`;
  expect(await rowsOf(await open(xml(turned)))).toEqual(new Array(4).fill("00011000"));
  const other = `<image id="1" name="b.jpg" width="8" height="4">${ellipse}</image>`;
  const wrong = `<mask label="cat" left="0" top="1" width="3" height="2" rle="1, 4"/></image>${other.replace("</image>", "")}`;
  const left = await open({ ...xml(wrong), "b.jpg": image });
  expect(left?.items.map(({ id }) => id)).toEqual(["b.jpg"]);
  expect(left?.skipped).toEqual([
    { item: "annotations.xml, line 2", reason: "the counts of its mask cover 5 pixels, not 3 × 2 = 6" },
  ]);
});

test("masks of instances are read as boxes, scaled to their pictures", async () => {
  const root = await boxTree({ "images/a.jpg": image, "images/b.jpg": image });
  const write = (name: string, values: number[]) =>
    sharp(Uint16Array.from(values), { raw: { width: 4, height: 2, channels: 1 } })
      .toColourspace("grey16")
      .png()
      .toFile(`${root}/${name}`);
  const { mkdirSync } = await import("node:fs");
  mkdirSync(`${root}/masks`);
  await write("masks/a.png", [0, 700, 700, 9, 0, 0, 700, 9]);
  await write("masks/b.png", new Array(8).fill(0));
  const content = await readFolderContent(nodePlatform, root);
  const annotations = (await readInstances(content))!;
  const data = await openAnnotations(content, annotations, options);
  expect([data.layout, data.classes]).toEqual(["instances", ["object"]]);
  // By number: 9, then 700. A pixel of the mask is 2 × 2 pixels of the picture.
  expect(data.items[0]!.objects).toEqual([
    { label: 0, box: [6, 0, 8, 4], area: 8 },
    { label: 0, box: [2, 0, 6, 4], area: 12 },
  ]);
  expect(data.items[1]!.objects).toEqual([]);
  expect(
    await readInstances(await readFolderContent(nodePlatform, await boxTree({ "a.jpg": image }))),
  ).toBeUndefined();
});

test("regions are drawn in their order, in the pixels whose centres they hold", () => {
  const { data } = drawRegions(
    [
      { value: 1, shape: { polygons: [rectangle(0.4, 0, 3, 1)] } },
      { value: 2, shape: { polygons: [rectangle(2, 0, 3.6, 1)] } },
    ],
    { width: 6, height: 1 },
  );
  // The pixel 0 has its centre at 0.5, the pixel 3 at 3.5.
  expect([...data]).toEqual([1, 1, 2, 2, 0, 0]);
});
