import sharp, { type PngOptions } from "sharp";
import { describe, expect, test } from "vitest";
import { factsOfMask } from "./mask-facts.js";
import { decideMaskKind } from "./mask-kind.js";
import { boxesOfInstances, classesOfMask, readColourMap } from "./mask-values.js";
import { readPng, type StoredPng } from "./read-png.js";

const grey = (values: number[], width: number, options: PngOptions = {}) =>
  sharp(Uint8Array.from(values), { raw: { width, height: values.length / width, channels: 1 } })
    .toColourspace("b-w")
    .png(options)
    .toBuffer();

/** Pixels in a pattern that makes libpng use every filter. */
const pattern = Array.from(
  { length: 40 * 30 },
  (_, i) => (Math.imul(i, 2654435761) >>> 24) & (i < 600 ? 255 : 3),
);

describe("PNG", () => {
  test.each([[{}], [{ adaptiveFiltering: true }], [{ compressionLevel: 0 }]])(
    "grey levels are those that were written, with %j",
    async (options) => {
      const png = await readPng(await grey(pattern, 40, options), "a.png");
      expect(png).toMatchObject({ width: 40, height: 30, depth: 8, colour: "grey", channels: 1 });
      expect([...png.values]).toEqual(pattern);
    },
  );

  test("colours are those that were written, with the filters of three channels", async () => {
    const bytes = Uint8Array.from(pattern);
    const file = await sharp(bytes, { raw: { width: 20, height: 20, channels: 3 } })
      .png({ adaptiveFiltering: true })
      .toBuffer();
    const png = await readPng(file, "a.png");
    expect(png.colour).toBe("rgb");
    expect([...png.values]).toEqual(pattern);
  });

  test("indices of a palette stay indices, and give the written colours", async () => {
    const colours = [0, 0, 0, 200, 10, 10, 10, 200, 10];
    const data = Uint8Array.from(
      { length: 16 * 3 },
      (_, i) => colours[(Math.floor(i / 3) % 3) * 3 + (i % 3)]!,
    );
    const file = await sharp(data, { raw: { width: 4, height: 4, channels: 3 } })
      .png({ palette: true, colours: 4, dither: 0 })
      .toBuffer();
    const png = await readPng(file, "a.png");
    expect(png.colour).toBe("palette");
    const back = Array.from(png.values, (index) => [
      ...png.palette!.subarray(3 * index, 3 * index + 3),
    ]).flat();
    expect(back).toEqual([...data]);
  });

  test("16-bit values keep all bits", async () => {
    const values = [0, 1, 256, 65535, 700, 3];
    const file = await sharp(Uint16Array.from(values), { raw: { width: 3, height: 2, channels: 1 } })
      .toColourspace("grey16")
      .png()
      .toBuffer();
    const png = await readPng(file, "a.png");
    expect(png.depth).toBe(16);
    expect([...png.values]).toEqual(values);
  });

  test("refuses damaged files and other formats", async () => {
    const good = await grey(pattern, 40);
    const at = (change: (bytes: Uint8Array) => void) => {
      const bytes = Uint8Array.from(good);
      change(bytes);
      return readPng(bytes, "a.png");
    };
    await expect(readPng(Uint8Array.from([0xff, 0xd8]), "a.jpg")).rejects.toThrow("it is no PNG");
    await expect(readPng(good.subarray(0, good.length - 40), "a.png")).rejects.toThrow("it ends too early");
    await expect(at((b) => b.fill(0xff, 16, 24))).rejects.toThrow(
      "4294967295 × 4294967295 pixels are not possible",
    );
    await expect(at((b) => b.fill(0, 70, 100))).rejects.toThrow("damaged");
    // Twice as high as its content.
    await expect(at((b) => b.set([60], 23))).rejects.toThrow("ends too early");
    await expect(at((b) => b.set([1], 28))).rejects.toThrow("it is interlaced");
  });
});

const stored = (values: number[], more: Partial<StoredPng> = {}): StoredPng => ({
  ...{ width: values.length / (more.channels ?? 1), height: 1, depth: 8, colour: "grey", channels: 1 },
  ...{ values: Uint8Array.from(values), ...more },
});
const kindOf = (...pngs: StoredPng[]) =>
  decideMaskKind(pngs.map((png, i) => ({ name: `${i}.png`, facts: factsOfMask(png) }))).kind;

describe("what values mean is decided over all masks", () => {
  test("0 and 255 are background and object, even if one mask is empty", () => {
    expect(kindOf(stored([0, 0]), stored([0, 255]))).toEqual({ kind: "binary", high: 255 });
    expect([...classesOfMask(stored([0, 255]), { kind: "binary", high: 255 }, undefined, "a")]).toEqual([
      0, 1,
    ]);
  });

  test("0 and 1 are, too; with 255 they are classes, and 255 is not counted", () => {
    expect(kindOf(stored([0, 1]))).toEqual({ kind: "binary", high: 1 });
    const kind = kindOf(stored([0, 1, 255]));
    expect(kind).toEqual({ kind: "classes", highest: 1 });
    expect([...classesOfMask(stored([0, 1, 255]), kind, undefined, "a")]).toEqual([0, 1, 255]);
  });

  test("each number of a mask of instances is a box", () => {
    const png = stored([0, 7, 7, 9, 0, 7, 0, 9], { width: 4, height: 2 });
    expect(boxesOfInstances(png)).toEqual([
      { box: [1, 0, 3, 2], area: 3 },
      { box: [3, 0, 4, 2], area: 2 },
    ]);
  });

  test("grey masks with three channels are grey", () => {
    const kind = kindOf(stored([0, 0, 0, 255, 255, 255], { colour: "rgb", channels: 3 }));
    expect(kind).toEqual({ kind: "binary", high: 255 });
  });

  test("colours need a map, and a colour outside of it is named with its pixels", () => {
    const png = stored([0, 0, 0, 200, 10, 10, 1, 2, 3], { colour: "rgb", channels: 3 });
    const kind = kindOf(png);
    expect(kind).toEqual({ kind: "colours" });
    const map = readColourMap("name,r,g,b\nbackground,0,0,0\ncar,200,10,10\n", "classes.csv");
    expect(map.classes).toEqual(["background", "car"]);
    expect(() => classesOfMask(png, kind, map, "a.png")).toThrow(
      'the mask "a.png" has 1 colour that no class has: 1,2,3 (1 pixel)',
    );
    const cvat = readColourMap(
      "# label:color_rgb:parts:actions\nbackground:0,0,0::\ncar:200,10,10::\nroad:1,2,3::\n",
      "labelmap.txt",
    );
    expect([...classesOfMask(png, kind, cvat, "a.png")]).toEqual([0, 1, 2]);
    expect(() => readColourMap("car,300,0,0", "classes.csv")).toThrow('"classes.csv", line 1 is no colour');
    expect(() => readColourMap("a,1,1,1\nb,2,2,2\na,3,3,3", "classes.csv")).toThrow(
      '"classes.csv" names two classes "a": 0 and 2',
    );
    expect(() => readColourMap("a,1,1,1\nb,1,1,1", "classes.csv")).toThrow(
      'line 2 has the colour of "a" again',
    );
  });
});
