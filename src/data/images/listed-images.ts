import { firstOf } from "../../core/messages/counted.js";
import { message, warningText } from "../../core/messages/message.js";
import { regressionOf } from "../../core/results/task.js";
import type { Files, Platform } from "../../platform/platform.js";
import { cellOf } from "../assemble-samples.js";
import { Column, isMissing, numberOf } from "../column.js";
import { type FileUnit, filesOfList } from "../found-files.js";
import { classNameWarnings } from "../lists/class-names.js";
import { columnOf, imageColumnOf, splitColumnOf, synonyms, textOf } from "../lists/columns.js";
import { listError } from "../lists/list-bytes.js";
import { type ListFile, type ReadOptions, readLists } from "../lists/read-list.js";
import { noTarget } from "../lists/target-column.js";
import { byCodePoint, type Found, type FoundPicture, noLabel, quoted, type Warning } from "../split/found.js";
import { filesBeside } from "./find-images.js";

type TargetList = Pick<ListFile, "name" | "columns" | "rows">;

/** Options of {@link listedImages}. */
export interface ListOptions
  extends Pick<ReadOptions, "quotes" | "classNames" | "fewerClasses" | "keepUnlabelled"> {
  readonly imageColumn?: string;
  readonly labelColumn?: string;
  /** Label columns of several tasks, which give no groups. */
  readonly taskColumns?: readonly string[] | undefined;
  /** Column of groups. A pattern has no effect here. */
  readonly groupFrom?: string;
}

/**
 * Reads the images of a list with `image, label[, split]`. Relative paths must stay inside the list's folder; absolute paths may
 * lead anywhere.
 *
 * @param path the list, or its folder
 * @throws DataError with the line number
 */
export async function listedImages(
  platform: Platform,
  path: string,
  options: ListOptions = {},
): Promise<Found & { readonly folder: string }> {
  const list = (await readLists(platform, path, { ...options, classColumn: options.labelColumn }))!;
  const { name, columns, rows, warnings = [], folder } = list;
  if (rows.length === 0)
    throw listError(name, "has no lines with pictures", undefined, "add one line a picture");
  const image = imageColumnOf(list, options.imageColumn) ?? missing("image", list, options.imageColumn);
  const { labelColumn, keepUnlabelled } = options;
  const label =
    labelColumn === undefined
      ? columnOf("label", columns)
      : columns.find((column) => column.toLowerCase() === labelColumn.toLowerCase());
  if (label === undefined && (labelColumn !== undefined || !keepUnlabelled))
    missing("label", list, labelColumn);
  const found = filesOfList(platform.files, list, image, {
    unit: "picture",
    groupFrom: options.groupFrom,
    targets: [...(label === undefined ? [] : [label]), ...(options.taskColumns ?? [])],
  });
  const skipped = [...found.skipped];
  const pictures = new Map<string, FoundPicture>();
  const conflicts: string[] = [];
  for (const one of found.files) {
    const { id, path, given, group, file, line } = one;
    const item = `${file}, line ${line}`;
    const labelText = label === undefined ? "" : cellOf(one, label).normalize("NFC");
    const earlier = pictures.get(path);
    if (labelText === "" && !keepUnlabelled) skipped.push({ item, reason: noLabel });
    else if (earlier === undefined)
      pictures.set(path, { id, path, label: labelText, given, ...(group !== undefined && { group }) });
    else if (earlier.label !== labelText || earlier.given !== given) conflicts.push(id);
    else skipped.push({ item, reason: `names ${JSON.stringify(id)} again` });
  }
  if (conflicts.length > 0)
    throw listError(
      name,
      `gives ${conflicts.length === 1 ? "one picture" : `${conflicts.length} pictures`} two labels or parts: ${quoted(conflicts)}`,
      undefined,
      "a picture has one label here: keep one of its lines",
    );
  const classes = [...new Set([...pictures.values()].map((picture) => picture.label))].sort(byCodePoint);
  return {
    pictures: [...pictures.values()],
    skipped,
    ignored: { hidden: 0, notPictures: 0 },
    warnings: [
      ...warnings,
      // Data that only scores a model are not learnt from.
      ...(options.fewerClasses ? [] : columnsBeside(list, [image, label, found.groupedBy])),
      ...classNameWarnings(classes, regressionOf.image),
    ],
    ...(found.groupedBy !== undefined && { groupColumn: found.groupedBy }),
    list: name,
    folder,
  };
}

/** Returns a warning about columns that could be inputs, too, and are not learnt from. */
function columnsBeside(
  list: ListFile,
  [image, ...used]: readonly [image: string, ...used: (string | undefined)[]],
): readonly Warning[] {
  const beside = mayBeLearnt(list, image).filter(
    ({ name, counts }) => counts.present > 0 && !counts.constant && !used.includes(name),
  );
  if (beside.length === 0) return [];
  const names = beside.map(({ name }) => name);
  const text = columnOf("text", names) ?? beside.find(holdsTexts)?.name;
  const isOther = names.some((name) => name !== text);
  const inputs = [image, text, isOther ? "columns" : undefined]
    .filter((name) => name !== undefined)
    .join(",");
  const found = { ...firstOf(names), inputs };
  return [warningText("columns_beside_pictures", message("columns-beside-pictures", found))];
}

