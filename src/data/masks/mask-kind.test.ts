import { describe, expect, test } from "vitest";
import { factsOfMask } from "./mask-facts.js";
import { decideMaskKind } from "./mask-kind.js";
import { classesOfMask } from "./mask-values.js";
import type { StoredPng } from "./read-png.js";

/** A mask of one channel, from its rows. */
const grey = (rows: readonly (readonly number[])[], more: Partial<StoredPng> = {}): StoredPng => ({
  ...{ width: rows[0]!.length, height: rows.length, depth: 8, colour: "grey", channels: 1 },
  ...{ values: Uint16Array.from(rows.flat()), ...more },
});
/** A mask of one row. */
const row = (...values: number[]): StoredPng => grey([values]);
const deep = (...rows: readonly (readonly number[])[]): StoredPng => grey(rows, { depth: 16 });
const decide = (pngs: readonly StoredPng[], names = 0) =>
  decideMaskKind(
    pngs.map((png, i) => ({ name: `${i}.png`, facts: factsOfMask(png) })),
    names,
  );
const kindOf = (...pngs: StoredPng[]) => decide(pngs).kind;
const codesOf = (...pngs: StoredPng[]) => decide(pngs).warnings.map(({ sentence }) => sentence?.code);
const refusalOf = (pngs: readonly StoredPng[], names = 0): string => {
  try {
    decide(pngs, names);
  } catch (error) {
    return (error as Error).message;
  }
  return "";
};
/** A list with one value several times. */
const times = (n: number, value: number): number[] => new Array(n).fill(value);

describe("one class", () => {
  test.each([
    [[0, 255], 255],
    [[0, 1], 1],
    // Any other single value beside 0 is one class, too.
    [[0, 128], 128],
    [[0, 2], 2],
  ])("%j is background and one class", (values, high) => {
    expect(kindOf(row(...values), row(0, 0))).toEqual({ kind: "binary", high });
  });

  test("a palette of 0 and 255 is one class, not background and pixels that are not counted", () => {
    const palette = Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3));
    expect(kindOf(grey([[0, 255]], { colour: "palette", palette }))).toEqual({ kind: "binary", high: 255 });
  });

  test("16 bits of 0 and one value are one class", () => {
    expect(kindOf(deep([0, 65535, 0, 65535]))).toEqual({ kind: "binary", high: 65535 });
    expect(kindOf(deep([0, 1]), deep([1, 0]))).toEqual({ kind: "binary", high: 1 });
  });

  test("masks without any background are refused", () => {
    expect(refusalOf([row(255, 255), row(255, 255)])).toBe("every pixel of 2 masks has the value 255");
  });

  test("soft edges are read at the middle, and named", () => {
    const edge = [20, 60, 90, 110, 140, 170, 200, 230, 250];
    const mask = row(...times(900, 0), ...edge, ...times(100, 255));
    const { kind, warnings } = decide([mask, row(...times(1009, 0))]);
    expect(kind).toEqual({ kind: "binary", high: 255, least: 128 });
    expect(warnings.map(({ message }) => message)).toEqual([
      "the masks have soft edges, 9 values on 0.4 % of the pixels: values from 128 on are the object",
    ]);
    // 100 of 255, and 140, 170, 200, 230, 250.
    expect(classesOfMask(mask, kind, undefined, "a").reduce((sum, one) => sum + one, 0)).toBe(105);
  });

  test("soft edges with every level between are no class numbers", () => {
    const levels = Array.from({ length: 254 }, (_, i) => i + 1);
    const mask = row(...times(9000, 0), ...levels, ...times(4000, 255));
    expect(kindOf(mask)).toEqual({ kind: "binary", high: 255, least: 128 });
  });

  test("a level between with many pixels is no edge", () => {
    const levels = [20, 60, 90, 110, 140, 170, 200, 230, 250];
    const mask = row(...times(900, 0), ...levels, ...times(60, 127), ...times(100, 255));
    expect(refusalOf([mask])).toContain("the values of the masks are no class numbers without gaps: 0 (84.");
  });
});

