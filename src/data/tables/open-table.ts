import { EngraftError, stopIf } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import { firstOf } from "../../core/messages/counted.js";
import { message, warningText } from "../../core/messages/message.js";
import { type TableFacts, type TaskWith, taskWith } from "../../core/results/task.js";
import type { Platform } from "../../platform/platform.js";
import { isMissing, numberOf, unusableCell } from "../column.js";
import type { Dataset, Opened, OpenOptions, Sample } from "../dataset.js";
import { divideSamples } from "../divide-samples.js";
import { defaultPlatform } from "../images/decode.js";
import { checkClassNames, classNameWarnings, wordsAsClasses } from "../lists/class-names.js";
import { type Moment, type Row, readColumn, textOf } from "../lists/columns.js";
import { requireDifferentNames } from "../lists/csv.js";
import { listError } from "../lists/list-bytes.js";
import type { Quotes } from "../lists/quotes.js";
import type { ListFile } from "../lists/read-list.js";
import { targetOf } from "../lists/target-column.js";
import { binsOf } from "../split/divide.js";
import { byCodePoint, count, quoted, type Warning } from "../split/found.js";
import { firstEqual } from "../split/groups.js";
import { groupIn, noGroups } from "../split/named-groups.js";
import { requireColumns, requireSpread, requireUsable } from "../targets.js";
import { cellReader, chooseInputs, hashRows, isEncoded, rowsWithPictures } from "./choose-inputs.js";
import { withDates } from "./dates.js";
import type { NumberForms } from "./decimal-commas.js";
import { doubtsOfNumbers, rowsOfSums } from "./doubts.js";
import { type ReadTable, readTable } from "./read-table.js";
import { groupsOfRows } from "./row-groups.js";
import { chooseColumns, type TableColumn, usualGroupOf } from "./table-columns.js";
import { countsOf, tellingColumns } from "./telling-columns.js";

const classesOfRows = taskWith({ input: "table", head: "classes" });
const numbersOfRows = taskWith({ input: "table", head: "numbers" });

/** A task on a table. */
export type TableTask = TaskWith<{ readonly input: "table" }>;

/** One sample of a table. */
export interface RowItem extends Omit<Sample, "path"> {
  /** Input values as text, in the order of {@link TableDataset.columns}. */
  readonly cells: readonly string[];
  /** Index into the classes; 0 in regression. */
  readonly label: number;
  /** Numeric targets; empty in classification. */
  readonly values: readonly number[];
  /** Missing: the table is not divided by time. */
  readonly moment?: Moment;
}

/** The numbers of a row of a table that is divided by time. */
export type PastRow = Required<Pick<RowItem, "moment" | "values">> & Pick<RowItem, "group">;

/** The samples of a table, with columns and splits. */
export interface TableDataset extends Opened<RowItem> {
  readonly task: TaskWith<{ readonly sample: "row" }>;
  /** Input columns, in order. */
  readonly columns: readonly TableColumn[];
  /** Names of the target columns. */
  readonly targets: readonly string[];
  /** How the numbers of columns and targets are written, where not with a decimal point. */
  readonly forms: NumberForms;
  /** Sorted by code point; empty in regression. */
  readonly classes: readonly string[];
  readonly facts: TableFacts;
  readonly duplicates: Dataset["duplicates"];
  /** The column of groups. Missing: there is none. */
  readonly groupColumn?: string;
  /** All rows with numbers, also those of a gap. Missing: the table has classes, or is not divided by time. */
  readonly past?: readonly PastRow[];
}

/** Options of {@link openTable}. */
export interface OpenTableOptions
  extends Pick<OpenOptions, "seed" | "validationFraction" | "testFraction" | "signal"> {
  /** Target columns. Default: a column called label, class, target or y, the last one of two, else an error. */
  readonly targets?: readonly string[];
  /** Default: regression for numbers with fractions or more than 20 different numbers, else classification. */
  readonly task?: TableTask;
  /** Columns to ignore. */
  readonly ignore?: readonly string[];
  /** Columns of numbers to use as categories. */
  readonly categories?: readonly string[];
  /** Inputs of several kinds, see `chooseInputs`; none: all that are found. Missing: columns of numbers and categories. */
  readonly inputs?: readonly string[];
  /** The column of groups. It is no input, and a group is never divided between splits. */
  readonly groupFrom?: string;
  /** Meaning of quotes in a CSV or TSV. Default: decided by the file. */
  readonly quotes?: Quotes;
  /** Names of the classes 0, 1, 2 … of the target column, separated by commas. */
  readonly classNames?: string;
  readonly platform?: Platform;
}

