import { expect, test } from "vitest";
import {
  isSegmentationDetails,
  packErrorMap,
  type SegmentationDetails,
  unpackMap,
} from "./segmentation-details.js";

test("a map is packed as values and how often they follow, and unpacked again", () => {
  const map = Uint8Array.from([0, 0, 1, 1, 1, 0]);
  const packed = packErrorMap(map, { width: 3, height: 2 });
  expect(packed).toEqual({ width: 3, height: 2, runs: [0, 2, 1, 3, 0, 1] });
  expect(unpackMap(packed)).toEqual(map);
});

test.each([
  // ceil(961 / 480) = 3: every third column and row.
  [961, 2, { width: 321, height: 1 }],
  [2, 960, { width: 1, height: 480 }],
  [480, 1, { width: 480, height: 1 }],
])("a map of %i × %i is thinned to at most 480 pixels a side", (width, height, size) => {
  const map = Uint8Array.from(
    { length: width * height },
    (_, i) => ((i % width) + Math.floor(i / width)) % 5,
  );
  const packed = packErrorMap(map, { width, height });
  expect(packed).toMatchObject(size);
  const step = Math.ceil(Math.max(width, height) / 480);
  expect(Array.from(unpackMap(packed))).toEqual(
    Array.from({ length: size.width * size.height }, (_, i) => {
      const [x, y] = [step * (i % size.width), step * Math.floor(i / size.width)];
      return (x + y) % 5;
    }),
  );
});

const sound: SegmentationDetails = {
  ...{
    format: 1,
    root: "data",
    confusion: [
      [1, 0],
      [0, 3],
    ],
  },
  by_class: [
    { name: "background", pictures: 1, share: 0.25, right: 1, precision: 1, recall: 1, takenFor: null },
    {
      ...{ name: "leaf", pictures: 1, share: 0.75, right: 3, precision: null, recall: 1 },
      takenFor: { name: "background", pixels: 1 },
    },
  ],
  worst: [
    {
      ...{ item: "a.png", width: 2, height: 1, iou: 0.5, wrong: 0.5 },
      map: { width: 2, height: 1, runs: [1, 1, 2, 1] },
    },
  ],
};
const [picture] = sound.worst;
const withMap = (map: object) => ({ ...sound, worst: [{ ...picture, map: { ...picture!.map, ...map } }] });

test("details that a run wrote are accepted", () => {
  expect(isSegmentationDetails(sound, 2)).toBe(true);
});

test.each<[string, unknown]>([
  ["nothing", null],
  ["another format", { ...sound, format: 2 }],
  ["a confusion of other classes", { ...sound, confusion: [[1]] }],
  [
    "text in the confusion",
    {
      ...sound,
      confusion: [
        [1, "0"],
        [0, 3],
      ],
    },
  ],
  ["a missing class", { ...sound, by_class: sound.by_class.slice(1) }],
  ["a name that is no text", { ...sound, by_class: sound.by_class.map((row) => ({ ...row, name: {} })) }],
  ["a picture without a size", { ...sound, worst: [{ ...picture, width: 0 }] }],
  ["runs that are shorter than the map", withMap({ runs: [1, 1] })],
  ["a kind of pixels that does not exist", withMap({ runs: [6, 2] })],
  ["a run of negative length", withMap({ runs: [1, 3, 1, -1] })],
  ["a map that is too large", withMap({ width: 481, height: 1, runs: [1, 481] })],
])("details with %s are refused", (_, json) => {
  expect(isSegmentationDetails(json, 2)).toBe(false);
});
