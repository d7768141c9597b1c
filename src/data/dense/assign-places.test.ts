import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Box } from "../boxes/box.js";
import { placesOf } from "../boxes/places.js";
import { assignPlaces } from "./assign-places.js";

interface GoldenCase {
  readonly name: string;
  readonly levels: readonly (readonly [height: number, width: number])[];
  readonly width: number;
  readonly height: number;
  readonly anchor: number;
  readonly boxes: readonly Box[];
  readonly owners: readonly (readonly [place: number, box: number])[];
  readonly nearest: number;
  readonly unassigned: number;
}
/** Made by brute force with NumPy: scripts/golden/make-assignment.py. */
const golden: readonly GoldenCase[] = JSON.parse(
  readFileSync(new URL("../../../test/golden/assignment.json", import.meta.url), "utf8"),
);

const placesIn = (levels: GoldenCase["levels"], width: number, height: number) =>
  placesOf(
    levels.map(([h, w]) => ({ stride: Math.round(width / w), height: h, width: w })),
    { width, height },
  );
const usual = placesIn(
  [
    [8, 12],
    [4, 6],
    [2, 3],
  ],
  96,
  64,
);

describe("assignPlaces", () => {
  test.each(golden)("finds the places that sorting all of them finds: $name", (one) => {
    const places = placesIn(one.levels, one.width, one.height);
    const { boxes, anchor } = one;
    // Each box has its own class, so labels tell which box a place has.
    const found = assignPlaces({ boxes, labels: boxes.map((_, g) => g), ignored: [] }, places, {
      classes: boxes.length,
      anchor,
    });
    const owners = [...found.labels.entries()].filter(([, label]) => label < boxes.length);
    expect(owners).toEqual(one.owners);
    expect(found.counts).toMatchObject({
      boxes: boxes.length,
      nearest: one.nearest,
      unassigned: one.unassigned,
    });
    for (const [place, box] of one.owners)
      expect([...found.boxes.subarray(4 * place, 4 * place + 4)]).toEqual(boxes[box]!.map(Math.fround));
  });

  test("a place without a box has the class K and a square of two cells around it", () => {
    const { labels, boxes, weights } = assignPlaces({ boxes: [], labels: [], ignored: [] }, usual, {
      classes: 3,
    });
    expect(new Set(labels)).toEqual(new Set([3]));
    expect(new Set(weights)).toEqual(new Set([1]));
    // The first place of the level of stride 8 is at (4, 4).
    expect([...boxes.subarray(0, 4)]).toEqual([-4, -4, 12, 12]);
  });

  test("places in an ignored region have the weight 0, except those with a box", () => {
    const box: Box = [16, 16, 64, 48];
    const ignored: Box[] = [[0, 0, 40, 64]];
    const { labels, weights } = assignPlaces({ boxes: [box], labels: [0], ignored }, usual, { classes: 1 });
    for (let p = 0; p < usual.count; p++) {
      const inside = usual.points[2 * p]! < 40;
      expect(weights[p]).toBe(inside && labels[p] === 1 ? 0 : 1);
    }
    expect([...labels].filter((label) => label === 0).length).toBeGreaterThan(0);
  });

  test("counts boxes whose side is below 1.5 cells of the finest level", () => {
    const boxes: Box[] = [
      [10, 10, 21, 22],
      [10, 10, 22, 22],
    ];
    const { counts } = assignPlaces({ boxes, labels: [0, 0], ignored: [] }, usual, { classes: 1 });
    expect(counts).toMatchObject({ boxes: 2, small: 1 });
  });
});

test("places are the centres of cells, level by level and row by row", () => {
  expect(usual.count).toBe(96 + 24 + 6);
  expect(usual.levels.map(({ first }) => first)).toEqual([0, 96, 120]);
  // Row 1, column 2 of the second level.
  expect([...usual.points.subarray(2 * (96 + 8), 2 * (96 + 8) + 2)]).toEqual([40, 24]);
  // A level of 51 columns over 415 pixels: W / w, not the nominal stride.
  const uneven = placesIn([[39, 51]], 415, 313);
  expect(uneven.strides[0]).toBe(Math.fround(415 / 51));
  expect(uneven.points[2]).toBe(Math.fround((1.5 * 415) / 51));
});
