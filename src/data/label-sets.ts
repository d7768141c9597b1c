import type { Part } from "../core/events/events.js";
import { type Message, message } from "../core/messages/message.js";
import { parseJson } from "../core/parse-json.js";
import { labelList } from "./lists/columns.js";
import { listError } from "./lists/list-bytes.js";
import { isDivided } from "./split/divide.js";
import { byCodePoint, quoted } from "./split/found.js";

/** Usual names of a column of several labels, in lower case, in order of preference. */
const severalNames = ["labels", "tags", "label_names", "categories", "genres", "topics"];
/** Names of columns that have several labels only if they contain lists, since a label may contain separators. */
const oneNames = ["label", "class", "category", "target"];
/** Separators of labels, the least usual in text first. */
const separators = ["|", ";", ","] as const;

type Values = Readonly<Record<string, unknown>>;

/** Reads the labels of an item from a row of a list. */
export interface LabelReader {
  /** The columns of labels. */
  readonly columns: readonly string[];
  /** All labels, if they are columns of 0 and 1. */
  readonly labels?: readonly string[];
  /** Number of empty cells that were read as 0. Missing: there are no columns of 0 and 1. */
  readonly empty?: number;
  /** Message about the columns of labels. */
  readonly source: Message;
  /** Returns the different labels of a row. @throws DataError with the line */
  of(values: Values, file: string, line: number | undefined): readonly string[];
}

/**
 * Finds the labels of a list: in the given columns (one with several labels, or several of 0 and 1), or in a column with a usual name
 * and a row of several labels.
 * @param sample rows to search for the separator
 * @param sure true if the items have several labels; a usual name is sufficient then
 * @returns undefined if no column is given or found
 * @throws DataError for missing columns
 */
export function labelReaderOf(
  list: { readonly name: string; readonly columns: readonly string[] },
  sample: readonly Values[],
  named?: readonly string[],
  sure = false,
): LabelReader | undefined {
  if (named === undefined) {
    const found = severalIn(list.columns, sample) ?? (sure ? namedSeveral(list.columns) : undefined);
    return found === undefined ? undefined : ofOneColumn(list.name, found, sample);
  }
  const unknown = named.filter((column) => !list.columns.includes(column));
  if (unknown.length > 0)
    throw listError(
      list.name,
      `has no column ${quoted(unknown)}`,
      undefined,
      `its columns are ${quoted(list.columns, 30)}`,
    );
  return named.length === 1 ? ofOneColumn(list.name, named[0]!, sample) : ofColumns(named, sample);
}

/** Number of rows to search for the separator. */
const sampleRows = 2000;

/**
 * Finds the labels of a list that must have labels, see {@link labelReaderOf}.
 * @param known labels of a model; columns with these names are the label columns
 * @throws DataError if no column has several labels
 */
export function requireLabelReader(
  list: {
    readonly name: string;
    readonly columns: readonly string[];
    readonly rows: readonly { readonly values: Values }[];
  },
  { named, known }: { readonly named?: readonly string[]; readonly known?: readonly string[] },
): LabelReader {
  const sample = list.rows.slice(0, sampleRows).map(({ values }) => values);
  const columns = named ?? (known?.every((label) => list.columns.includes(label)) ? known : undefined);
  const reader = labelReaderOf(list, sample, columns, true);
  if (reader === undefined)
    throw listError(
      list.name,
      "has no column of several labels",
      undefined,
      'call it "labels" (late|damaged), or name its columns: --labels NAME or --labels A,B,C',
    );
  return reader;
}

const namedSeveral = (columns: readonly string[]): string | undefined =>
  severalNames.flatMap((name) => columns.filter((column) => column.toLowerCase() === name)).at(0);

/** Returns the column with a row of several labels. */
function severalIn(columns: readonly string[], sample: readonly Values[]): string | undefined {
  const by = (names: readonly string[], several: (value: unknown) => boolean) =>
    names
      .flatMap((name) => columns.filter((column) => column.toLowerCase() === name))
      .find((column) => sample.some((values) => several(values[column])));
  return (
    by(severalNames, (value) => listOf(value) !== undefined || separatorIn(value) !== undefined) ??
    severalNames
      .flatMap((name) => columns.filter((column) => column.toLowerCase() === name))
      .find((column) => haveSpaces(column, sample)) ??
    by(oneNames, (value) => listOf(value) !== undefined)
  );
}

const separatorIn = (value: unknown) =>
  typeof value === "string" ? separators.find((sign) => value.includes(sign)) : undefined;

/**
 * True for cells such as "haze primary" and "clear primary road": nothing else separates the labels, and there are at most half as many
 * words as cells. A name of two words has its own words.
 */
function haveSpaces(column: string, sample: readonly Values[]): boolean {
  const cells = new Set<string>();
  const words = new Set<string>();
  for (const { [column]: value } of sample) {
    if (value === undefined || value === null || value === "") continue;
    if (typeof value !== "string" || listOf(value) !== undefined || separatorIn(value) !== undefined)
      return false;
    cells.add(value.trim());
    for (const word of value.trim().split(/\s+/)) words.add(word);
  }
  return words.size > 1 && 2 * words.size <= cells.size;
}