/**
 * Opens a table of numbers and categories: a CSV, TSV, JSON, JSONL or Parquet file, or a folder with train.csv and test.csv.
 * @throws DataError, FileError, OptionError
 * @example const data = await openTable("houses.csv", { targets: ["price"] });
 */
export async function openTable(root: string, options: OpenTableOptions = {}): Promise<TableDataset> {
  const platform = options.platform ?? (await defaultPlatform());
  const path = platform.files.resolve(root);
  const { name, targets, task, columns, forms, unused, groupFrom, rows, scanned, past, skipped, warnings } =
    await rowsOfTable(platform, path, options);
  const classes = [...new Set(rows.map(({ label }) => label))].sort(byCodePoint);
  if (task === classesOfRows) {
    checkLabels(rows, classes, name);
    checkClassNames(classes, name);
    warnings.push(...classNameWarnings(classes, numbersOfRows), ...classesOfOneRow(rows, classes));
  }
  const hashes = await hashRows(platform, columns, rows, scanned);
  const indexOf = new Map(classes.map((name, i) => [name, i]));
  const labels = task === classesOfRows ? rows.map(({ label }) => indexOf.get(label)!) : undefined;
  const { exact, near } = await groupsOfRows(
    platform,
    { columns, rows, hashes, scanned, labels, byName: options.groupFrom === undefined },
    warnings,
  );
  const areCopies = firstEqual(hashes.map(({ sha256 }) => sha256)).every(
    (first, i) => exact[i] === exact[first],
  );
  // Feature sums know rows with pictures or texts by their content.
  const equalByChance = !areCopies && !options.inputs && { equalByChance: true as const };
  const header = JSON.stringify([columns, targets]);
  const { kept: _, ...divided } = await divideSamples(
    platform,
    path,
    // The split follows the spelling of the first copy: the splits of benchmarks and guide pages rest on it.
    rows.map((row, i) => ({ ...row, sha256: hashes[exact[i]!]!.spelt })),
    {
      unit: "row",
      strata:
        labels === undefined
          ? binsOf(rows.map(({ values, given }) => ({ value: values[0]!, given })))
          : { bin: labels, bins: classes.length },
      copies: { exact, near },
      keyOf: ({ sha256 }, i) => `${sha256} ${exact[i]}`,
      fieldsOf: ({ label, cells, values, moment }, i) => ({
        ...{ cells, values, sha256: hashes[i]!.sha256, label: indexOf.get(label) ?? 0 },
        ...equalByChance,
        ...(moment && { moment }),
      }),
      lineOf: ({ id, label, values, part }, { sha256 }) => [id, sha256, classes[label], values, part],
      header,
    },
    options,
    warnings,
    skipped,
  );
  const { items } = divided;
  if (task === numbersOfRows) requireSpread(targets, items, name);
  else requireTrainClasses(items, classes, name);
  const shown = task === classesOfRows ? classes : [];
  const train = items.filter(({ part }) => part === "train");
  warnings.push(...tellingColumns({ ...encodedOf(columns, train), classes: shown, targets }));
  const named = (kind: TableColumn["kind"]) => columns.filter((c) => c.kind === kind).map((c) => c.name);
  return {
    task,
    ...divided,
    columns,
    targets,
    forms,
    classes: shown,
    facts: {
      target: targets,
      numbers: named("number"),
      categories: named("category"),
      ...(options.inputs && { pictures: named("picture"), texts: named("text") }),
      unused,
    },
    skipped,
    // Both sides of a split by time have the same shops or patients.
    warnings: past ? warnings.filter(({ code }) => code !== "groups_across_parts") : warnings,
    ...(groupFrom !== undefined && { groupColumn: groupFrom }),
    ...(past && { past }),
  };
}

/** Returns the columns of numbers and categories, and rows with their cells only. */
function encodedOf<Item extends Pick<RowItem, "cells">>(
  columns: readonly TableColumn[],
  train: readonly Item[],
) {
  if (columns.every(isEncoded)) return { columns, train };
  const kept = <T>(all: readonly T[]): T[] => all.filter((_, i) => isEncoded(columns[i]!));
  return { columns: kept(columns), train: train.map((row) => ({ ...row, cells: kept(row.cells) })) };
}

