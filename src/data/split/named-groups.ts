import type { RE2JS } from "re2js";
import { EngraftError, messageOf } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import { patternLimit } from "../../core/file-limits.js";
import { message, warningText } from "../../core/messages/message.js";
import { isMissing, wholeOf } from "../column.js";
import { type Row, textOf } from "../lists/columns.js";
import { count, quoted, type Warning } from "./found.js";
import { noScoreCode } from "./why-unscored.js";

/** Default names of columns of groups, in lower case. */
const usualColumns = ["group", "group_id"] as const;

/** Value of `groupFrom` for no groups, and for the recordings that files show. A column with this name comes first. */
export const [noGroups, recordingGroups] = ["none", "recordings"] as const;

/** Name of the group of each sample; undefined for a sample without one. */
export type GroupNames = readonly (string | undefined)[];

/** Where the groups of a list are. */
export interface GroupColumns {
  /** One column that is certain, or those with a name that groups have. */
  readonly columns: readonly string[];
  /** True if names alone say so: the values decide. */
  readonly byName: boolean;
}

/**
 * Returns the columns of groups: the one that `groupFrom` names; without `groupFrom` one with a default name, else those with names such as
 * "patient".
 * @param options.usual default names, in lower case
 * @param options.but columns that are learnt, or learnt from
 * @returns no column if `groupFrom` is a pattern, or no column has such a name
 */
export function groupColumnsOf(
  columns: readonly string[],
  groupFrom: string | undefined,
  {
    usual = usualColumns,
    but = [],
  }: { readonly usual?: readonly string[]; readonly but?: readonly string[] } = {},
): GroupColumns {
  if (groupFrom !== undefined)
    return { columns: columns.filter((column) => column === groupFrom), byName: false };
  const certain = columns.find(
    (column) => usual.includes(wordsOf(column).toLowerCase()) && !but.includes(column),
  );
  return certain === undefined
    ? { columns: maybeGroups(columns, but), byName: true }
    : { columns: [certain], byName: false };
}

/** The groups that a row names, one for each column. */
export type GroupCells = readonly (string | undefined)[];

/** Returns the groups that a row names. @throws DataError for a list or an object, unless names alone say that columns give groups */
export const groupCellsOf = (
  { columns, byName }: GroupColumns,
  row: Row,
  list: { readonly name: string },
): GroupCells =>
  columns.map((column) => (byName ? groupCell(row.values[column]) : groupIn(row, column, list)));

/**
 * Returns the group in a cell. A whole number is the same group with a point behind it, as pandas writes a column with missing values: 7.0 is 7.
 * @throws DataError for a list or an object
 */
export const groupIn = (row: Row, column: string, list: { readonly name: string }): string | undefined =>
  withoutPoint(textOf(row, column, list)) || undefined;
const withoutPoint = (text: string): string => wholeOf(text) ?? text;

/**
 * Returns the group of each row. If names alone say that columns give groups, it is the column with the fewest groups, and none if the values
 * of no column are groups.
 * @param warnings receives which column gives the groups, or why none does
 */
export function chooseGroups(
  { columns, byName }: GroupColumns,
  cells: readonly GroupCells[],
  unit: string,
  warnings: Warning[],
): { readonly groups: GroupNames; readonly column?: string } {
  const groupsIn = (k: number) => cells.map((one) => one[k]);
  if (!byName)
    return columns[0] === undefined
      ? { groups: cells.map(() => undefined) }
      : { groups: groupsIn(0), column: columns[0] };
  const counted = columns.map((column, k) => ({ column, k, ...countGroups(column, groupsIn(k)) }));
  const [found] = counted.filter(({ are }) => are === "groups").sort((a, b) => a.groups - b.groups);
  const few = counted.find(({ are }) => are === "few");
  if (found === undefined) {
    const said = few && { column: few.column, groups: few.groups, unit };
    if (said) warnings.push(warningText("few_groups_by_name", message("column-gives-few-groups", said)));
    return { groups: cells.map(() => undefined) };
  }
  const { column, groups } = found;
  warnings.push(warningText("groups_by_name", message("column-gives-groups", { column, groups, unit })));
  return {
    column,
    groups: groupsIn(found.k).map((one) => (one !== undefined && isMissing(one) ? undefined : one)),
  };
}

/** "speakerId" in the form "speaker_Id". */
const wordsOf = (column: string): string => column.replace(/([a-z])([A-Z])/g, "$1_$2");

/** Names of columns of whom or what several samples are about. */
const groupName =
  /^(?:patient|subject|person|participant|user|customer|client|speaker|session|household|driver|animal|lesion|video|scene|group|fs)([ _-]?(?:id|no|nr|number))?$/i;
/** Words of these names that may be categories or counts as well: "client" may be a browser, "subject" a lesson, "person" a number of persons. */
const ambiguousName =
  /^(subject|customer|client|session|driver|animal|household|user|video|scene|person|group|fs)$/i;