/** Returns the elements of a list, or of a list as text. */
function listOf(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (typeof value !== "string" || !labelList.test(value)) return undefined;
  const inside = value.trim().slice(1, -1).trim();
  if (inside === "" || value.trim() === "set()") return [];
  try {
    const parsed: unknown = parseJson(value);
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    const quoted = [...value.matchAll(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/gs)];
    if (quoted.length > 0) return quoted.map(([, single, double]) => single ?? double);
    return value.trim().startsWith("{") ? inside.split(",") : [];
  }
}

/** Refuses lists with a 0 or 1 for each label. @throws DataError naming the first one */
function refuseBits(name: string, column: string, sample: readonly Values[]): void {
  const lists = sample.flatMap((values) => {
    const list = listOf(values[column]);
    return list ? [list] : [];
  });
  const [first] = lists;
  const areBits = lists.every(
    (list) =>
      list.length === first!.length &&
      list.every((one) => one === 0 || one === 1 || one === "0" || one === "1"),
  );
  // Lists of ids have none twice.
  if (!areBits || !lists.some((list) => new Set(list).size < list.length)) return;
  throw listError(
    name,
    `has lists of ${first!.length} zeros and ones in ${JSON.stringify(column)}: ${JSON.stringify(first)}`,
    undefined,
    "write the names of the labels that are 1, or a column of 0 and 1 for each label: --labels A,B,C",
  );
}

function ofOneColumn(name: string, column: string, sample: readonly Values[]): LabelReader {
  refuseBits(name, column, sample);
  const separator =
    separators.find((sign) =>
      sample.some(({ [column]: value }) => listOf(value) === undefined && separatorIn(value) === sign),
    ) ?? (haveSpaces(column, sample) ? " " : undefined);
  const lists = sample.some((values) => listOf(values[column]) !== undefined);
  return {
    columns: [column],
    source: message("labels-from-column", {
      column,
      lists,
      ...(separator !== undefined && { separator }),
    }),
    of(values, file, line) {
      const value = values[column];
      if (value === undefined || value === null || value === "") return [];
      const parts =
        listOf(value) ??
        (typeof value === "string" && separator !== undefined
          ? value.split(separator === " " ? /\s+/ : separator)
          : [value]);
      const names = parts.map((part) => {
        if (typeof part === "string" || typeof part === "number" || typeof part === "boolean")
          return String(part).trim().normalize("NFC");
        throw listError(
          file,
          `has something else than labels in ${JSON.stringify(column)}: ${JSON.stringify(part)}`,
          line,
          'write names: ["late", "damaged"], or late|damaged',
        );
      });
      return [...new Set(names.filter((name) => name !== ""))];
    },
  };
}

const yes = new Set(["1", "1.0", "true", "yes"]);
const no = new Set(["", "0", "0.0", "false", "no"]);

/** True for columns that hold 1 and -1 and no 0, as CelebA writes them. */
const haveSigns = (columns: readonly string[], sample: readonly Values[]): boolean =>
  sample.every((values) =>
    columns.every((column) => /^-?1(\.0)?$/.test(String(values[column] ?? "").trim())),
  );

function ofColumns(columns: readonly string[], sample: readonly Values[]): LabelReader {
  const signs = sample.length > 0 && haveSigns(columns, sample);
  let empty = 0;
  return {
    get empty() {
      return empty;
    },
    columns,
    labels: columns,
    source: message("labels-from-columns", { columns: columns.length }),
    of(values, file, line) {
      return columns.filter((column) => {
        const value = String(values[column] ?? "")
          .trim()
          .toLowerCase();
        if (yes.has(value)) return true;
        if (value === "") empty++;
        if (no.has(value) || (signs && /^-1(\.0)?$/.test(value))) return false;
        throw listError(
          file,
          `has ${JSON.stringify(value)} in ${JSON.stringify(column)}: no 0 or 1`,
          line,
          "write 1 where the item has the label and 0 where not; of one column that holds names, name that column alone",
        );
      });
    },
  };
}

/**
 * Returns the strata of a split: the number of each item's rarest label, from 1; 0 without a label. Only the items that
 * are divided are counted.
 * @param items their labels as positions in `names`
 */
export function rarestLabels(
  items: readonly { readonly labels: readonly number[]; readonly given: Part | undefined }[],
  names: readonly string[],
): number[] {
  const counts = new Array<number>(names.length).fill(0);
  for (const { labels, given } of items) if (isDivided(given)) for (const k of labels) counts[k]!++;
  const rarestFirst = (a: number, b: number) => counts[a]! - counts[b]! || byCodePoint(names[a]!, names[b]!);
  return items.map(({ labels }) => ([...labels].sort(rarestFirst)[0] ?? -1) + 1);
}
