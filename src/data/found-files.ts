import type { Part } from "../core/events/events.js";
import { modalities, modalityOf, type SampleWords } from "../core/modalities.js";
import type { Files } from "../platform/platform.js";
import { givenPart, pictureOf, splitColumnOf, synonyms } from "./lists/columns.js";
import type { ListFile } from "./lists/read-list.js";
import type { Warning } from "./split/found.js";
import { chooseGroups, groupCellsOf, groupColumnsOf, inPatternGroups } from "./split/named-groups.js";

/** A picture or sound whose content has not been read. */
export interface FoundFile {
  /** Path relative to the data folder. */
  readonly id: string;
  readonly path: string;
  readonly given: Part | undefined;
  readonly group?: string;
  /** The row of the list, or its values as the layout gives them. */
  readonly values: Readonly<Record<string, unknown>>;
  /** File and line of the row, for messages. */
  readonly file?: string;
  readonly line?: number;
}

/** The pictures or sounds at a path, with their targets, groups and splits. */
export interface FoundFiles {
  readonly root: string;
  /** Folder whose name the results of the look at the files have in the cache. Default: the root. */
  readonly folder?: string;
  /** Name of the list or folder in messages. */
  readonly name: string;
  /** Columns of the values, without the one of the files. */
  readonly columns: readonly string[];
  readonly files: readonly FoundFile[];
  readonly skipped: readonly { readonly item: string; readonly reason: string }[];
  readonly warnings: readonly Warning[];
  /** Column or layout that gives the groups. */
  readonly groupedBy?: string;
  /** Separator of the list's values. */
  readonly separator?: string;
  /** Files in formats that cannot be read. */
  readonly unread?: readonly string[];
}

/** Words for samples in files. */
export type FileUnit = SampleWords<"image" | "audio">["one"];

/**
 * Returns the files that a list names.
 * @param column the column of the files
 * @param options.folder folder of the files. Default: the list's own
 * @throws DataError for a path that cannot be used, with its line
 */
export function filesOfList(
  files: Files,
  list: ListFile & { readonly root: string },
  column: string,
  options: {
    readonly unit: FileUnit;
    readonly groupFrom?: string | undefined;
    readonly folder?: string | undefined;
    /** Columns that are learnt. */
    readonly targets?: readonly string[];
  },
): FoundFiles {
  const { name, columns, rows, root, separator } = list;
  const { unit, groupFrom, folder = list.folder, targets = [] } = options;
  const warnings: Warning[] = [...(list.warnings ?? [])];
  const split = splitColumnOf(list);
  const place = groupColumnsOf(columns, groupFrom, { usual: synonyms.group, but: targets });
  const cells = rows.map((row) => groupCellsOf(place, row, list));
  const { groups, column: group } = chooseGroups(place, cells, unit, warnings);
  const skipped: { item: string; reason: string }[] = [];
  const found: FoundFile[] = [];
  for (const [i, row] of rows.entries()) {
    const at = pictureOf(files, row, column, { name, folder }, unit);
    const file = row.file ?? name;
    if (at === undefined) {
      const reason = `names no ${modalities[modalityOf(unit)].content}`;
      skipped.push({ item: `${file}, line ${row.line}`, reason });
      continue;
    }
    found.push({
      ...at,
      given: givenPart(row, split, list),
      ...(groups[i] !== undefined && { group: groups[i] }),
      values: row.values,
      file,
      ...(row.line !== undefined && { line: row.line }),
    });
  }
  return {
    root,
    folder,
    name,
    columns: columns.filter((one) => one !== column),
    files: found,
    skipped,
    warnings,
    ...(group !== undefined && { groupedBy: group }),
    ...(separator !== undefined && { separator }),
  };
}

/**
 * Returns the files with their groups: by the column that gives them, else by a pattern on their ids.
 * @throws OptionError for an invalid pattern, and for one without a match
 */
export async function inGroups(
  found: FoundFiles,
  groupFrom: string | undefined,
  what: FileUnit,
): Promise<FoundFiles> {
  const { files, columns, groupedBy } = found;
  if (groupFrom === undefined || groupedBy === groupFrom) return found;
  const grouped = await inPatternGroups(files, groupFrom, what, columns);
  return { ...found, files: grouped, groupedBy: groupFrom };
}
