import { expect, test } from "vitest";
import type { BoxReading } from "./annotations.js";
import type { Box } from "./box.js";
import { checkCoordinates, type ReadBox } from "./check-coordinates.js";

const size = { width: 200, height: 100 };
const boxes = (all: readonly Box[], more: Partial<ReadBox> = {}): ReadBox[] =>
  all.map((box, i) => ({ box, size, at: `labels, object ${i + 1}`, ...more }));
/** Four objects all over a picture of 200 × 100 pixels. */
const objects: readonly Box[] = [
  [10, 10, 60, 40],
  [120, 50, 190, 95],
  [30, 60, 80, 90],
  [100, 20, 180, 60],
];
const refusalOf = (
  all: readonly ReadBox[],
  reading: BoxReading | undefined,
  unit: "pixels" | "shares" = "pixels",
): string => {
  try {
    checkCoordinates(all, { unit, reading });
  } catch (error) {
    return (error as Error).message;
  }
  return "";
};
const xywh = ([x, y, w, h]: Box): Box => [x, y, x + w, y + h];
const centred = ([x, y, w, h]: Box): Box => [x - w / 2, y - h / 2, x + w / 2, y + h / 2];
const sized = ([x1, y1, x2, y2]: Box): Box => [x1, y1, x2 - x1, y2 - y1];
const shares = ([x1, y1, x2, y2]: Box): Box => [x1 / 200, y1 / 100, x2 / 200, y2 / 100];

test.each([["corners"], ["corner and size"], ["centre and size"], [undefined]] as const)(
  "boxes inside their pictures are right, read as %s",
  (reading) => {
    expect(refusalOf(boxes(objects), reading)).toBe("");
    const relative = boxes(objects.map(shares), { size: { width: 1, height: 1 } });
    expect(refusalOf(relative, reading, "shares")).toBe("");
  },
);

test("shares of the sides given as pixels are refused", () => {
  expect(refusalOf(boxes(objects.map(shares)), "corners")).toBe(
    "4 of 4 boxes lie within the first pixel of their pictures: they are shares of the sides, not pixels",
  );
  // Outlines, too: LabelMe's points.
  const outlined = boxes(objects.map(shares), { shape: { polygons: [[0.1, 0.1, 0.3, 0.1, 0.3, 0.4]] } });
  expect(refusalOf(outlined, undefined)).toContain("they are shares of the sides");
  // A picture of one pixel.
  expect(refusalOf(boxes([[0, 0, 1, 1]], { size: { width: 1, height: 1 } }), "corners")).toBe("");
});

test("corners given as width and height are refused", () => {
  // As x, y, width and height: 10 + 60 < 200, but 120 + 190, 60 + 30 … : three of four leave.
  expect(refusalOf(boxes(objects.map(xywh)), "corner and size")).toBe(
    "3 of 4 boxes end before they begin or leave their pictures as x, y, width, height; as x1, y1, x2, y2, all of them fit",
  );
});

test("width and height given as corners are refused", () => {
  // [120, 50, 70, 45] ends before it begins.
  const wrong = boxes([...objects, [150, 60, 190, 90] as const].map(sized as (box: Box) => Box));
  expect(refusalOf(wrong, "corners")).toContain(
    "end before they begin or leave their pictures as x1, y1, x2, y2",
  );
});

test("corners, and upper left corners, given as centres are refused", () => {
  const near: readonly Box[] = [...objects, [2, 3, 50, 60], [1, 1, 30, 80]];
  const asCentre = (box: Box) => centred(box);
  const relative = (all: readonly Box[]) => boxes(all.map(shares), { size: { width: 1, height: 1 } });
  expect(refusalOf(relative(near.map(asCentre)), "centre and size", "shares")).toContain(
    "leave their pictures as centre x, centre y, width, height",
  );
  const upperLeft = near.map((box) => centred(sized(box)));
  // The first box begins at 10 − 50 / 2, and the last two, of which one is twice there, near 0.
  expect(refusalOf(relative([...upperLeft, ...upperLeft.slice(-1)]), "centre and size", "shares")).toBe(
    "4 of 7 boxes end before they begin or leave their pictures as centre x, centre y, width, height; as x, y, width, height, all of them fit",
  );
});

test("a few boxes beyond the edge are errors of these boxes, and rounding is none", () => {
  const beyond: readonly Box[] = [...objects, [150, 60, 260, 90], [150, 60, 250, 120]];
  expect(refusalOf(boxes(beyond), "corner and size")).toBe("");
  const rounded = objects.map(([x1, y1]): Box => [x1, y1, 201, 101]);
  expect(refusalOf(boxes(rounded), "corner and size")).toBe("");
});

test("outlines that lie elsewhere than their boxes are refused", () => {
  const polygon = (k: number) => ({ polygons: [[k, k, k + 20, k, k + 20, k + 20, k, k + 20]] });
  const apart = objects.map((box, i): ReadBox => ({ box, size, at: `${i}`, shape: polygon(150 + i) }));
  expect(refusalOf(apart, "corner and size")).toBe(
    "the outlines of 4 of 4 objects lie elsewhere than their boxes",
  );
  const together = apart.map((one): ReadBox => {
    const [x1, y1, x2, y2] = one.box;
    return { ...one, shape: { polygons: [[x1, y1, x2, y1, x2, y2]] } };
  });
  expect(refusalOf(together, "corner and size")).toBe("");
});

test("boxes that all lie in the upper left of their pictures are named", () => {
  const percent = Array.from({ length: 12 }, (_, i): Box => [i, i, 60 + 3 * i, 50 + 4 * i]);
  const large = { size: { width: 640, height: 480 } };
  const warnings = checkCoordinates(boxes(percent, large), { unit: "pixels", reading: "corners" });
  // 93 / 640 and 94 / 480.
  expect(warnings.map(({ message }) => message)).toEqual([
    "all 12 boxes lie in the upper left 15 % × 20 % of their pictures: check the unit of their coordinates",
  ]);
  expect(checkCoordinates(boxes(percent.slice(0, 9), large), { unit: "pixels", reading: "corners" })).toEqual(
    [],
  );
});
