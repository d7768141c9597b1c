import type { RE2JS } from "re2js";
import { EngraftError, messageOf } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import { message, warningText } from "../../core/messages/message.js";
import { count, quoted, type Warning } from "./found.js";

/** Most characters of a pattern: a file name needs fewer. */
const longest = 200;

/** Columns whose name says that they hold the group of a line, in lower case. */
const usualColumns = ["group", "group_id"] as const;

/** Name of the group of each sample; undefined for a sample that is a group by itself. */
export type GroupNames = readonly (string | undefined)[];

/**
 * Returns the column that holds the group of each line: the column that `groupFrom` names, else one that is called so.
 * @param usual names that are groups without being asked for, in lower case
 * @returns undefined where `groupFrom` is a pattern, or no column is called so
 */
export function groupColumnOf(
  columns: readonly string[],
  groupFrom: string | undefined,
  usual: readonly string[] = usualColumns,
): string | undefined {
  if (groupFrom !== undefined) return columns.find((column) => column === groupFrom);
  return columns.find((column) => usual.includes(column.toLowerCase()));
}

/**
 * Returns the group that each name says: the first capturing group of a regular expression, or the whole match.
 *
 * @param pattern RE2 syntax, such as `([^/]+)_[0-9]+[.]jpg$` for anna_01.jpg, anna_02.jpg
 * @param options.what such as "picture"
 * @param options.columns of the list, if the samples are lines: `groupFrom` may name one of them
 * @throws OptionError if it is not a pattern of RE2 (backreferences and lookaround are not), or matches no name
 */
export async function groupsOfNames(
  names: readonly string[],
  pattern: string,
  { what, columns = [] }: { readonly what: string; readonly columns?: readonly string[] },
): Promise<(string | undefined)[]> {
  const expression = await compiled(pattern);
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
 * Returns the group of each sample: the one that its line says, or, if `groupFrom` is a pattern, the one that its name says.
 * @param options.columns of the list: `groupFrom` may name one of them
 * @throws OptionError for a pattern that is none or fits no sample
 */
export async function groupsOf<Sample extends { readonly group?: string | undefined }>(
  samples: readonly Sample[],
  nameOf: (sample: Sample) => string,
  groupFrom: string | undefined,
  options: { readonly what: string; readonly columns: readonly string[] },
): Promise<GroupNames> {
  if (groupFrom === undefined || options.columns.includes(groupFrom))
    return samples.map(({ group }) => group);
  return groupsOfNames(samples.map(nameOf), groupFrom, options);
}

/** True if any sample has a group. */
export const haveGroups = (groups: GroupNames): boolean => groups.some((group) => group !== undefined);

export interface EmptyParts {
  /** Nothing is trained on the data, so a part may be empty. Default false. */
  readonly emptyParts?: boolean | undefined;
}

/**
 * Checks a split of samples with groups.
 * @returns a warning where a group lies on both sides of a given split
 * @throws DataError when keeping the groups together left a part empty
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
    (group, i) => group !== undefined && shared.has(group) && parts[i] !== highest(group),
  );
  return [
    warningText(
      "groups_across_parts",
      message("groups-across-splits", { samples: samples.length, unit: what, groups: across.length }),
    ),
  ];
}

/** The pattern, by an engine that takes time proportional to the name's length whatever the pattern is. */
async function compiled(pattern: string): Promise<RE2JS> {
  try {
    if (pattern.length > longest)
      throw new RangeError(`it has ${pattern.length} characters, at most ${longest} are allowed`);
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