const withGaps = "no class numbers without gaps";
describe("class numbers", () => {
  test("numbers without gaps are classes, with 255 as what is not counted", () => {
    expect(kindOf(row(0, 1, 2, 255))).toEqual({ kind: "classes", highest: 2 });
    // The Oxford pets' trimaps begin at 1.
    expect(kindOf(row(1, 2, 3))).toEqual({ kind: "classes", highest: 3 });
  });

  test.each([
    [[...times(8, 0), 127, 255], "0 (80 %), 127 (10 %), 255 (10 %)"],
    [[0, 85, 170, 255], "0 (25 %), 85 (25 %), 170 (25 %), 255 (25 %)"],
    [[0, 1, 3, 3], "0 (25 %), 1 (25 %), 3 (50 %)"],
  ])("gaps are refused with values and shares: %j", (values, words) => {
    expect(refusalOf([row(...values)])).toBe(
      `the values of the masks are no class numbers without gaps: ${words}`,
    );
  });

  test("a list of names allows gaps", () => {
    expect(decide([row(0, 1, 7, 255)], 20).kind).toEqual({ kind: "classes", highest: 7 });
    expect(refusalOf([row(0, 1, 7)], 5)).toContain(withGaps);
  });

  test("255 that covers much more than all classes is no pixel to leave out", () => {
    const mask = row(...times(70, 0), 1, ...times(29, 255));
    expect(refusalOf([mask])).toContain("255 covers more pixels of the masks than all classes");
    expect(decide([mask], 2).kind).toEqual({ kind: "classes", highest: 1 });
  });

  test("two conventions in one set are refused with a mask of each", () => {
    expect(refusalOf([row(0, 0, 0, 1), row(0, 0, 255, 255)])).toBe(
      'the masks have two conventions: "0.png" has 0 (75 %), 1 (25 %), but "1.png" has 0 (50 %), 255 (50 %)',
    );
    // A mask with only pixels to leave out, beside masks with both.
    expect(kindOf(row(0, 1, 255), row(0, 255))).toEqual({ kind: "classes", highest: 1 });
  });

  test("more than 64 numbers need names or a palette", () => {
    // Each number twice, apart: no objects.
    const numbers = Array.from({ length: 90 }, (_, i) => i);
    const mask = row(...numbers, ...numbers);
    expect(refusalOf([mask])).toContain("and 84 other values");
    expect(decide([mask], 90).kind).toEqual({ kind: "classes", highest: 89 });
  });

  test("a palette in colour may lack numbers, which a warning says", () => {
    const palette = Uint8Array.from([0, 0, 0, 200, 0, 0, 0, 200, 0, 0, 0, 200]);
    const mask = grey([[0, 1, 3]], { colour: "palette", palette });
    expect(kindOf(mask)).toEqual({ kind: "classes", highest: 3 });
    expect(codesOf(mask)).toEqual(["masks-missing-numbers"]);
  });

  test("an index with another colour in another mask is refused", () => {
    const mask = (...colour: number[]) =>
      grey([[0, 1]], { colour: "palette", palette: Uint8Array.from([0, 0, 0, ...colour]) });
    expect(refusalOf([mask(200, 0, 0), mask(0, 200, 0)])).toBe(
      'the index 1 has the colour 200,0,0 in "0.png" and 0,200,0 in "1.png"',
    );
  });
});

