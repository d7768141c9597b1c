import { maskRunLimit } from "../../core/file-limits.js";
import type { Box, Size } from "./box.js";
import type { RunLengths } from "./shape.js";

/**
 * Reads a mask in COCO's run-length encoding: a list of counts, or a text of 6-bit characters.
 *
 * In a text, each character minus 48 carries five bits, lowest group first. Bit 32 means that another group follows. A last group
 * with bit 16 makes the number negative. From the fourth count on, a number is the difference to the count two before.
 *
 * @returns the mask, or the reason why it is invalid
 * @see cocodataset/cocoapi, common/maskApi.c, rleFrString
 */
export function readRunLengths(value: unknown, image: Size | undefined): RunLengths | string {
  if (typeof value !== "object" || value === null) return "its mask is no object";
  const { size, counts } = value as { readonly size?: unknown; readonly counts?: unknown };
  if (!Array.isArray(size) || size.length !== 2 || !size.every((n) => Number.isInteger(n) && n > 0))
    return "its mask has no size [height, width]";
  const [height, width] = size as [number, number];
  if (image !== undefined && (image.width !== width || image.height !== height))
    return `its mask has ${width} × ${height} pixels, its image ${image.width} × ${image.height}`;
  const numbers = typeof counts === "string" ? decodeCounts(counts) : counts;
  if (!Array.isArray(numbers) || numbers.length > maskRunLimit) return "its mask has no readable counts";
  let total = 0;
  for (const n of numbers as unknown[]) {
    if (!Number.isInteger(n) || (n as number) < 0) return `its mask has the count ${JSON.stringify(n)}`;
    total += n as number;
  }
  if (total !== width * height)
    return `the counts of its mask cover ${total} pixels, not ${width} × ${height} = ${width * height}`;
  return { width, height, counts: numbers as number[] };
}

/** Decodes a compressed text of counts; undefined for a character outside the code and for a text that ends inside a number. */
function decodeCounts(text: string): number[] | undefined {
  if (text.length > 2 * maskRunLimit) return undefined;
  const counts: number[] = [];
  for (let at = 0; at < text.length; ) {
    let [number, shift, more] = [0, 0, true];
    while (more) {
      const group = text.charCodeAt(at++) - 48;
      // Seven groups hold 35 bits, more than any image has pixels. NaN is the end of the text.
      if (!(group >= 0 && group < 64) || shift > 30) return undefined;
      number += (group & 31) * 2 ** shift;
      shift += 5;
      more = (group & 32) !== 0;
      if (!more && (group & 16) !== 0) number -= 2 ** shift;
    }
    if (counts.length > 2) number += counts[counts.length - 2]!;
    counts.push(number);
  }
  return counts;
}

/**
 * Returns the run lengths of a mask that is given inside a box. Pixels outside of the image are cut off.
 * @param pixels values of the box row by row; those above 0 are the object
 * @param box in whole pixels
 * @param image size of the image
 */
export function runsInBox(pixels: ArrayLike<number>, [x1, y1, x2, y2]: Box, image: Size): RunLengths {
  const { width, height } = image;
  const counts: number[] = [];
  let end = 0;
  for (let column = Math.max(0, x1); column < Math.min(width, x2); column++)
    for (let row = Math.max(0, y1); row < Math.min(height, y2); row++) {
      if (!(pixels[(row - y1) * (x2 - x1) + column - x1]! > 0)) continue;
      const at = column * height + row;
      if (at === end && counts.length > 0) counts[counts.length - 1]!++;
      else counts.push(at - end, 1);
      end = at + 1;
    }
  return { width, height, counts: [...counts, width * height - end] };
}
