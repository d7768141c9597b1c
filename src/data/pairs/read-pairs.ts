import { EngraftError } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import { message, warningText } from "../../core/messages/message.js";
import type { Platform } from "../../platform/platform.js";
import { givenPart, type Row, splitColumnOf } from "../lists/columns.js";
import { findLists } from "../lists/find-lists.js";
import type { Quotes } from "../lists/quotes.js";
import { readList } from "../lists/read-list.js";
import { byCodePoint, firstNames, type Warning } from "../split/found.js";
import {
  type GroupCells,
  type GroupColumns,
  type GroupNames,
  groupCellsOf,
  groupColumnsOf,
  groupsOf,
} from "../split/named-groups.js";
import { requireNearlyAll } from "../split/nearly-all.js";
import { isLanguage } from "./languages.js";
import { namedPairColumns, type PairColumns, pairColumnsOf, pairIn } from "./pair-columns.js";

/** Number of rows that are read to find the columns. */
const headRows = 2000;
/** Most names of languages that are kept. */
const mostLanguages = 20;

/** A usable pair of a file. */
export interface FoundPair {
  /** `pairs.tsv, line 12` */
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly given: Part | undefined;
}

/** The usable pairs of the files at a path. */
export interface ReadPairs {
  readonly root: string;
  readonly name: string;
  readonly columns: PairColumns;
  /** Codes of both languages, as far as the data name them. */
  readonly languages: { readonly source?: string; readonly target?: string };
  /** Columns that are not used. */
  readonly unused: readonly string[];
  readonly found: readonly FoundPair[];
  /** The named group of each pair. */
  readonly groups: GroupNames;
  readonly skipped: readonly { readonly item: string; readonly reason: string }[];
  readonly warnings: readonly Warning[];
}

export interface ReadPairsOptions {
  /** Columns of both texts, or their keys in a column of objects. Both or none. Default: by the rules of `pairColumnsOf`. */
  readonly source?: string | undefined;
  readonly target?: string | undefined;
  readonly quotes?: Quotes | undefined;
  /** A column of groups, or a pattern for names of pairs. Default: "group", if there is one. */
  readonly groupFrom?: string | undefined;
}

/** A file of pairs: its path, its name in messages, and the split that the name says. */
interface PairFile {
  readonly path: string;
  readonly name: string;
  readonly part: Part | undefined;
}

/**
 * Returns where the pairs of a file, or of the first file of a folder, are; undefined if it has none.
 * @throws DataError for a list that cannot be read, or with texts in one language or in more than two
 */
export async function findPairColumns(
  platform: Platform,
  path: string,
  { quotes, source, target }: Omit<ReadPairsOptions, "groupFrom"> = {},
): Promise<PairColumns | undefined> {
  const [first] = await filesOf(platform, path);
  if (!first) return undefined;
  const head = await readList(platform, first.path, { ...format, quotes, most: headRows });
  if (source === undefined && target === undefined) return pairColumnsOf(head);
  if (source !== undefined && target !== undefined) return namedPairColumns(head, source, target);
  throw new EngraftError("OptionError", `source and target are both named, or none of them`, {
    help: "name both columns",
    details: { source, target },
  });
}

const format = { header: "source,target", fewerClasses: true, keepUnlabelled: true };

/** Returns the files of pairs at a path: a list, or a list for each split. */
async function filesOf({ files }: Platform, path: string): Promise<readonly PairFile[]> {
  const root = files.resolve(path);
  const lists = await findLists(files, root);
  if (lists === undefined || lists.layout === "metadata") return [];
  return lists.files.map(({ name, part }) => ({ path: files.join(lists.folder, name), name, part }));
}

/**
 * Reads the pairs of a list, or of a folder with a list for each split. A row without one of its texts is left out.
 * @throws DataError for a path without pairs, or if more than a tenth of the rows are left out
 */
export async function readPairs(
  platform: Platform,
  path: string,
  { groupFrom, ...how }: ReadPairsOptions,
): Promise<ReadPairs> {
  const { files } = platform;
  const root = files.resolve(path);
  const name = files.relative(files.dirname(root), root);
  const columns = await findPairColumns(platform, path, how);
  if (columns === undefined)
    throw new EngraftError("DataError", `${JSON.stringify(name)} has no pairs of texts`, {
      help: "give a list with the columns source and target, such as a .tsv, .csv, .jsonl or .parquet file, or a folder with train, validation and test",
      details: { path: root },
    });
  const rows = new PairRows(columns, groupFrom);
  for (const file of await filesOf(platform, path)) {
    const each = rows.open(file);
    const reserved = [columns.inside ?? columns.source, columns.target];
    const read = await readList(platform, file.path, { ...format, quotes: how.quotes, reserved, each });
    rows.warnings.push(...(read.warnings ?? []));
  }
  const { found, cells, skipped, unused, warnings } = rows;
  const all = found.length + skipped.length;
  requireNearlyAll(skipped.length, {
    ...{ all, unit: "pair", where: name, skipped, help: "complete or remove them" },
  });
  if (all === 0)
    throw new EngraftError("DataError", `${JSON.stringify(name)} has no rows`, { help: "add pairs" });
  const groups = await groupsOf(rows.group!, cells, groupFrom, {
    ...{ nameOf: (i: number) => found[i]!.id, what: "pair", columns: unused, warnings },
  });
  const languages = rows.languages();
  return { root, name, columns, languages, unused, found, groups, skipped, warnings };
}