/** Fewest groups that can be divided between the splits. */
export const fewestGroups = 10;

const maybeGroups = (columns: readonly string[], but: readonly string[]): readonly string[] =>
  columns.filter((column) => groupName.test(wordsOf(column)) && !but.includes(column));

/** Returns the group that a cell names. Lists and objects name none. */
const groupCell = (value: unknown): string | undefined =>
  (typeof value === "string" && withoutPoint(value.trim())) ||
  (typeof value === "number" ? String(value) : undefined);

/** Names of one form, "u12" and "S003", or ids of many letters and digits, or addresses. */
const numberedName = /^([a-z]+[-_ ]?)\d+$/i;
const longId = /^(?=.*\d)[0-9a-f-]{8,}$|@/i;

/** True for values that name one thing each, and are no numbers, sizes or lessons. */
function areIds(values: readonly string[]): boolean {
  const prefix = numberedName.exec(values[0] ?? "")?.[1];
  if (prefix !== undefined) return values.every((value) => numberedName.exec(value)?.[1] === prefix);
  return values.every((value) => longId.test(value));
}

/** Says what the values of a column are: groups, too few groups or too large ones to divide, or none. */
function countGroups(
  column: string,
  values: readonly (string | undefined)[],
): { readonly are: "groups" | "few" | "none"; readonly groups: number } {
  const counts = new Map<string, number>();
  for (const value of values)
    if (value !== undefined && !isMissing(value)) counts.set(value, (counts.get(value) ?? 0) + 1);
  const groups = counts.size;
  const isAmbiguous = ambiguousName.test(column);
  if (groups < 2 || groups >= values.length) return { are: "none", groups };
  if (isAmbiguous && (2 * groups > values.length || !areIds([...counts.keys()])))
    return { are: "none", groups };
  const isLarge = [...counts.values()].some((n) => 2 * n > values.length);
  if (groups >= fewestGroups && !isLarge) return { are: "groups", groups };
  // Yes and no are no patients.
  return { are: groups > 2 && !isAmbiguous && 3 * groups <= values.length ? "few" : "none", groups };
}

/**
 * Returns the group of each name: the first capturing group of a regular expression, or the whole match.
 *
 * @param pattern RE2 syntax, such as `([^/]+)_[0-9]+[.]jpg$` for anna_01.jpg, anna_02.jpg
 * @param options.what noun for messages, such as "picture"
 * @param options.columns columns of the list, for messages
 * @throws OptionError if the pattern is invalid in RE2 (no backreferences, no lookaround), or matches no name
 */
export async function groupsOfNames(
  names: readonly string[],
  pattern: string,
  { what, columns = [] }: { readonly what: string; readonly columns?: readonly string[] },
): Promise<(string | undefined)[]> {
  const expression = await compilePattern(pattern);
  let fits = 0;
  const groups = names.map((name) => {
    const match = expression.matcher(name);
    if (!match.find()) return undefined;
    const group = (match.groupCount() > 0 ? match.group(1) : null) ?? match.group();
    if (!group) return undefined;
    fits++;
    return group;
  });
  if (fits === 0) {
    const orColumns = columns.length > 0 ? `; or name a column: ${quoted(columns, 12)}` : "";
    throw new EngraftError("OptionError", `groupFrom ${JSON.stringify(pattern)} fits no ${what}`, {
      help: `names are like ${quoted(names)}${orColumns}`,
      details: { option: "groupFrom", value: pattern },
    });
  }
  return groups;
}

/**
 * Returns the group of each sample: from its row, or from its name if `groupFrom` is a pattern.
 * @param cells the groups that each row names
 * @param nameOf name of the sample at a position
 * @throws OptionError for an invalid pattern, and for one that matches no sample
 */
export async function groupsOf(
  place: GroupColumns,
  cells: readonly GroupCells[],
  groupFrom: string | undefined,
  {
    nameOf,
    what,
    columns,
    warnings,
  }: {
    readonly nameOf: (i: number) => string;
    readonly what: string;
    readonly columns: readonly string[];
    readonly warnings: Warning[];
  },
): Promise<GroupNames> {
  if (groupFrom === undefined || place.columns.length > 0)
    return chooseGroups(place, cells, what, warnings).groups;
  if (groupFrom === noGroups) return cells.map(() => undefined);
  const names = cells.map((_, i) => nameOf(i));
  return groupsOfNames(names, groupFrom, { what, columns });
}

/**
 * Returns files with the groups that a pattern finds in their ids. A file that it does not fit keeps its group. "none" removes the groups;
 * with "recordings" the files show them later.
 * @throws OptionError as {@link groupsOfNames}
 */
export async function inPatternGroups<
  File extends { readonly id: string; readonly group?: string | undefined },
