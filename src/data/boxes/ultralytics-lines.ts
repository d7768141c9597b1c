import { polygonLimit } from "../../core/file-limits.js";
import type { Skipped } from "../dataset.js";
import { listError } from "../lists/list-bytes.js";
import type { AnnotatedObject } from "./annotations.js";
import { boxOfShape } from "./shape.js";

/** Shares slightly outside of 0 … 1 come from rounding, and are cut off. Larger ones are pixels. */
const tolerance = 0.01;
const help =
  "each line is: class cx cy w h, or: class x1 y1 x2 y2 x3 y3 …, as shares of the image's width and height";

/** The objects of one text file. */
export interface LabelLines {
  readonly objects: readonly AnnotatedObject[];
  /** Highest class number; −1 without objects. */
  readonly highest: number;
}

/** What the lines of a dataset are. */
export interface LineFormat {
  /** Names of the classes. Default: the numbers are the names. */
  readonly classes: readonly string[] | undefined;
  /** Number of values of key points behind a box. Default: lines are boxes or outlines. */
  readonly points: number | undefined;
}

/**
 * Reads label lines.
 * @param skipped receives repeated lines
 * @throws DataError with file and line
 */
export function readLabelLines(
  text: string,
  file: string,
  { classes, points }: LineFormat,
  skipped: Skipped[],
): LabelLines {
  const objects: AnnotatedObject[] = [];
  const seen = new Map<string, number>();
  let highest = -1;
  for (const [i, line] of text.split(/\r\n|\n|\r/).entries()) {
    const words = line.trim().split(/\s+/);
    if (words[0] === "") continue;
    const at = `${file}, line ${i + 1}`;
    const key = words.join(" ");
    const first = seen.get(key);
    if (first !== undefined) {
      skipped.push({ item: at, reason: `it repeats line ${first}` });
      continue;
    }
    seen.set(key, i + 1);
    const label = classNumber(words[0]!, file, i + 1, classes);
    highest = Math.max(highest, label);
    const object = objectOf(points === undefined ? words : boxWords(words, points, file, i + 1), file, i + 1);
    objects.push({ name: classes?.[label] ?? String(label), ...object, at });
  }
  return { objects, highest };
}

/** Returns the class and the box of a line with key points. @throws DataError for another number of values */
function boxWords(words: readonly string[], points: number, file: string, line: number): readonly string[] {
  const n = words.length - 1;
  if (n === 4 + points || n === 4) return words.slice(0, 5);
  throw listError(
    file,
    `has ${n} values behind the class, not 4 of a box and ${points} of key points`,
    line,
    "correct kpt_shape in data.yaml, or the line",
  );
}

/**
 * True if an outline reads as a box with key points: centre, width and height, then points of which all lie in the box or are (0, 0), a
 * point that is not there. A closed ring, whose last point is its first, does not.
 */
export function areKeyPoints(ring: readonly number[]): boolean {
  const [cx, cy, w, h, ...points] = ring as [number, number, number, number, ...number[]];
  if (points.at(-2) === cx && points.at(-1) === cy) return false;
  const isInside = (x: number, y: number) =>
    (x === 0 && y === 0) || (Math.abs(x - cx) <= w / 2 + tolerance && Math.abs(y - cy) <= h / 2 + tolerance);
  return points.every((x, i) => i % 2 === 1 || isInside(x, points[i + 1]!));
}

/** Largest class number without a list of names. */
const maxClassNumber = 25_000;

function classNumber(
  word: string,
  file: string,
  line: number,
  classes: readonly string[] | undefined,
): number {
  // Some tools write 0.0.
  const label = /^\d+(\.0*)?$/.test(word) ? Number(word) : Number.NaN;
  if (!(label <= maxClassNumber)) throw listError(file, `has the class ${JSON.stringify(word)}`, line, help);
  if (classes !== undefined && label >= classes.length)
    throw listError(
      file,
      `has the class ${label}, but the list of classes has only 0 to ${classes.length - 1}`,
      line,
      "add the missing names to it, or correct the labels",
    );
  return label;
}

function objectOf(
  words: readonly string[],
  file: string,
  line: number,
): Pick<AnnotatedObject, "box" | "shape"> {
  const n = words.length - 1;
  if (n !== 4 && (n < 6 || n % 2 !== 0 || n > 2 * polygonLimit))
    throw listError(file, `has ${n} values behind the class`, line, help);
  const values = words.slice(1).map(Number);
  const wrong = values.findIndex((v) => !(v >= -tolerance && v <= 1 + tolerance));
  if (wrong >= 0) {
    const word = words[wrong + 1]!;
    const pixels = Number.isFinite(values[wrong])
      ? ": these are shares of the image's size, from 0 to 1, not pixels"
      : "";
    throw listError(file, `has the value ${JSON.stringify(word)}${pixels}`, line, help);
  }
  if (n > 4) {
    const shape = { polygons: [values] };
    return { box: boxOfShape(shape)!, shape };
  }
  const [cx, cy, w, h] = values as [number, number, number, number];
  return { box: [cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2] };
}