/** Names of the columns of a language code, for the source and the target. */
const languageNames = [/^(source|src)[ _]?lang(uage)?$/i, /^(target|tgt)[ _]?lang(uage)?$/i] as const;

/** Collects the pairs of files, row by row. */
class PairRows {
  readonly found: FoundPair[] = [];
  readonly cells: GroupCells[] = [];
  readonly skipped: { item: string; reason: string }[] = [];
  readonly warnings: Warning[] = [];
  unused: readonly string[] = [];
  /** Of the first file. */
  group: GroupColumns | undefined;
  readonly #languages = new Map<string, Set<string>>();

  constructor(
    private readonly columns: PairColumns,
    private readonly groupFrom: string | undefined,
  ) {}

  /** Returns the function that receives the columns of a file, and returns the one that receives its rows. */
  open({ name, part }: PairFile) {
    return (columns: readonly string[]): ((row: Row) => void) => {
      const { inside, places } = this.columns;
      const [source, target] = places?.map((place) => columns[place] ?? "") ?? [
        this.columns.source,
        this.columns.target,
      ];
      const pair = { source: source!, target: target!, ...(inside !== undefined && { inside }) };
      const split = splitColumnOf({ columns });
      const used = [inside, source, target, split];
      const languages = columns.filter((one) => languageNames.some((names) => names.test(one)));
      const group = groupColumnsOf(columns, this.groupFrom, { but: [...(used as string[]), ...languages] });
      this.group ??= group;
      const others = columns.filter((one) => !used.includes(one) && !languages.includes(one));
      const isUnused = (one: string) => one !== "" && !group.columns.includes(one);
      this.unused = [...new Set([...this.unused, ...(places ? [] : others.filter(isUnused))])];
      for (const one of languages) this.#languages.set(one, this.#languages.get(one) ?? new Set());
      const list = { name };
      const take = (row: Row): void => {
        const [first, second] = pairIn(row.values, pair).map(textIn);
        const id = `${name}, line ${row.line}`;
        const reason = whyUnusable(first, second, pair);
        if (reason !== undefined) {
          this.skipped.push({ item: id, reason });
          return;
        }
        for (const one of languages) this.#addLanguage(one, row.values[one]);
        this.cells.push(groupCellsOf(group, row, list));
        const given = part ?? givenPart(row, split, list);
        this.found.push({ id, source: first!, target: second!, given });
      };
      if (places) {
        this.warnings.push(warningText("first_line_is_pair", message("first-line-is-pair", { file: name })));
        take({ line: 1, values: Object.fromEntries(columns.map((column) => [column, column])) });
      }
      return take;
    };
  }

  #addLanguage(column: string, value: unknown): void {
    const seen = this.#languages.get(column)!;
    if (typeof value === "string" && value !== "" && seen.size < mostLanguages) seen.add(value);
  }

  /** Returns the languages that a column, or the name of a column, says; and adds a warning about a column of several. */
  languages(): ReadPairs["languages"] {
    const of = (name: string, names: RegExp): string | undefined => {
      if (isLanguage(name)) return name;
      const [column, values] = [...this.#languages].find(([one]) => names.test(one)) ?? [];
      return values?.size === 1 && column !== undefined ? [...values][0] : undefined;
    };
    for (const [column, values] of this.#languages)
      if (values.size > 1)
        this.warnings.push(
          warningText(
            "pairs_of_languages",
            message("pairs-of-languages", { column, ...firstNames([...values].sort(byCodePoint)) }),
          ),
        );
    const source = of(this.columns.source, languageNames[0]);
    const target = of(this.columns.target, languageNames[1]);
    return { ...(source !== undefined && { source }), ...(target !== undefined && { target }) };
  }
}

/** Returns a value as text; "" for a missing one, and undefined for a list or an object. */
function textIn(value: unknown): string | undefined {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value.trim();
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

/** Returns why a row is no pair; undefined if it is one. */
function whyUnusable(
  source: string | undefined,
  target: string | undefined,
  columns: Pick<PairColumns, "source" | "target">,
): string | undefined {
  if (source === "" && target === "") return "has no texts";
  for (const [text, column] of [
    [source, columns.source],
    [target, columns.target],
  ]) {
    if (text === undefined) return `has a list or an object in ${JSON.stringify(column)}`;
    if (text === "") return `has no ${JSON.stringify(column)}`;
  }
  return undefined;
}
