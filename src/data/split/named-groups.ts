import type { RE2JS } from "re2js";
import { EngraftError, messageOf } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import { message, warningText } from "../../core/messages/message.js";
import { type Row, textOf } from "../lists/columns.js";
import { isMissing } from "../tables/numbers.js";
import { count, quoted, type Warning } from "./found.js";

/** Largest length of a pattern, in characters. */
const maxPatternLength = 200;

/** Default names of columns of groups, in lower case. */
const usualColumns = ["group", "group_id"] as const;

/** Name of the group of each sample; undefined for a sample without one. */
export type GroupNames = readonly (string | undefined)[];

/** Where the groups of a list are. */
export interface GroupColumn {
  readonly column?: string;
  /** True if its name alone says so: its values decide. */
  readonly byName?: boolean;
}

/**
 * Returns the column of groups: the one that `groupFrom` names; without `groupFrom` one with a default name, else one with a name such as
 * "patient".
 * @param options.usual default names, in lower case
 * @param options.but columns that are learnt, or learnt from
 * @returns no column if `groupFrom` is a pattern, or no column has such a name
 */
export function groupColumnOf(
  columns: readonly string[],
  groupFrom: string | undefined,
  {
    usual = usualColumns,
    but = [],
  }: { readonly usual?: readonly string[]; readonly but?: readonly string[] } = {},
): GroupColumn {
  const find = (is: (column: string) => boolean): GroupColumn => {
    const column = columns.find(is);
    return column === undefined ? {} : { column };
  };
  if (groupFrom !== undefined) return find((column) => column === groupFrom);
  const certain = find((column) => usual.includes(wordsOf(column).toLowerCase()));
  if (certain.column !== undefined) return certain;
  const column = maybeGroupOf(columns, but);
  return column === undefined ? {} : { column, byName: true };
}

/** Returns the group that a row names. @throws DataError for a list or an object, unless the column's name alone says that it gives groups */
export function groupCellOf(
  { column, byName }: GroupColumn,
  row: Row,
  list: { readonly name: string },
): string | undefined {
  if (column === undefined) return undefined;
  return byName ? groupCell(row.values[column]) : textOf(row, column, list) || undefined;
}

/** Returns the groups of all rows: none if a name alone says that a column gives groups, and its values are none. */
export function groupsInColumn(
  { column, byName }: GroupColumn,
  groups: GroupNames,
  unit: string,
  warnings: Warning[],
): GroupNames {
  if (!byName) return groups;
  const said = groupsByName(column!, groups, unit);
  if (said === undefined) return groups.map(() => undefined);
  warnings.push(said);
  return groups.map((group) => (group !== undefined && isMissing(group) ? undefined : group));
}

/** "speakerId" in the form "speaker_Id". */
const wordsOf = (column: string): string => column.replace(/([a-z])([A-Z])/g, "$1_$2");

/** Names of columns of whom or what several samples are about. */
const groupName =
  /^(patient|subject|person|participant|user|customer|client|speaker|session|household|driver|animal|lesion|video|scene|fs)([ _-]?(id|no|nr|number))?$/i;
/** Words of these names that may be categories as well: "client" may be a browser, "subject" a lesson. Their values must have a digit. */
const ambiguousName = /^(subject|customer|client|session|driver|animal|household|user|video|scene|fs)$/i;
/** Fewest groups that can be divided between the splits. */
export const fewestGroups = 10;

/** Returns the column whose name is one of those of groups. Whether it holds groups, its values show: {@link groupsByName}. */
export const maybeGroupOf = (columns: readonly string[], but: readonly string[]): string | undefined =>
  columns.find((column) => groupName.test(wordsOf(column)) && !but.includes(column));

/** Returns the group that a cell names. Lists and objects name none. */
const groupCell = (value: unknown): string | undefined =>
  (typeof value === "string" && value.trim()) || (typeof value === "number" ? String(value) : undefined);

/**
 * Says that the values of a column are groups: they repeat, and none has half of the samples. Undefined for other values.
 * @param column of {@link maybeGroupOf}
 * @param values one for each sample
 */
export function groupsByName(column: string, values: readonly unknown[], unit: string): Warning | undefined {
  const counts = new Map<string, number>();
  for (const cell of values) {
    const value = groupCell(cell);
    if (value !== undefined && !isMissing(value)) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const groups = counts.size;
  const isAmbiguous = ambiguousName.test(column);
  if (groups < fewestGroups || groups >= values.length || (isAmbiguous && 2 * groups > values.length))
    return undefined;
  if (isAmbiguous && ![...counts.keys()].every((value) => /\d/.test(value))) return undefined;
  if ([...counts.values()].some((n) => 2 * n > values.length)) return undefined;
  return warningText("groups_by_name", message("column-gives-groups", { column, groups, unit }));
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
 * @param samples with the group that its row names, see {@link groupCellOf}
 * @param options.columns columns of the list, for messages
 * @throws OptionError for an invalid pattern, and for one that matches no sample
 */
export async function groupsOf<Sample extends { readonly group?: string | undefined }>(
  samples: readonly Sample[],
  nameOf: (sample: Sample) => string,
  groupFrom: string | undefined,
  {
    place,
    what,
    columns,
    warnings,
  }: {
    readonly place: GroupColumn;
    readonly what: string;
    readonly columns: readonly string[];
    readonly warnings: Warning[];
  },
): Promise<GroupNames> {
  if (groupFrom !== undefined && place.column === undefined)
    return groupsOfNames(samples.map(nameOf), groupFrom, { what, columns });
  return groupsInColumn(
    place,
    samples.map(({ group }) => group),
    what,
    warnings,
  );
}

/**
 * Returns files with the groups that a pattern finds in their ids. A file that it does not fit keeps its group.
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
  const ids = files.map(({ id }) => id);
  const groups = await groupsOfNames(ids, pattern, { what, columns });
  return files.map((file, i) => (groups[i] === undefined ? file : { ...file, group: groups[i] }));
}

/** True if any sample has a group. */
export const haveGroups = (groups: GroupNames): boolean => groups.some((group) => group !== undefined);

/** An option for data that only scores a model. */
export interface EmptyParts {
  /** Allows empty splits. Default false. */
  readonly emptyParts?: boolean | undefined;
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
    if (pattern.length > maxPatternLength)
      throw new RangeError(`it has ${pattern.length} characters, at most ${maxPatternLength} are allowed`);
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
