import { EngraftError } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import type { Message } from "../../core/messages/message.js";
import type { Platform } from "../../platform/platform.js";
import type { OpenScratch } from "../byte-store.js";
import { refuseClassNames } from "../lists/class-names.js";
import { columnOf, givenPart, type Row, splitColumnOf, textOf } from "../lists/columns.js";
import { findLists } from "../lists/find-lists.js";
import { otherSeparator } from "../lists/other-separator.js";
import { type ReadOptions, readList, readLists } from "../lists/read-list.js";
import { fillSplits } from "../split/fill-splits.js";
import { count, quoted, type Warning } from "../split/found.js";
import {
  checkGroups,
  type EmptyParts,
  type GroupNames,
  groupColumnOf,
  groupsOf,
} from "../split/named-groups.js";
import { withReachedShares } from "../split/split.js";
import { withoutCopies } from "./copies.js";
import { holdsTexts, readTextFolders } from "./text-files.js";
import { StoredText, TextStore } from "./text-store.js";

/** Rows that are looked at for how they say their answers, before any is taken. */
const looked = 2000;

/** Names of two columns of texts that belong together, in lower case. */
const pairNames = [
  ["text_a", "text_b"],
  ["text1", "text2"],
  ["sentence1", "sentence2"],
  ["sentence_a", "sentence_b"],
  ["premise", "hypothesis"],
  ["question1", "question2"],
  ["question", "answer"],
  ["query", "passage"],
] as const;

