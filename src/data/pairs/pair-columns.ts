import { EngraftError } from "../../core/errors.js";
import { isMissing } from "../column.js";
import { columnOf, type Row, splitColumnOf } from "../lists/columns.js";
import { usualTargetOf } from "../lists/target-column.js";
import { quoted } from "../split/found.js";
import { wordsOf } from "../tables/table-columns.js";
import { unspaced } from "../texts/near-texts.js";
import { isLanguage } from "./languages.js";

/** Where the pairs of a list are. */
export interface PairColumns {
  readonly source: string;
  readonly target: string;
  /** Column of objects with both texts, such as Hugging Face's "translation". Missing: each text has a column of its own. */
  readonly inside?: string;
  /** Places of both columns in a file without names of columns, whose first line is a pair. Missing: the first line has names. */
  readonly places?: readonly [number, number];
}

/** The first rows of a list. */
interface Head {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  /** Separator of a CSV or TSV. */
  readonly separator?: string | undefined;
}

/** Usual names of sources and targets, in lower case. */
const usualNames = [
  ["source", "target"],
  ["src", "tgt"],
  ["source_text", "target_text"],
  ["input_text", "target_text"],
  ["input", "output"],
  ["word", "phonemes"],
  ["word", "pronunciation"],
] as const;

/**
 * Returns where the pairs of a list are, by the first rule that holds:
 *
 * 1. a column of objects whose keys are language codes, such as `translation`: `{"en": "…", "de": "…"}`;
 * 2. usual names, such as `source` and `target`, or `word` and `phonemes`;
 * 3. two columns that are called like languages, such as `en` and `pt-BR`, the first being the source, if no column has a usual name of targets;
 * 4. two columns of texts, if no column has a usual name of texts or targets. Every other column must be a split, a row number, or a note
 *    that begins the same way in all rows. The first line of a CSV or TSV may then be a pair.
 *
 * Both columns must hold texts: neither numbers nor categories.
 * @returns undefined for other lists
 * @throws DataError for texts in one language, or in more than two
 */
export function pairColumnsOf(head: Head): PairColumns | undefined {
  return insideObjects(head) ?? byUsualNames(head) ?? byLanguages(head) ?? byContent(head);
}

/** Returns the columns that the user names. @throws DataError for a column that the list does not have, or one for both */
export function namedPairColumns(head: Head, source: string, target: string): PairColumns {
  const { name, columns, rows } = head;
  if (source === target)
    throw new EngraftError("OptionError", `source and target are one column, ${JSON.stringify(source)}`, {
      help: "name two columns",
      details: { source, target },
    });
  const unknown = [source, target].find((one) => !columns.includes(one));
  if (unknown === undefined) return { source, target };
  const inside = columns.find((column) =>
    rows.some(({ values }) => {
      const value = ownValue(values, column);
      return isObject(value) && Object.hasOwn(value, source) && Object.hasOwn(value, target);
    }),
  );
  if (inside !== undefined) return { source, target, inside };
  throw new EngraftError("DataError", `${JSON.stringify(name)} has no column ${JSON.stringify(unknown)}`, {
    help: `its columns are ${quoted(columns, 12) || "none"}`,
    code: "no-such-column",
    details: { list: name, columns, named: unknown },
  });
}

type Values = Row["values"];

const isObject = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** Returns a value of a row. A name such as "__proto__" has one only if the file gives it. */
const ownValue = (values: Values, name: string): unknown =>
  Object.hasOwn(values, name) ? values[name] : undefined;

/** Returns the source and the target of a row as they are: texts, numbers, or anything else that a file may hold. */
export function pairIn(
  values: Values,
  { source, target, inside }: Pick<PairColumns, "source" | "target" | "inside">,
): readonly [source: unknown, target: unknown] {
  const both = inside === undefined ? values : ownValue(values, inside);
  return isObject(both) ? [ownValue(both, source), ownValue(both, target)] : [undefined, undefined];
}

function insideObjects({ name, columns, rows }: Head): PairColumns | undefined {
  for (const inside of columns) {
    const cells = rows.map(({ values }) => ownValue(values, inside)).filter(isObject);
    if (2 * cells.length <= rows.length) continue;
    const languages = [...new Set(cells.flatMap((cell) => Object.keys(cell)))];
    const areTexts = cells.every((cell) =>
      Object.values(cell).every((one) => typeof one === "string" || one === null),
    );
    if (languages.length === 0 || !areTexts || !languages.every(isLanguage)) continue;
    const [source, target] = twoLanguages(name, languages);
    return { source, target, inside };
  }
  return undefined;
}

function byUsualNames(head: Head): PairColumns | undefined {
  const find = (one: string) => head.columns.find((column) => column.toLowerCase() === one);
  for (const names of usualNames) {
    const [source, target] = names.map(find);
    if (source !== undefined && target !== undefined && [source, target].every((one) => areTexts(head, one)))
      return { source, target };
  }
  return undefined;
}

