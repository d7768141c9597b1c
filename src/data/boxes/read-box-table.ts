import { listLimit, objectLimit } from "../../core/file-limits.js";
import type { Platform } from "../../platform/platform.js";
import type { Skipped } from "../dataset.js";
import { givenPart, type Row, splitColumnOf, synonyms } from "../lists/columns.js";
import { listError } from "../lists/list-bytes.js";
import type { ListFile } from "../lists/read-list.js";
import { quoted } from "../split/found.js";
import {
  type AnnotatedObject,
  type AnnotatedPicture,
  type Annotations,
  maxClassName,
} from "./annotations.js";
import type { Box } from "./box.js";
import { type FolderContent, folderOf, partOfPath, readText } from "./folder-content.js";
import { numberOf } from "./xml.js";

/** Deepest folder of a table: `data/train_labels.csv`. */
const maxFolders = 2;

/** Names of the columns of coordinates. */
const cornerNames = [
  ["xmin", "ymin", "xmax", "ymax"],
  ["x_min", "y_min", "x_max", "y_max"],
  ["x1", "y1", "x2", "y2"],
  ["left", "top", "right", "bottom"],
] as const;
/** Corner and size; a width and a height beside other names are those of the image. */
const sideNames = [
  ["x", "y", "w", "h"],
  ["x", "y", "width", "height"],
  ["left", "top", "width", "height"],
] as const;

/**
 * Reads tables of boxes, CSV or TSV, with columns such as `filename,xmin,ymin,xmax,ymax,class` or `image,x,y,w,h,label`. A row without
 * coordinates is an image without objects.
 *
 * @returns undefined if no table has such columns
 * @throws DataError with the line for coordinates that are no numbers
 */
export async function readBoxTable(content: FolderContent): Promise<Annotations | undefined> {
  const candidates = content.others.filter(
    (id) => /\.(csv|tsv)$/i.test(id) && id.split("/").length <= maxFolders + 1,
  );
  const skipped: Skipped[] = [];
  const pictures = new Map<string, TablePicture>();
  const used: { readonly id: string; readonly isCorners: boolean }[] = [];
  for (const id of candidates.slice(0, 24)) {
    const text = await readText(content, id, listLimit);
    const names = columnsOf(
      text
        .slice(0, text.search(/[\r\n]|$/))
        .split(/[,;\t]/)
        .map(unquoted),
    );
    if (names === undefined) continue;
    used.push({ id, isCorners: names.isCorners });
    await readTable(content, id, text, pictures, skipped);
  }
  if (used.length === 0) return undefined;
  const isCorners = used.every((one) => one.isCorners);
  const isOne = isCorners || used.every((one) => !one.isCorners);
  const notes = used.length > 1 ? [`boxes from ${quoted(used.map(({ id }) => id))}`] : [];
  return {
    layout: "table",
    root: content.root,
    unit: "pixels",
    upright: false,
    classes: undefined,
    reading: isOne ? (isCorners ? "corners" : "corner and size") : undefined,
    pictures: withoutBoxes([...pictures.values()]),
    skipped,
    notes,
    warnings: [],
  };
}

/** An image with the rows that name a class and have no coordinates. */
interface TablePicture extends AnnotatedPicture {
  readonly objects: AnnotatedObject[];
  readonly refused: Skipped[];
  readonly unplaced: { readonly name: string; readonly at: string }[];
}

/**
 * Returns the images. A row without coordinates is an object that cannot be used if its class has boxes elsewhere. Other classes, such as
 * "no finding", say that there is no object.
 */
function withoutBoxes(pictures: readonly TablePicture[]): AnnotatedPicture[] {
  const classes = new Set(pictures.flatMap(({ objects }) => objects.map(({ name }) => name)));
  return pictures.map(({ unplaced, refused, ...picture }) => {
    const lost = unplaced.filter(({ name }) => classes.has(name));
    return {
      ...picture,
      refused: [...refused, ...lost.map(({ at }) => ({ item: at, reason: "it has no coordinates" }))],
    };
  });
}

const unquoted = (name: string): string => name.trim().replace(/^"(.*)"$/, "$1");

interface Columns {
  readonly image: string;
  readonly label: string;
  readonly box: readonly string[];
  readonly isCorners: boolean;
  readonly size: readonly [string, string] | undefined;
}

/** Returns the columns with one of the sets of names, as they are written; undefined if none is complete. */
function allOf(
  columns: readonly string[],
  sets: readonly (readonly string[])[],
): readonly string[] | undefined {
  const named = (name: string) => columns.find((column) => column.toLowerCase() === name);
  return sets.map((names) => names.flatMap((name) => named(name) ?? [])).find((found) => found.length === 4);
}
const cornersIn = (columns: readonly string[]) => allOf(columns, cornerNames);
const coordinatesIn = (columns: readonly string[]) => cornersIn(columns) ?? allOf(columns, sideNames);

/** Four numbers in a cell: "[834.0, 222.0, 56.0, 36.0]". */
const fourNumbers = /^\s*[[(]?\s*-?[\d.]+(\s*[,\s]\s*-?[\d.]+){3}\s*[\])]?\s*$/;

/**
 * True for a list of images with boxes.
 * @throws DataError for boxes without a column of classes, and for boxes in one column
 */
