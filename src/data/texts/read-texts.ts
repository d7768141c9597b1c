import { EngraftError } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import type { Platform } from "../../platform/platform.js";
import type { OpenScratch } from "../byte-store.js";
import { haveChatFields } from "../chats/chat-layouts.js";
import { refuseClassNames } from "../lists/class-names.js";
import { columnOf, givenPart, nameColumn, type Row, splitColumnOf, textOf } from "../lists/columns.js";
import type { Table } from "../lists/csv.js";
import { findLists } from "../lists/find-lists.js";
import { otherSeparator } from "../lists/other-separator.js";
import { type ListFile, type ReadOptions, readList, readLists } from "../lists/read-list.js";
import {
  copiesAcross,
  copiesToLeaveOut,
  givenSplits,
  leftOutWarnings,
  warnConflicts,
} from "../split/copies.js";
import { type Divided, divide } from "../split/divide.js";
import { quoted, type Warning } from "../split/found.js";
import { firstEqual } from "../split/groups.js";
import {
  type EmptyParts,
  type GroupCells,
  type GroupColumns,
  groupCellsOf,
  groupColumnsOf,
  groupsOf,
} from "../split/named-groups.js";
import { requireNearlyAll } from "../split/nearly-all.js";
import { withDecimalPoints } from "../tables/decimal-commas.js";
import { groupNearTexts, normalText, wholeText } from "./near-texts.js";
import { holdsTexts, readTextFolders } from "./text-files.js";
import { StoredText, TextStore } from "./text-store.js";

/** Number of rows that are read to find out how the list writes its targets. */
const headRows = 2000;

/** Usual names of two columns of text pairs, in lower case. */
const pairNames = [
  ["text", "text_pair"],
  ["text_a", "text_b"],
  ["text1", "text2"],
  ["sentence1", "sentence2"],
  ["sentence_a", "sentence_b"],
  ["premise", "hypothesis"],
  ["question1", "question2"],
  ["question", "answer"],
  ["query", "passage"],
] as const;

/**
 * Returns the column of texts, or the two columns of text pairs; undefined if none is found.
 * @throws OptionError for more than two names, DataError for unknown columns
 */
export function textColumnsOf(
  columns: readonly string[],
  named: readonly string[] | undefined,
  name: string,
): readonly string[] | undefined {
  if (named === undefined) {
    const text = columnOf("text", columns);
    const find = (one: string) => columns.find((column) => column.toLowerCase() === one);
    const two = pairNames
      .map((pair) => pair.map(find))
      .find((pair): pair is [string, string] => pair.every((column) => column !== undefined));
    return text === undefined || two?.includes(text) ? two : [text];
  }
  if (named.length > 2)
    throw new EngraftError("OptionError", `${named.length} columns of texts: ${quoted(named, 5)}`, {
      help: "name one, or two whose texts are a pair",
    });
  const unknown = named.filter((column) => !columns.includes(column));
  if (unknown.length > 0)
    throw new EngraftError("DataError", `"${name}" has no column ${quoted(unknown)}`, {
      help: `its columns are ${quoted(columns, 12) || "none"}`,
    });
  return named;
}

/** True for a folder with a folder of texts for each class. */
const holdsTextFolder = async (files: Platform["files"], path: string): Promise<boolean> =>
  (await files.stat(path))?.kind === "folder" && holdsTexts(files, path);

/** A stored text with the target, the split and the group of its row. */
class ReadText<Target> extends StoredText {
  constructor(
    store: TextStore,
    place: number,
    readonly target: Target,
    readonly given: Part | undefined,
    readonly group: string | undefined,
  ) {
    super(store, place);
  }
}

/** A parsed row, before copies are removed. */
interface FoundText<Target> extends Pick<Row, "file" | "line"> {
  readonly text: string;
  readonly pair?: string;
  readonly target: Target;
  readonly given: Part | undefined;
  readonly groups: GroupCells;
}