>(
  files: readonly File[],
  pattern: string,
  what: string,
  columns: readonly string[] = [],
): Promise<readonly File[]> {
  if (pattern === recordingGroups) return files;
  if (pattern === noGroups) return files.map((file) => ({ ...file, group: undefined }));
  const ids = files.map(({ id }) => id);
  const groups = await groupsOfNames(ids, pattern, { what, columns });
  return files.map((file, i) => (groups[i] === undefined ? file : { ...file, group: groups[i] }));
}

/** True if any sample has a group. */
export const haveGroups = (groups: GroupNames): boolean => groups.some((group) => group !== undefined);

/** Options for splits that get no sample. */
export interface EmptyParts {
  /** Allows empty splits, for data that only scores a model. Default false. */
  readonly emptyParts?: boolean | undefined;
  /**
   * Keeps all samples for training, with a warning, if they have too few groups for three splits, or for a second class in the test split.
   * Default false.
   */
  readonly unscored?: boolean | undefined;
}

/**
 * Moves all samples into the training split, and adds a warning, if groups leave a split empty, or one class in the test split, and
 * `unscored` allows it. Splits that are given stay.
 * @returns the options with which the splits are checked
 */
export function keepForTraining(
  items: readonly {
    readonly group?: string | undefined;
    readonly label: string | number;
    readonly given: Part | undefined;
  }[],
  parts: Part[],
  options: EmptyParts & { readonly unit?: string },
  warnings: Warning[],
): EmptyParts {
  const named = items.some(({ group }) => group !== undefined);
  const areFree = items.every(({ given }) => given === undefined || given === "train");
  const labels = new Set(items.map(({ label }) => label));
  const tested = new Set(items.flatMap(({ label }, i) => (parts[i] === "test" ? [label] : [])));
  const isFilled = new Set(parts).size === 3 && (tested.size > 1 || labels.size === 1);
  if (!options.unscored || !named || !areFree || isFilled) return options;
  parts.fill("train");
  const groupsOf = new Map<string | number, Set<string | number>>();
  for (const [i, { label, group = i }] of items.entries())
    groupsOf.set(label, (groupsOf.get(label) ?? new Set()).add(group));
  const single = [...groupsOf.values()].every(({ size }) => size === 1);
  const groups = new Set([...groupsOf.values()].flatMap((found) => [...found])).size;
  warnings.push(warningText(noScoreCode, message("no-score-groups", { groups, single, unit: options.unit })));
  return { emptyParts: true };
}

/**
 * Checks a split of samples with groups.
 * @returns a warning if a group is in several given splits
 * @throws DataError if a split is empty because groups stay together
 */
export function checkGroups(
  groups: GroupNames,
  parts: readonly Part[],
  what: string,
  root: string,
  { emptyParts = false }: EmptyParts = {},
): Warning[] {
  if (!haveGroups(groups)) return [];
  const partsOf = new Map<string, Set<Part>>();
  for (const [i, group] of groups.entries())
    if (group !== undefined) partsOf.set(group, (partsOf.get(group) ?? new Set()).add(parts[i]!));
  for (const part of ["train", "validation", "test"] as const)
    if (!emptyParts && !parts.includes(part))
      throw new EngraftError(
        "DataError",
        `nothing is left for the ${part} part of ${JSON.stringify(root)}: its ${count(groups.length, what)} are of ${count(partsOf.size, "group")}, and a group is not divided`,
        {
          help: `give samples of more groups, smaller groups, or the split yourself (a column "split" with train, val and test)`,
          code: "too-few-groups",
          details: { groups: partsOf.size },
        },
      );
  const across = [...partsOf].filter(([, all]) => all.size > 1).map(([group]) => group);
  if (across.length === 0) return [];
  const highest = (group: string): Part =>
    (["test", "validation", "train"] as const).find((part) => partsOf.get(group)!.has(part))!;
  const shared = new Set(across);
  const samples = groups.filter(
    (group, i): group is string => group !== undefined && shared.has(group) && parts[i] !== highest(group),
  );
  const test = samples.filter((group) => highest(group) === "test").length;
  return [
    warningText(
      "groups_across_parts",
      message("groups-across-splits", {
        samples: samples.length,
        unit: what,
        groups: across.length,
        test,
      }),
    ),
  ];
}

/** Compiles a pattern for RE2, whose matching time is linear in the name's length. @throws OptionError */
async function compilePattern(pattern: string): Promise<RE2JS> {
  try {
    if (pattern.length > patternLimit)
      throw new RangeError(`it has ${pattern.length} characters, at most ${patternLimit} are allowed`);
    const { RE2JS } = await import("re2js");
    return RE2JS.compile(pattern);
  } catch (error) {
    const why = messageOf(error).replace("error parsing regexp: ", "");
    throw new EngraftError("OptionError", `groupFrom is no pattern: ${why}`, {
      help: 'give a regular expression whose bracket is the group, like "([^/]+)_[0-9]+[.]jpg$"; it is written in RE2\'s syntax, without backreferences (\\1) and lookaround ((?=…), (?<!…))',
      details: { option: "groupFrom", value: pattern },
      cause: error,
    });
  }
}