describe("numbers of objects", () => {
  test("16 bits with one region each are objects, with gaps or without", () => {
    expect(kindOf(deep([1, 1, 0, 2]), deep([1, 0, 2, 3]))).toEqual({ kind: "instances" });
    expect(kindOf(deep([0, 700, 700, 9]), deep([0, 31, 0, 0]))).toEqual({ kind: "instances" });
  });

  test("few values of 16 bits in several regions are classes, which a warning says", () => {
    const masks = [deep([1, 0, 1, 2, 0, 2]), deep([1, 0, 1, 0, 1, 0])];
    expect(kindOf(...masks)).toEqual({ kind: "classes", highest: 2 });
    expect(codesOf(...masks)).toEqual(["masks-deep-classes"]);
  });

  test("the same few values with gaps in all masks are neither", () => {
    const masks = [deep([0, 256, 256, 512]), deep([256, 0, 0, 512])];
    expect(refusalOf(masks)).toBe(
      "the values of the masks are neither class numbers without gaps nor numbers of objects: 0 (37.5 %), 256 (37.5 %), 512 (25 %)",
    );
  });

  test("many values of 8 bits are objects if each has one region", () => {
    const numbers = Array.from({ length: 80 }, (_, i) => i);
    expect(kindOf(row(...numbers))).toEqual({ kind: "instances" });
    // A photograph as a mask.
    const noise = row(...Array.from({ length: 3000 }, (_, i) => (Math.imul(i, 2654435761) >>> 24) & 255));
    expect(refusalOf([noise])).toContain(withGaps);
  });

  test("8 bits that number single regions are classes, with a warning", () => {
    const masks = [row(1, 1, 0, 2, 0, 3), row(0, 1, 1, 0, 2, 0)];
    expect(kindOf(...masks)).toEqual({ kind: "classes", highest: 3 });
    expect(codesOf(...masks)).toEqual(["masks-maybe-objects"]);
  });

  test("regions that touch at a corner are one", () => {
    const { regions } = factsOfMask(
      grey([
        [1, 0, 2, 2],
        [0, 1, 0, 2],
        [1, 0, 2, 0],
      ]),
    );
    expect(regions).toBe(2);
    // A U is one region, which begins as two.
    const u = [
      [1, 0, 1],
      [1, 1, 1],
    ];
    expect(factsOfMask(grey(u)).regions).toBe(1);
  });
});

describe("alpha", () => {
  const rgba = (...pixels: readonly (readonly number[])[]): StoredPng =>
    grey([pixels.flat()], { width: pixels.length, height: 1, colour: "rgba", channels: 4 });

  test("constant colours: the mask is in the alpha channel", () => {
    const mask = rgba([9, 9, 9, 0], [9, 9, 9, 255]);
    const { kind } = decide([mask, rgba([9, 9, 9, 0], [9, 9, 9, 0])]);
    expect(kind).toEqual({ kind: "binary", high: 255, channel: "alpha" });
    expect([...classesOfMask(mask, kind, undefined, "a")]).toEqual([0, 1]);
  });

  test("grey and alpha, too", () => {
    const mask = grey([[7, 0, 7, 255]], { width: 2, colour: "grey-alpha", channels: 2 });
    expect(kindOf(mask)).toEqual({ kind: "binary", high: 255, channel: "alpha" });
  });

  test("alpha that follows from the colours says nothing more", () => {
    const mask = rgba([0, 0, 0, 0], [255, 255, 255, 255]);
    expect(kindOf(mask)).toEqual({ kind: "binary", high: 255 });
  });

  test("colours and alpha that say different things are refused", () => {
    const mask = rgba([0, 0, 0, 0], [255, 255, 255, 255], [255, 255, 255, 0]);
    expect(refusalOf([mask])).toContain('colour and alpha of the mask "0.png" say different things');
  });
});

test("colours of 16 bits are refused, and grey ones are read", () => {
  const wide = (...pixels: number[]) =>
    grey([pixels], { width: pixels.length / 3, colour: "rgb", channels: 3, depth: 16 });
  expect(refusalOf([wide(0, 0, 0, 65535, 0, 0)])).toContain("has colours of 16 bits a channel");
  expect(kindOf(wide(0, 0, 0, 65535, 65535, 65535))).toEqual({ kind: "binary", high: 65535 });
});