export function holdsBoxes({ name, columns, rows }: Pick<ListFile, "name" | "columns" | "rows">): boolean {
  if (columnsOf(columns) !== undefined) return true;
  const box = columns.find((column) => /^(bbox|bboxes|box|boxes)$/i.test(column));
  const cell =
    box && rows.map(({ values }) => values[box]).find((value) => value !== undefined && value !== "");
  if (box !== undefined && fourNumbers.test(Array.isArray(cell) ? cell.join(",") : String(cell ?? "")))
    throw listError(
      name,
      `has boxes in one column, ${JSON.stringify(box)}: ${JSON.stringify(cell)}`,
      undefined,
      "write a column for each number: x,y,w,h for corner and size, or xmin,ymin,xmax,ymax; and label",
    );
  const names = coordinatesIn(columns);
  if (names === undefined) return false;
  throw listError(
    name,
    `has boxes (${quoted(names, 4)}), and no column of their classes`,
    undefined,
    'add a column "label"; for one kind of object, with its name in each row',
  );
}

/** Returns the columns of boxes; undefined if one is missing. */
function columnsOf(columns: readonly string[]): Columns | undefined {
  const named = (name: string) => columns.find((column) => column.toLowerCase() === name);
  const first = (names: readonly string[]) => names.map(named).find((one) => one !== undefined);
  const [image, label] = [
    first([...synonyms.image, "image_id", "imageid"]),
    first([...synonyms.label, "labelname"]),
  ];
  const names = coordinatesIn(columns);
  if (image === undefined || label === undefined || names === undefined) return undefined;
  const isOfBox = names.includes(named("width") ?? "");
  const [width, height] = isOfBox ? [] : [named("width"), named("height")];
  return {
    image,
    label,
    box: names,
    isCorners: cornersIn(columns) !== undefined,
    size: width !== undefined && height !== undefined ? [width, height] : undefined,
  };
}

async function readTable(
  content: FolderContent,
  id: string,
  text: string,
  pictures: Map<string, TablePicture>,
  skipped: Skipped[],
): Promise<void> {
  const { readCsv } = await import("../lists/csv.js");
  const written: Row[] = [];
  const { columns, separator } = readCsv(text, id, /\.tsv$/i.test(id), {
    each: () => (row) => void written.push(row),
  });
  const names = columnsOf(columns);
  if (names === undefined) return;
  const { withDecimalPoints } = await import("../tables/decimal-commas.js");
  const numbers = [...names.box, ...(names.size ?? [])];
  const { rows } = withDecimalPoints({ columns: numbers, rows: written, separator });
  if (rows.length > objectLimit)
    throw listError(id, `has ${rows.length} rows`, undefined, `at most ${objectLimit} are possible`);
  const split = splitColumnOf({ columns });
  for (const row of rows) {
    const at = `${id}, line ${row.line}`;
    const cell = (column: string): string => String(row.values[column] ?? "").trim();
    const given = givenPart(row, split, { name: id }) ?? partOfPath(id);
    const name = cell(names.image);
    const where = { near: folderOf(id), part: given };
    const whole = content.findPicture(name, where);
    // OpenImages has names without endings.
    const found = "reason" in whole && !name.includes(".") ? content.findStem(name, where) : whole;
    if ("reason" in found) {
      skipped.push({ item: at, reason: found.reason });
      continue;
    }
    const picture = pictures.get(found.id) ?? newPicture(content.platform, content.root, found.id, given, at);
    pictures.set(found.id, withSize(picture, names, cell));
    const object = objectOf(names, cell, id, row.line ?? 0);
    if (object === undefined) picture.unplaced.push({ name: cell(names.label).normalize("NFC"), at });
    else if (typeof object === "string") picture.refused.push({ item: at, reason: object });
    else picture.objects.push({ ...object, at });
  }
}

const newPicture = (
  { files }: Platform,
  root: string,
  id: string,
  given: AnnotatedPicture["given"],
  at: string,
): TablePicture => ({
  id,
  path: files.join(root, id),
  given,
  at,
  objects: [],
  refused: [],
  unplaced: [],
});

function withSize<P extends AnnotatedPicture>(
  picture: P,
  { size }: Columns,
  cell: (column: string) => string,
): P {
  if (size === undefined) return picture;
  const [width, height] = size.map((column) => numberOf(cell(column))) as [number, number];
  return width > 0 && height > 0 ? { ...picture, size: { width, height } } : picture;
}

/** Returns the object of a row; undefined for a row without coordinates, and the reason for a row without a class. */
function objectOf(
  { label, box: columns, isCorners }: Columns,
  cell: (column: string) => string,
  file: string,
  line: number,
): Omit<AnnotatedObject, "at"> | string | undefined {
  const cells = columns.map(cell);
  if (cells.every((one) => one === "")) return undefined;
  const values = cells.map(numberOf) as unknown as Box;
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0)
    throw listError(
      file,
      `has ${JSON.stringify(cells[wrong])} in the column ${JSON.stringify(columns[wrong])}`,
      line,
      "write a number of pixels, or leave all four columns empty for a picture without objects",
    );
  const name = cell(label).normalize("NFC");
  if (name === "" || name.length > maxClassName) return "it has no class";
  const [x, y, w, h] = values;
  return { name, box: isCorners ? values : [x, y, x + w, y + h] };
}