/** The columns of texts: one, or two of pairs. @throws OptionError for more than two names, DataError for columns that there are not */
export function textColumnsOf(
  columns: readonly string[],
  named: readonly string[] | undefined,
  name: string,
): readonly string[] | undefined {
  if (named === undefined) {
    const text = columnOf("text", columns);
    if (text !== undefined) return [text];
    const find = (one: string) => columns.find((column) => column.toLowerCase() === one);
    return pairNames
      .map((pair) => pair.map(find))
      .find((pair): pair is [string, string] => pair.every((column) => column !== undefined));
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

/** A text with what its line says of it. */
class ReadText<Answer> extends StoredText {
  constructor(
    store: TextStore,
    place: number,
    readonly answer: Answer,
    readonly given: Part | undefined,
    readonly group: string | undefined,
  ) {
    super(store, place);
  }
}

/** What a row says, before it is looked at. */
interface FoundText<Answer> extends Pick<Row, "file" | "line"> {
  readonly text: string;
  readonly pair?: string;
  readonly answer: Answer;
  readonly given: Part | undefined;
  readonly group: string | undefined;
}

/** The texts of a file or a folder, each once. */
export interface ReadTexts<Answer> {
  readonly root: string;
  readonly name: string;
  readonly columns: readonly string[];
  /** Those of texts: two of pairs. */
  readonly texts: readonly string[];
  readonly kept: readonly ReadText<Answer>[];
  readonly skipped: readonly { readonly item: string; readonly reason: string }[];
  /** Left out since the same text is there already; and how many of those were given in another part than the one that stays. */
  readonly duplicates: number;
  readonly acrossParts: number;
  /** What was decided about how the file is read. */
  readonly warnings: readonly Warning[];
}

/** What is read of a line beside its text: an answer, or why the line is left out. */
export type AnswerOf<Answer> = (
  values: Readonly<Record<string, unknown>>,
  file: string,
  line: number | undefined,
) => { readonly answer: Answer } | { readonly skip: string };

export interface ReadTextsOptions
  extends Pick<ReadOptions, "quotes" | "classNames" | "classColumn" | "fewerClasses"> {
  /** The column of texts, or two of pairs. Default: found by name. */
  readonly named?: readonly string[] | undefined;
  /** Where the letters of many texts are kept. Default: in memory. */
  readonly scratch?: OpenScratch | undefined;
  /**
   * The column that holds the group of each text, or a pattern tried on the names of files. Default: a column called "group"
   * or "group_id".
   */
  readonly groupFrom?: string | undefined;
}

/** Makes what reads the answers, once the columns and the first rows are known. */
type AnswersOf<Answer> = (list: {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}) => AnswerOf<Answer>;

/** Takes the rows of a list one by one. The first of them wait until it is known how the list says its answers. */
class TextRows<Answer> {
  readonly found: FoundText<Answer>[] = [];
  readonly skipped: { item: string; reason: string }[] = [];
  /** Columns of texts: two of pairs. */
  readonly texts: readonly string[];
  readonly #split: string | undefined;
  readonly #group: string | undefined;
  readonly #detached = detachedStrings();
  #answerOf: AnswerOf<Answer> | undefined;
  #waiting: Row[] = [];

  /** @throws DataError for a list without a column of texts */
  constructor(
    readonly name: string,
    readonly columns: readonly string[],
    { named, groupFrom }: Pick<ReadTextsOptions, "named" | "groupFrom">,
    private readonly answers: AnswersOf<Answer>,
  ) {
    const texts = textColumnsOf(columns, named, name);
    if (texts === undefined)
      throw new EngraftError("DataError", `"${name}" has no column of texts`, {
        help:
          otherSeparator(columns) ??
          `its columns are ${quoted(columns, 12) || "none"}; name one of them "text"`,
      });
    this.texts = texts;
    this.#split = splitColumnOf({ columns });
    this.#group = groupColumnOf(columns, groupFrom);
  }

  readonly take = (row: Row): void => {
    if (this.#answerOf) this.#add(row, this.#answerOf);
    else if (this.#waiting.push(row) >= looked) this.end();
  };

  end(): void {
    if (this.#answerOf) return;
    const of = this.answers({ name: this.name, columns: this.columns, rows: this.#waiting });
    this.#answerOf = of;
    for (const row of this.#waiting) this.#add(row, of);
    this.#waiting = [];
  }

  #add(row: Row, answerOf: AnswerOf<Answer>): void {
    const { line, values, file } = row;
    const place = file ?? this.name;
    const [text, pair] = this.texts as readonly [string, string?];
    const what = textOf(row, text, this);
    const said = answerOf(values, place, line);
    const second = pair === undefined ? undefined : textOf(row, pair, this);
    if (what === "" || second === "" || "skip" in said) {
      const missing =
        second === undefined ? "has no text" : `has no ${JSON.stringify(what === "" ? text : pair)}`;
      const reason = what !== "" && second !== "" && "skip" in said ? said.skip : missing;
      this.skipped.push({ item: idOf(row, this.name), reason });
      return;
    }
    const given = givenPart(row, this.#split, this);
    const whose = this.#group === undefined ? "" : textOf(row, this.#group, this);
    this.found.push({
      group: whose === "" ? undefined : this.#detached(whose),
      ...(line !== undefined && { line }),
      ...(file !== undefined && { file }),
      text: what,
      ...(second !== undefined && { pair: second }),
      answer: said.answer,
      given,
    });
  }
}

/** `reviews.csv, line 12`, or the file that is the text. */
const idOf = ({ file, line }: Pick<Row, "file" | "line">, name: string): string =>
  line === undefined ? file! : `${file ?? name}, line ${line}`;

/**
 * Reads the texts of a list, or of a folder, and keeps each once.
 * @param answers made when the columns are known: reads what a line says beside its text
 * @throws DataError with what is missing
 */
export async function readTexts<Answer>(
  platform: Platform,
  path: string,
  answers: AnswersOf<Answer>,
  { named, scratch, groupFrom, ...how }: ReadTextsOptions = {},
): Promise<ReadTexts<Answer>> {
  const { files } = platform;
  const given = files.resolve(path);
  const lists = await findLists(files, given);
  const folders = lists?.layout !== "splits" && (await holdsTextFolder(files, given));
  const root = folders ? given : (lists?.root ?? given);
  const name = files.relative(files.dirname(root), root);
  let open: TextRows<Answer> | undefined;
  let warnings: readonly Warning[] = [];
  const each = (columns: readonly string[]) => {
    open = new TextRows(name, columns, { named, groupFrom }, answers);
    return open.take;
  };
  const read = { ...how, header: "text,label", each };
  if (lists && !folders) warnings = (await readLists(platform, given, read))?.warnings ?? [];
  else if ((await files.stat(given))?.kind === "folder") {
    refuseClassNames(how.classNames, "the folders name the classes");
    const { columns, rows } = await readTextFolders(files, given);
    const take = each(columns);
    for (const row of rows) take(row);
  } else warnings = (await readList(platform, given, read)).warnings ?? [];
  const rows = open!;
  rows.end();
  const { found, skipped, columns, texts } = rows;
  const groups = await groupsOf(found, (one) => idOf(one, name), groupFrom, { what: "text", columns });
  const store = new TextStore(name, scratch);
  const all: ReadText<Answer>[] = [];
  for (const [i, one] of found.entries()) {
    const { text, pair, answer, given } = one;
    const sha256 = await platform.sha256(pair === undefined ? text : JSON.stringify([text, pair]));
    all.push(new ReadText(store, store.add({ ...one, sha256 }), answer, given, groups[i]));
  }
  const { kept, duplicates, acrossParts } = withoutCopies(all);
  if (kept.length === 0)
    throw new EngraftError("DataError", `"${name}" has no texts`, {
      help: "add one line a text: text,label",
    });
  return { root, name, columns, texts, kept, skipped, duplicates, acrossParts, warnings };
}

/** Returns a function that gives each string once, as one of its own: a piece of a file's text would keep all of it in memory. */
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

/** Of the lines, how many may be without a text or a label before the list is refused. */
const maxUnusable = 0.1;

/** @throws DataError when more than a tenth of the lines cannot be learnt from */
export function requireUsable({
  name,
  kept,
  duplicates,
  skipped,
}: Pick<ReadTexts<unknown>, "name" | "kept" | "duplicates" | "skipped">): void {
  const all = kept.length + duplicates + skipped.length;
  if (skipped.length <= maxUnusable * all) return;
  const shown = skipped.slice(0, 3).map(({ item, reason }) => `${item} ${reason}`);
  throw new EngraftError(
    "DataError",
    `${skipped.length} of ${count(all, "text")} in "${name}" cannot be used; at most 10 % may be`,
    {
      at: `${shown.join("; ")}${skipped.length > 3 ? "; …" : ""}`,
      help: "complete or remove them; all of them with their reasons are in the error's details",
      details: { skipped },
    },
  );
}

/** The parts as given, and what is missing of them taken out of train. @param labels negative where there is none */
export function partsOf(
  all: readonly {
    readonly given: Part | undefined;
    readonly sha256: string;
    readonly group?: string | undefined;
  }[],
  labels: readonly number[],
  classes: number,
  seed: number,
  name: string,
  options: EmptyParts = {},
): { parts: Part[]; origin: readonly Message[]; warnings: Warning[] } {
  const isGiven = all.some(({ given }) => given !== undefined);
  if (isGiven && !all.some(({ given }) => given === "train"))
    throw new EngraftError("DataError", `no text of the train part in "${name}"`, {
      help: "give texts to learn from, or no split at all",
    });
  const groups: GroupNames = all.map(({ group }) => group);
  const stratified = classes > 1 ? "class" : undefined;
  const { parts, origin } = fillSplits(all, labels, groups, { classes, seed, stratified, unit: "text" });
  return {
    parts,
    origin: withReachedShares(origin, parts),
    warnings: checkGroups(groups, parts, "text", name, options),
  };
}