/** Reads a table and chooses its columns. The cells of the file are not kept: only those of the input columns. */
async function rowsOfTable(platform: Platform, path: string, options: OpenTableOptions) {
  const { targets: chosen = [], ignore = [], categories = [] } = options;
  const reserved = [...chosen, ...ignore, ...categories, options.groupFrom ?? ""];
  const read = await readTable(platform, path, { ...options, classColumn: chosen[0], reserved });
  const { list } = read;
  const { name } = list;
  stopIf(options.signal);
  await checkTable(list);
  const { targets, task } = resolveTargets(list, options);
  const warnings: Warning[] = [...(list.warnings ?? []), ...rowsOfSums(list, read.idOf)];
  if (task === numbersOfRows)
    for (const target of targets)
      warnings.push(
        ...doubtsOfNumbers(
          target,
          list.rows.map((row) => textOf(row, target, list)),
        ),
      );
  const named = options.groupFrom ?? usualGroupOf(list, targets, options, warnings);
  const groupFrom = named === undefined || list.columns.includes(named) ? named : undefined;
  const but = new Set([...targets, ...ignore, ...categories, groupFrom ?? ""]);
  const { list: dated, dates } = withDates(list, but, warnings);
  const how = { ...options, groupFrom, dates };
  const { columns, unused } = options.inputs
    ? chooseInputs(dated, targets, { ...how, inputs: options.inputs }, warnings)
    : chooseColumns(dated, targets, how, warnings);
  const isClass = task === classesOfRows ? wordsAsClasses(list, targets[0]!, warnings) : () => false;
  const about = { task, targets, columns, groupFrom, isClass, cellOf: cellReader(platform, dated) };
  const found = usableRows({ ...read, list: dated }, about);
  const { signal } = options;
  const { rows, lost, scanned } = await rowsWithPictures(platform, columns, found.rows, {
    root: path,
    signal,
  });
  const skipped = [...found.skipped, ...lost];
  const ofGap = { ...read, partOfRow: () => undefined, list: { ...dated, rows: read.gapRows } };
  const gap = usableRows(ofGap, { ...about, columns: [] }).rows;
  const past = [...rows, ...gap].flatMap(({ moment, values, group }) =>
    moment && values.length > 0 ? [{ moment, values, group }] : [],
  );
  requireUsable(rows.length, list.rows.length, skipped, "row", name);
  const used = new Set([...targets, ...columns.map((column) => column.name)]);
  const forms = Object.fromEntries(Object.entries(read.forms).filter(([column]) => used.has(column)));
  const isDivided = past.length > 0 && { past };
  const chosenColumns = { name, targets, task, columns, forms, unused, groupFrom };
  return { ...chosenColumns, rows, scanned, ...isDivided, skipped, warnings };
}

/** Checks columns and rows. @throws DataError for a table without rows, with repeated names, or with over 5,000 columns */
async function checkTable(list: ListFile): Promise<void> {
  const { name, columns, rows } = list;
  (await import("../lists/first-line.js")).requireColumnNames(list);
  requireDifferentNames(columns, name, undefined);
  if (columns.length > 5000)
    throw listError(name, `has ${count(columns.length, "column")}`, undefined, "at most 5,000 are possible");
  if (rows.length === 0)
    throw listError(name, "has no lines", undefined, "a table needs a header line and a line a row");
}

/** Returns target columns and task. @throws OptionError for impossible combinations, DataError for unknown columns */
function resolveTargets(list: ListFile, options: OpenTableOptions): Pick<TableDataset, "targets" | "task"> {
  const { groupFrom } = options;
  const named = [...(options.targets ?? []), ...(options.ignore ?? []), ...(options.categories ?? [])];
  requireColumns(list, named);
  const targets = options.targets ?? [targetOf(list, options.inputs)];
  if (groupFrom !== undefined) requireGroupColumn(list, groupFrom, targets);
  const areNumbers = () => targets.every((name) => readColumn(list, name).isQuantity);
  const task = options.task ?? (areNumbers() ? numbersOfRows : classesOfRows);
  if (task === classesOfRows && targets.length > 1)
    throw new EngraftError("OptionError", `${targets.length} columns of classes: ${quoted(targets)}`, {
      help: "classes are learnt one column at a time: name one --target",
    });
  return { targets, task };
}

/** A row before the split. */
interface UsableRow extends Pick<RowItem, "id" | "cells" | "values" | "moment"> {
  readonly given: Part | undefined;
  readonly group: string | undefined;
  /** Name of the class; "" in regression. */
  readonly label: string;
}