/** The texts of a file or a folder, without copies. */
export interface ReadTexts<Target> {
  readonly root: string;
  readonly name: string;
  readonly columns: readonly string[];
  /** The column of texts, or the two columns of text pairs. */
  readonly texts: readonly string[];
  readonly kept: readonly ReadText<Target>[];
  readonly skipped: readonly { readonly item: string; readonly reason: string }[];
  /** Number of removed copies. */
  readonly duplicates: number;
  /** Number of removed copies whose original is in another split. */
  readonly acrossParts: number;
  /** Decisions about the file's format. */
  readonly warnings: readonly Warning[];
}

/** Reads the target of a row, or the reason to skip the row. */
export type TargetReader<Target> = (
  values: Readonly<Record<string, unknown>>,
  file: string,
  line: number | undefined,
) => { readonly target: Target } | { readonly skip: string };

export interface ReadTextsOptions
  extends Pick<ReadOptions, "quotes" | "classNames" | "classColumn" | "fewerClasses" | "keepUnlabelled"> {
  /** The column of texts, or the two columns of text pairs. Default: found by name. */
  readonly named?: readonly string[] | undefined;
  /** Opens the scratch file for many texts. Default: memory. */
  readonly scratch?: OpenScratch | undefined;
  /**
   * The column of groups, or a pattern for file names. Default: a column called "group" or "group_id".
   */
  readonly groupFrom?: string | undefined;
  /** Label columns of several tasks, which give no groups. */
  readonly taskColumns?: readonly string[] | undefined;
  /** Reads decimal commas as points. The whole list decides, so all rows wait in memory. Default false. */
  readonly decimals?: boolean | undefined;
}

/** Returns the target reader of a list, given its columns and first rows. */
type MakeTargetReader<Target> = (list: {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}) => TargetReader<Target>;

/** Returns the error of a list without a column of texts, which may hold chats. */
export function noTextColumn(list: string, columns: readonly string[]): EngraftError {
  const areChats = haveChatFields(columns);
  const help = areChats
    ? 'give a .txt file with a text a line, or a list with a column "text"; `engraft train FILE --task text-generation --base DECODER` learns the answers of chats, and its model takes them'
    : (otherSeparator(columns) ??
      `its columns are ${quoted(columns, 12) || "none"}; name one of them "text"`);
  return new EngraftError(
    "DataError",
    `"${list}" ${areChats ? "holds chats, and texts are needed" : "has no column of texts"}`,
    { help, code: "no-text-column", details: { list, columns } },
  );
}

/** Collects the rows of a list one by one. The first rows wait until the target reader is known. */
class TextRows<Target> {
  readonly found: FoundText<Target>[] = [];
  readonly skipped: { item: string; reason: string }[] = [];
  /** The column of texts, or the two columns of text pairs. */
  readonly texts: readonly string[];
  readonly #split: string | undefined;
  readonly #decimals: boolean;
  readonly group: GroupColumns;
  readonly #detached = detachedStrings();
  #targetOf: TargetReader<Target> | undefined;
  #pending: Row[] = [];

  /** @throws DataError for a list without a column of texts */
  constructor(
    readonly name: string,
    readonly columns: readonly string[],
    {
      named,
      groupFrom,
      classColumn,
      taskColumns = [],
      decimals = false,
    }: Pick<ReadTextsOptions, "named" | "groupFrom" | "classColumn" | "taskColumns" | "decimals">,
    private readonly makeReader: MakeTargetReader<Target>,
  ) {
    const texts = textColumnsOf(columns, named, name);
    if (texts === undefined) throw noTextColumn(name, columns);
    this.texts = texts;
    this.#decimals = decimals;
    this.#split = splitColumnOf({ columns });
    this.group = groupColumnsOf(columns, groupFrom, { but: [...texts, classColumn ?? "", ...taskColumns] });
  }

