import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { runsOfPixels } from "./frame.js";
import { readRunLengths } from "./run-lengths.js";
import {
  areaOfShape,
  boxOfShape,
  fillPolygons,
  pixelsOfRuns,
  polygonArea,
  type RunLengths,
  scaleShape,
} from "./shape.js";

interface GoldenMask {
  readonly size: readonly [height: number, width: number];
  readonly counts: readonly number[];
  readonly text: string;
  readonly area: number;
  readonly bbox: readonly [number, number, number, number];
}
/** Made by pycocotools: scripts/golden/make-coco.py. */
const golden: readonly GoldenMask[] = JSON.parse(
  readFileSync(new URL("../../../test/golden/coco-masks.json", import.meta.url), "utf8"),
);

test.each(golden)(
  "a mask of $size has the counts, area and box of pycocotools",
  ({ size, counts, text, area, bbox }) => {
    const image = { width: size[1], height: size[0] };
    const runs = readRunLengths({ size, counts: text }, image) as RunLengths;
    expect(runs).toEqual(readRunLengths({ size, counts }, image));
    expect(runs.counts).toEqual(counts);
    expect(areaOfShape({ runs })).toBe(area);
    const [x, y, w, h] = bbox;
    expect(boxOfShape({ runs })).toEqual(area === 0 ? undefined : [x, y, x + w, y + h]);
    expect(runsOfPixels(pixelsOfRuns(runs), image)).toEqual(counts);
  },
);

const covered = (pixels: number): string => `the counts of its mask cover ${pixels} pixels, not 3 × 2 = 6`;
const unreadable = "its mask has no readable counts";
test.each([
  ["", unreadable],
  ["P", unreadable],
  ["ooooooooo1", unreadable],
  ["\u0001", unreadable],
  ["5", covered(5)],
  ["OOOO", "its mask has the count -1"],
])("refuses the text %j", (counts, words) => {
  expect(readRunLengths({ size: [2, 3], counts }, undefined)).toBe(counts === "" ? covered(0) : words);
});

test("the area of a ring does not depend on its direction", () => {
  const ring = [0, 0, 4, 0, 4, 3, 0, 3];
  expect(polygonArea(ring)).toBe(12);
  expect(polygonArea([0, 0, 0, 3, 4, 3, 4, 0])).toBe(12);
});

test("a polygon fills the pixels whose centres are inside, and a ring inside another is a hole", () => {
  const pixels = new Uint8Array(36);
  fillPolygons(
    pixels,
    { width: 6, height: 6 },
    [
      [0, 0, 5, 0, 5, 5, 0, 5],
      [1.6, 1.6, 3.4, 1.6, 3.4, 3.4, 1.6, 3.4],
    ],
    7,
  );
  const rows = Array.from({ length: 6 }, (_, i) =>
    [...pixels.subarray(6 * i, 6 * i + 6)].map((v) => (v === 7 ? "#" : ".")).join(""),
  );
  // The hole holds the centre 2.5 of column and row 2 only.
  expect(rows).toEqual(["#####.", "#####.", "##.##.", "#####.", "#####.", "......"]);
});

test("a polygon that leaves the image is cut off", () => {
  const pixels = new Uint8Array(4);
  fillPolygons(pixels, { width: 2, height: 2 }, [[-9, -9, 1, -9, 1, 9, -9, 9]], 1);
  expect([...pixels]).toEqual([1, 0, 1, 0]);
});

test("a mask of twice the size has four times the area", () => {
  const runs = { width: 3, height: 2, counts: [1, 2, 3] };
  expect(areaOfShape(scaleShape({ runs }, 2, 2))).toBe(8);
  expect(boxOfShape(scaleShape({ runs }, 2, 2))).toEqual([0, 0, 4, 4]);
});