/** Returns the rows with a valid target, and the skipped rows with the reason. */
function usableRows(
  { list, partOfRow, idOf }: ReadTable,
  {
    task,
    targets,
    columns,
    groupFrom,
    isClass,
    cellOf,
  }: Pick<TableDataset, "task" | "targets" | "columns"> &
    Pick<OpenTableOptions, "groupFrom"> & {
      readonly isClass: (label: string) => boolean;
      readonly cellOf: (row: Row, column: TableColumn) => string;
    },
): { readonly rows: readonly UsableRow[]; readonly skipped: TableDataset["skipped"] } {
  const learnsNumbers = task === numbersOfRows;
  const skipped: { item: string; reason: string }[] = [];
  const rows: UsableRow[] = [];
  for (const row of list.rows) {
    const id = idOf(row);
    const cells = targets.map((t) => textOf(row, t, list));
    const values = cells.flatMap((text) => numberOf(text) ?? []);
    const missing = cells.findIndex((cell) => isMissing(cell) && !isClass(cell));
    const bad = missing >= 0 || !learnsNumbers ? missing : cells.findIndex((t) => numberOf(t) === undefined);
    if (bad >= 0) skipped.push({ item: id, reason: unusableCell(targets[bad]!, cells[bad]!) });
    else
      rows.push({
        id,
        given: partOfRow(row),
        group: groupFrom === undefined ? undefined : groupIn(row, groupFrom, list),
        cells: columns.map((column) => cellOf(row, column)),
        label: learnsNumbers ? "" : cells[0]!.normalize("NFC"),
        values: learnsNumbers ? values : [],
        ...(row.moment && { moment: row.moment }),
      });
  }
  return { rows, skipped };
}

/** Checks the column of groups, or "none". @throws OptionError for an unknown column and for a target */
export function requireGroupColumn(list: ListFile, groupFrom: string, targets: readonly string[]): void {
  const isTarget = targets.includes(groupFrom);
  if ((list.columns.includes(groupFrom) || groupFrom === noGroups) && !isTarget) return;
  throw new EngraftError(
    "OptionError",
    isTarget
      ? `groupFrom ${JSON.stringify(groupFrom)} is the target column`
      : `groupFrom ${JSON.stringify(groupFrom)} is no column of ${JSON.stringify(list.name)}`,
    {
      help: isTarget
        ? "name another column, or another target: --target NAME"
        : `the rows of a table have no names for a pattern: name the column that holds the group; its columns are ${quoted(list.columns, 30)}`,
      details: { option: "groupFrom", value: groupFrom },
    },
  );
}

/** Returns a warning about classes with a single row. */
function classesOfOneRow(rows: readonly { readonly label: string }[], classes: readonly string[]): Warning[] {
  const counts = countsOf(rows.map(({ label }) => label));
  const found = classes.filter((label) => counts.get(label) === 1);
  if (found.length === 0) return [];
  const named = { classes: found.length, ...firstOf(found) };
  return [warningText("classes_of_one_row", message("classes-of-one-row", named))];
}

function checkLabels(
  rows: readonly { readonly label: string }[],
  classes: readonly string[],
  name: string,
): void {
  if (classes.length < 2)
    throw new EngraftError("DataError", `only one class in ${JSON.stringify(name)}: ${quoted(classes)}`, {
      help: "a classifier needs at least two classes",
      code: "one-class",
      details: { class: classes[0]! },
    });
  if (classes.length > rows.length / 2)
    throw new EngraftError(
      "DataError",
      `${count(classes.length, "class", "classes")} in ${count(rows.length, "row")} of ${JSON.stringify(name)}`,
      { at: quoted(classes), help: "is the right column learnt? choose another with --target NAME" },
    );
}

/** Checks that every class has a training row. @throws DataError otherwise */
function requireTrainClasses(items: readonly RowItem[], classes: readonly string[], name: string): void {
  const trainLabels = new Set(items.filter(({ part }) => part === "train").map(({ label }) => label));
  const without = classes.filter((_, label) => !trainLabels.has(label));
  if (without.length > 0)
    throw new EngraftError(
      "DataError",
      `${quoted(without)} ${without.length === 1 ? "has" : "have"} no row in the train part of ${JSON.stringify(name)}`,
      { help: "add rows of it, or remove it from the other parts; check the spelling" },
    );
}