  readonly take = (row: Row): void => {
    if (this.#targetOf) this.#add(row, this.#targetOf);
    else if (this.#pending.push(row) >= headRows && !this.#decimals) this.finish({});
  };

  /** Returns warnings about the form of numbers. */
  finish({ separator }: Pick<Table, "separator">): readonly Warning[] {
    if (this.#targetOf) return [];
    const columns = this.columns.filter((column) => !this.texts.includes(column));
    const list: Table = { columns, rows: this.#pending, ...(separator !== undefined && { separator }) };
    const { rows, warnings = [] } = this.#decimals ? withDecimalPoints(list) : list;
    const of = this.makeReader({ name: this.name, columns: this.columns, rows });
    this.#targetOf = of;
    for (const row of rows) this.#add(row, of);
    this.#pending = [];
    return warnings;
  }

  #add(row: Row, readTarget: TargetReader<Target>): void {
    const { line, values, file } = row;
    const place = file ?? this.name;
    const own = values[nameColumn];
    const named = typeof own === "string" ? { file: own } : { file, line };
    const [text, pair] = this.texts as readonly [string, string?];
    const first = textOf(row, text, this);
    const result = readTarget(values, place, line);
    const second = pair === undefined ? undefined : textOf(row, pair, this);
    if (first === "" || second === "" || "skip" in result) {
      const missing =
        second === undefined ? "has no text" : `has no ${JSON.stringify(first === "" ? text : pair)}`;
      const reason = first !== "" && second !== "" && "skip" in result ? result.skip : missing;
      this.skipped.push({ item: idOf(named, this.name), reason });
      return;
    }
    const given = givenPart(row, this.#split, this);
    const groups = groupCellsOf(this.group, row, this);
    this.found.push({
      groups: groups.map((group) => group && this.#detached(group)),
      ...named,
      text: first,
      ...(second !== undefined && { pair: second }),
      target: result.target,
      given,
    });
  }
}

/** Returns `reviews.csv, line 12`, or the file name of a text in its own file. */
const idOf = ({ file, line }: Pick<Row, "file" | "line">, name: string): string =>
  line === undefined ? file! : `${file ?? name}, line ${line}`;

/**
 * Reads the texts of a list or a folder, and removes copies.
 * @param makeReader called once the columns and the first rows are known
 * @throws DataError if the file, a column or all texts are missing
 */
export async function readTexts<Target>(
  platform: Platform,
  path: string,
  makeReader: MakeTargetReader<Target>,
  { named, scratch, groupFrom, taskColumns, decimals, ...format }: ReadTextsOptions = {},
): Promise<ReadTexts<Target>> {
  const { files } = platform;
  const given = files.resolve(path);
  const lists = await findLists(files, given);
  const folders = lists?.layout !== "splits" && (await holdsTextFolder(files, given));
  const root = folders ? given : (lists?.root ?? given);
  const name = files.relative(files.dirname(root), root);
  let collected: TextRows<Target> | undefined;
  const warnings: Warning[] = [];
  const each = (columns: readonly string[]) => {
    collected = new TextRows(
      name,
      columns,
      { named, groupFrom, classColumn: format.classColumn, taskColumns, decimals },
      makeReader,
    );
    return collected.take;
  };
  const readOptions = { ...format, header: "text,label", each };
  let read: Pick<ListFile, "warnings" | "separator"> = {};
  if (lists && !folders) read = (await readLists(platform, given, readOptions))!;
  else if ((await files.stat(given))?.kind === "folder") {
    refuseClassNames(format.classNames, "the folders name the classes");
    const { columns, rows } = await readTextFolders(files, given);
    const take = each(columns);
    for (const row of rows) take(row);
  } else read = await readList(platform, given, readOptions);
  const rows = collected!;
  warnings.push(...(read.warnings ?? []), ...rows.finish(read));
  const { found, skipped, columns, texts, group: place } = rows;
  const nameOf = (i: number): string => idOf(found[i]!, name);
  const cells = found.map(({ groups }) => groups);
  const groups = await groupsOf(place, cells, groupFrom, { nameOf, what: "text", columns, warnings });
  const store = new TextStore(name, scratch);
  const all: ReadText<Target>[] = [];
  for (const [i, one] of found.entries()) {
    const { text, pair, target, given } = one;
    const sha256 = await platform.sha256(pair === undefined ? text : JSON.stringify([text, pair]));
    const copyHash = await platform.sha256(normalText(wholeText(one)));
    all.push(new ReadText(store, store.add({ ...one, sha256, copyHash }), target, given, groups[i]));
  }
  if (all.length === 0)
    throw new EngraftError("DataError", `"${name}" has no texts`, {
      at: skipped[0] && `${skipped[0].item}: ${skipped[0].reason}`,
      help: "add one line a text: text,label",
    });
  const copies = firstEqual(all.map(({ sha256 }) => sha256));
  const { given: splits } = givenSplits(all);
  const leftOut = copiesToLeaveOut(
    splits,
    copies,
    "text",
    all.map(({ target }) => target),
  );
  warnConflicts(all, copies, "text", warnings);
  warnings.push(...leftOutWarnings(leftOut, splits, "text"));
  return {
    root,
    name,
    columns,
    texts,
    kept: all.filter((_, i) => !leftOut.has(i)),
    skipped,
    duplicates: leftOut.size,
    acrossParts: copiesAcross(leftOut, splits),
    warnings,
  };
}

/** Returns a function that copies a string, once for equal strings. A slice of a file's text would keep the whole file in memory. */
export function detachedStrings(): (text: string) => string {
  const copies = new Map<string, string>();
  return (text) => {
    let copy = copies.get(text);
    if (copy === undefined) {
      copy = new TextDecoder().decode(new TextEncoder().encode(text));
      copies.set(copy, copy);
    }
    return copy;
  };
}

/** Checks that the list is usable. @throws DataError if more than 10 % of the lines lack a text or a label */
export function requireUsable({
  name,
  kept,
  duplicates,
  skipped,
}: Pick<ReadTexts<unknown>, "name" | "kept" | "duplicates" | "skipped">): void {
  const all = kept.length + duplicates + skipped.length;
  requireNearlyAll(skipped.length, {
    all,
    unit: "text",
    where: name,
    skipped,
    help: "complete or remove them",
  });
}

/**
 * Divides texts into splits: as given, with missing splits taken out of train. Near copies stay in one split.
 * @param all texts without copies
 * @param labels class indices; negative for texts without a label
 * @param warnings receives new entries
 * @throws DataError if splits are given and none is train
 */
export function divideTexts(
  all: readonly ReadText<unknown>[],
  labels: readonly number[],
  classes: number,
  options: EmptyParts & { readonly seed: number; readonly name: string },
  warnings: Warning[],
): Divided {
  const copies = { exact: all.map((_, i) => i), near: nearCopiesOf(all, labels) };
  const strata = { bin: labels.map((label) => Math.max(0, label)), bins: classes };
  return divide(all, strata, copies, { ...options, unit: "text", root: options.name }, [], warnings);
}

/** Groups near copies. Of text pairs, one changed word may change the label, so only capitals and punctuation may differ. */
function nearCopiesOf(
  all: readonly { readonly store: TextStore; readonly place: number }[],
  labels: readonly number[],
): Int32Array {
  const [first] = all;
  const arePairs = first !== undefined && first.store.pairOf(first.place) !== undefined;
  const textOf = (i: number): string => {
    const { store, place } = all[i]!;
    return wholeText({ text: store.textOf(place), ...(arePairs && { pair: store.pairOf(place)! }) });
  };
  return groupNearTexts(all.length, textOf, { labels, exactOnly: arePairs });
}