/** True for a column of different texts of at least six words. */
const holdsTexts = ({ counts: { others, numbers, present }, distinct }: Column): boolean =>
  numbers === 0 && 2 * distinct > present && others.every((cell) => cell.split(/\s+/).length >= 6);

function missing(what: "image" | "label", { name, columns }: ListFile, chosen: string | undefined): never {
  throw listError(
    name,
    chosen === undefined ? `has no column for the ${what}` : `has no column ${JSON.stringify(chosen)}`,
    undefined,
    `its columns are ${quoted(columns, 12) || "none"}; name one of them ${quoted([...synonyms[what].slice(0, 3)])}${what === "label" ? ", or choose it: --target NAME" : ""}`,
  );
}

/** True if each picture is in a folder that has the name of its label. Numbers are names of classes then. */
export const areClassFolders = (list: TargetList, image: string, label: string): boolean =>
  list.rows.every((row) => {
    const path = row.values[image];
    return typeof path === "string" && path.split(/[\\/]/).at(-2) === textOf(row, label, list);
  });

/** Names of columns that say which picture, whose or when, and are never what is learnt. */
const notLearnt =
  /(^|[ _-])(id|idx|index|nr|no|number|width|height|duration|seconds|size|fold|file|url|date|time)$|[a-z]I[dD]$|#/i;

/**
 * Refuses a list of pictures or sounds that has numbers, and beside them columns of few words, which may be the classes. Nobody can tell
 * which is meant.
 * @param file the column of pictures or sounds, if the list still has it
 * @throws DataError naming both
 */
export function refuseSeveralTargets(list: TargetList, file: string | undefined, unit: FileUnit): void {
  const words = wordColumns(list, file);
  const numbers = mayBeLearnt(list, file).filter(({ areNumbers }) => areNumbers);
  if (words.length === 0) return;
  const named = (columns: readonly Column[]) =>
    quoted(
      columns.map(({ name }) => name),
      6,
    );
  throw noTarget(
    list.name,
    numbers.length === 0
      ? `has no column called "label", and may have the classes in ${named(words)}`
      : `has numbers (${named(numbers)}) and words (${named(words)}) beside its ${unit}s, and no column called "label": which is learnt?`,
    [...numbers, ...words].map(({ name }) => name),
    words[0]!.name,
  );
}

/** Returns the columns with few different words, which may be the classes. */
export const wordColumns = (list: TargetList, file: string | undefined) =>
  mayBeLearnt(list, file).filter(
    ({ counts: { numbers, present }, distinct }) =>
      numbers === 0 && present > 0 && distinct > 1 && 2 * distinct <= present,
  );

/** Returns the columns that may be learnt. */
function mayBeLearnt(list: TargetList, file: string | undefined) {
  const group = synonyms.group as readonly string[];
  const others = list.columns.filter(
    (column) =>
      column !== file &&
      splitColumnOf({ columns: [column] }) === undefined &&
      !group.includes(column.toLowerCase()) &&
      !notLearnt.test(column),
  );
  return others.flatMap((column) => {
    const values = list.rows.map((row) => row.values[column]);
    // Lists and objects are no classes.
    if (values.some((value) => typeof value === "object" && value !== null)) return [];
    return [
      new Column(
        column,
        values.map((value) => String(value ?? "").trim()),
      ),
    ];
  });
}

/** Number of rows to look at. */
const fewRows = 1000;
/** Smallest share of names in a column of names. */
const mostNames = 0.9;

/** Cells of a column that are not missing. */
const presentCells = (list: TargetList, column: string): string[] =>
  list.rows
    .slice(0, fewRows)
    .map((row) => textOf(row, column, list))
    .filter((cell) => !isMissing(cell));

/** Refuses a list that names pictures without their file endings. @throws DataError naming the first picture, and the cure */
export async function refusePictureNames(files: Files, list: ListFile): Promise<void> {
  const pictures = await filesBeside(files, list.folder);
  if (pictures.size === 0) return;
  for (const column of list.columns) {
    const names = new Set(presentCells(list, column));
    const found = [...names].filter((name) => pictures.has(name));
    // A class may happen to have the name of a picture.
    if (
      found.length < 2 ||
      found.length < mostNames * names.size ||
      2 * names.size < Math.min(fewRows, list.rows.length)
    )
      continue;
    const path = pictures.get(found[0]!)!;
    throw listError(
      list.name,
      `names pictures without their endings in ${JSON.stringify(column)}: ${JSON.stringify(found[0])} is ${JSON.stringify(path)}`,
      undefined,
      `call the column "image", and write the paths into it: ${path}; --task tabular-classification learns from the other columns alone`,
    );
  }
}

/** Refuses columns of 0 and 1 beside pictures, which are labels and no numbers. @throws DataError naming them */
export function refuseOneHot(list: TargetList, columns: readonly string[]): void {
  if (columns.length < 2) return;
  const cellsOf = (column: string) => presentCells(list, column).map(numberOf);
  const hold = (low: number) =>
    columns.every((column) => cellsOf(column).every((value) => value === low || value === 1));
  if (!hold(0) && !hold(-1)) return;
  throw listError(
    list.name,
    `has columns of ${hold(0) ? 0 : -1} and 1: ${quoted(columns)}`,
    undefined,
    `--labels ${columns.join(",")} learns them as labels; --target ${columns.join(",")} as numbers`,
  );
}