function byLanguages(head: Head): PairColumns | undefined {
  if (usualTargetOf(head.columns) !== undefined) return undefined;
  const languages = head.columns.filter((column) => isLanguage(column) && areTexts(head, column));
  const others = head.columns.filter((column) => !languages.includes(column));
  // "to", "is" and "no" are codes, and names of other columns as well.
  if (languages.length < 2 || (languages.length > 2 && !others.every((column) => isBeside(head, column))))
    return undefined;
  const [source, target] = twoLanguages(head.name, languages);
  return { source, target };
}

/** @throws DataError for one language, or more than two */
function twoLanguages(name: string, languages: readonly string[]): readonly [string, string] {
  const [source, target] = languages;
  if (languages.length === 2) return [source!, target!];
  throw new EngraftError(
    "DataError",
    `${JSON.stringify(name)} has texts in ${languages.length === 1 ? "one language" : `${languages.length} languages`}: ${quoted(languages, 12)}`,
    {
      help:
        languages.length === 1 ? "add the other one to each row" : "keep two: the source and then the target",
      details: { list: name, languages },
    },
  );
}

function byContent(head: Head): PairColumns | undefined {
  const { columns } = head;
  if (columnOf("text", columns) !== undefined || usualTargetOf(columns) !== undefined) return undefined;
  const texts = columns.filter((column) => areTexts(head, column) && !isNote(head, column));
  const [source, target] = texts;
  if (source === undefined || target === undefined || texts.length > 2) return undefined;
  if (!texts.some((column) => haveWords(cellsOf(head, column)))) return undefined;
  const others = columns.filter((column) => !texts.includes(column));
  if (!others.every((column) => isBeside(head, column))) return undefined;
  if (head.separator === undefined || !firstLineIsPair(head, [source, target])) return { source, target };
  return { source, target, places: [columns.indexOf(source), columns.indexOf(target)] };
}

/** Returns the cells of a column; "" for a missing value. Lists and objects are not texts. */
const cellsOf = ({ rows }: Pick<Head, "rows">, column: string): string[] =>
  rows.map(({ values }) => {
    const value = ownValue(values, column);
    const cell = typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
    return isMissing(cell) ? "" : cell;
  });

/** Categories have at most so many different values, or the share of a tenth. */
const mostCategories = 20;
/** Share of the cells of a column that must be texts. */
const mostTexts = 0.8;
/** Words of a text on average, from which it counts as one without a known name of its column. */
const fewestWords = 1.5;
/** Characters that the cells of a note have in common at their begin: "CC-BY 2.0 (France) Attribution: …". */
const [alike, shareAlike] = [10, 0.9];
/** A number of a row, an address, or the name of a file. */
const isId = (cell: string): boolean =>
  !/\p{L}/u.test(cell) || /^\S*\d\S*$/.test(cell) || /^\S+[@/\\]\S*$|^\S+\.\w{2,4}$/.test(cell);

/** True for a column of texts: most rows have one, and the texts are neither categories nor ids. */
function areTexts(head: Head, column: string): boolean {
  const cells = cellsOf(head, column);
  const present = cells.filter((cell) => cell !== "");
  if (present.length === 0 || 2 * present.length < cells.length) return false;
  const different = new Set(present).size;
  const areCategories =
    different <= mostCategories ? 2 * different <= present.length : 10 * different <= present.length;
  const texts = present.filter((cell) => !isId(cell)).length;
  return !areCategories && texts >= mostTexts * present.length;
}

/** True for texts of several words, or in a script without spaces: two columns of single words may be names or codes. */
const haveWords = (cells: readonly string[]): boolean =>
  wordsOf(cells) >= fewestWords || 2 * cells.filter((cell) => unspaced.test(cell)).length > cells.length;

/** True for a column whose texts begin alike. */
function isNote(head: Head, column: string): boolean {
  const cells = cellsOf(head, column).filter((cell) => cell !== "");
  const begin = cells[0]?.slice(0, alike) ?? "";
  if (cells.length < mostCategories || begin.length < alike) return false;
  return cells.filter((cell) => cell.startsWith(begin)).length >= shareAlike * cells.length;
}

/** True for a column that says nothing of a pair: a split, ids, or a note. */
function isBeside(head: Head, column: string): boolean {
  if (splitColumnOf({ columns: [column] }) !== undefined || /^(|.*[ _])?(id|nr|no|index)$/i.test(column))
    return true;
  const present = cellsOf(head, column).filter((cell) => cell !== "");
  return present.length === 0 || new Set(present).size === 1 || isNote(head, column);
}

/**
 * True if the first line of a CSV or TSV has texts in place of names: a cell is a value of its column again, or ends like a sentence, or its three
 * words and more all stand in texts of its column.
 */
function firstLineIsPair(head: Head, names: readonly string[]): boolean {
  return names.some((name) => {
    if (/[.!?…。！？]$/.test(name)) return true;
    const cells = cellsOf(head, name);
    if (cells.includes(name)) return true;
    const words = name.split(/\s+/);
    const seen = new Set(cells.flatMap((cell) => cell.split(/\s+/)));
    return words.length >= 3 && words.every((word) => seen.has(word));
  });
}
