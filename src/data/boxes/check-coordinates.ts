import { EngraftError } from "../../core/errors.js";
import { message, type WarningText, warningText } from "../../core/messages/message.js";
import type { BoxReading } from "./annotations.js";
import { type Box, boxIou, type Size } from "./box.js";
import { boxOfShape, type Shape } from "./shape.js";

/** A box as it was read, and what it lies in. */
export interface ReadBox {
  /** In the unit of the annotations. */
  readonly box: Box;
  readonly shape?: Shape | undefined;
  /** Size of the image in the unit of the box; 1 × 1 for shares. */
  readonly size: Size;
  readonly crowd?: boolean | undefined;
  /** File and line, for messages. */
  readonly at: string;
}

/** The four numbers of a box [x1, y1, x2, y2] by their meaning, and back. */
const readings: {
  readonly [R in BoxReading]: {
    readonly words: string;
    readonly numbers: (box: Box) => Box;
    readonly box: (numbers: Box) => Box;
  };
} = {
  corners: { words: "x1, y1, x2, y2", numbers: (box) => box, box: (numbers) => numbers },
  "corner and size": {
    words: "x, y, width, height",
    numbers: ([x1, y1, x2, y2]) => [x1, y1, x2 - x1, y2 - y1],
    box: ([x, y, w, h]) => [x, y, x + w, y + h],
  },
  "centre and size": {
    words: "centre x, centre y, width, height",
    numbers: ([x1, y1, x2, y2]) => [(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1],
    box: ([cx, cy, w, h]) => [cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2],
  },
};

/** A box may leave its image by this share of a side, and by one pixel: tools round. */
const rounding = 0.01;
/** Fewer boxes that leave their images, or a smaller share of them, are errors of single boxes. */
const [leastOut, leastOutShare] = [3, 0.1];
/** From so many boxes on, objects are somewhere in the lower right of an image. */
const cornerBoxes = 10;
/** Boxes that all end before this share of both sides are in another unit or scale. */
const cornerShare = 0.6;
/** Outlines and boxes of the same objects with a smaller IoU disagree. */
const sameBox = 0.5;

/**
 * Checks the coordinates of a whole dataset: shares of the sides given as pixels, corners given as width and height and the other ways
 * round, and outlines that are elsewhere than their boxes.
 *
 * @param reading what the format says that the four numbers are; undefined for boxes around points
 * @returns a warning if all boxes lie in the upper left of their images
 * @throws DataError with the first box and its numbers
 */
export function checkCoordinates(
  boxes: readonly ReadBox[],
  { unit, reading }: { readonly unit: "pixels" | "shares"; readonly reading: BoxReading | undefined },
): readonly WarningText[] {
  if (unit === "pixels") refuseShares(boxes);
  refuseOtherPlaces(boxes);
  if (reading !== undefined)
    refuseOtherReading(
      boxes.filter(({ shape }) => shape === undefined),
      reading,
      unit,
    );
  return warnCorner(boxes);
}

const shortNumber = (value: number): string => String(Math.round(1000 * value) / 1000);
const numbersOf = (numbers: readonly number[]): string => numbers.map(shortNumber).join(", ");

/** True for a box in pixels that lies within the first pixel of a larger image, as shares of the sides do. */
export const liesInFirstPixel = (box: Box, size: Size): boolean =>
  size.width > 2 && size.height > 2 && box.every((v) => v >= 0 && v <= 1);

function refuseShares(boxes: readonly ReadBox[]): void {
  const inside = boxes.filter(({ box, size }) => liesInFirstPixel(box, size));
  const [first] = inside;
  if (first === undefined || 2 * inside.length <= boxes.length) return;
  throw new EngraftError(
    "DataError",
    `${inside.length} of ${boxes.length} boxes lie within the first pixel of their pictures: they are shares of the sides, not pixels`,
    {
      at: `${first.at}: x1, y1, x2, y2 = ${numbersOf(first.box)}`,
      help: "multiply x by the width of the picture and y by its height",
      details: { boxes: boxes.length, shares: inside.length },
    },
  );
}

/** True for a box with an area that does not leave its image. */
function fits([x1, y1, x2, y2]: Box, { width, height }: Size, unit: "pixels" | "shares"): boolean {
  const pixel = unit === "pixels" ? 1 : 0;
  const [x, y] = [Math.max(pixel, rounding * width), Math.max(pixel, rounding * height)];
  return x1 < x2 && y1 < y2 && x1 >= -x && y1 >= -y && x2 <= width + x && y2 <= height + y;
}

/** A box without an area says nothing about the numbers. */
const hasSize = ([x1, y1, x2, y2]: Box): boolean =>
  x1 !== x2 && y1 !== y2 && [x1, y1, x2, y2].every(Number.isFinite);

function refuseOtherReading(all: readonly ReadBox[], reading: BoxReading, unit: "pixels" | "shares"): void {
  const boxes = all.filter(({ box }) => hasSize(box));
  const out = boxes.filter(({ box, size }) => !fits(box, size, unit));
  if (out.length < leastOut || out.length < leastOutShare * boxes.length) return;
  const own = readings[reading];
  for (const [name, other] of Object.entries(readings)) {
    if (name === reading) continue;
    if (!boxes.every(({ box, size }) => fits(other.box(own.numbers(box)), size, unit))) continue;
    const first = out[0]!;
    throw new EngraftError(
      "DataError",
      `${out.length} of ${boxes.length} boxes end before they begin or leave their pictures as ${own.words}; as ${other.words}, all of them fit`,
      {
        at: `${first.at}: ${numbersOf(own.numbers(first.box))}, in ${numbersOf([first.size.width])} × ${numbersOf([first.size.height])}`,
        help: `write ${own.words}`,
        details: { boxes: boxes.length, out: out.length },
      },
    );
  }
}

function refuseOtherPlaces(boxes: readonly ReadBox[]): void {
  const both = boxes.filter(({ box, shape, crowd }) => shape !== undefined && !crowd && hasSize(box));
  const apart = both.filter(({ box, shape }) => {
    const outline = boxOfShape(shape!);
    return outline !== undefined && boxIou(outline, box) < sameBox;
  });
  const [first] = apart;
  if (first === undefined || apart.length < leastOut || 2 * apart.length <= both.length) return;
  throw new EngraftError(
    "DataError",
    `the outlines of ${apart.length} of ${both.length} objects lie elsewhere than their boxes`,
    {
      at: `${first.at}: the box is ${numbersOf(first.box)}, the outline's box ${numbersOf(boxOfShape(first.shape!)!)}`,
      help: "write both in pixels of the picture, and boxes as the format says; or remove the wrong ones",
      details: { objects: both.length, apart: apart.length },
    },
  );
}

function warnCorner(boxes: readonly ReadBox[]): WarningText[] {
  if (boxes.length < cornerBoxes) return [];
  const reach = (end: (one: ReadBox) => number) => boxes.reduce((most, one) => Math.max(most, end(one)), 0);
  const x = reach(({ box, size }) => box[2] / size.width);
  const y = reach(({ box, size }) => box[3] / size.height);
  if (x >= cornerShare || y >= cornerShare) return [];
  const percent = (share: number) => Math.ceil(100 * share);
  const about = { boxes: boxes.length, width: percent(x), height: percent(y) };
  return [warningText("boxes_in_corner", message("boxes-in-corner", about))];
}
