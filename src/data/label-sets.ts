import { type Message, message } from "../core/messages/message.js";
import { problem } from "./lists/list-bytes.js";
import { byCodePoint, quoted } from "./split/found.js";

/** Names of a column that holds several labels, in lower case, best first. */
const severalNames = ["labels", "tags", "label_names", "categories", "genres", "topics"];
/** Of these only lists are several labels: a text may hold the signs between. */
const oneNames = ["label", "class", "category", "target"];
/** Signs that may part labels, the least usual in words first. */
const separators = ["|", ";", ","] as const;

type Values = Readonly<Record<string, unknown>>;

/** How the lines of a list say which labels an item has. */
export interface LabelReader {
  /** The columns that it reads. */
  readonly columns: readonly string[];
  /** Known before the lines are read: of columns of 0 and 1. */
  readonly labels?: readonly string[];
  /** Says which columns they come from. */
  readonly source: Message;
  /** Labels of a line, none of them twice. @throws DataError with the line */
  of(values: Values, file: string, line: number | undefined): readonly string[];
}

/**
 * Where a list says several labels: in the columns that are named (one that holds several labels, or some of 0 and 1), or in
 * one whose name says so and of which a line holds several.
 * @param sample lines that are looked at for the sign between labels
 * @param sure that there are several: a column of such a name is taken, whatever it holds
 * @returns undefined where nothing was named and nothing is found @throws DataError for columns that there are not
 */
export function labelReaderOf(
  list: { readonly name: string; readonly columns: readonly string[] },
  sample: readonly Values[],
  named?: readonly string[],
  sure = false,
): LabelReader | undefined {
  if (named === undefined) {
    const found = severalIn(list.columns, sample) ?? (sure ? namedSeveral(list.columns) : undefined);
    return found === undefined ? undefined : ofOneColumn(found, sample);
  }
  const unknown = named.filter((column) => !list.columns.includes(column));
  if (unknown.length > 0)
    throw problem(
      list.name,
      `has no column ${quoted(unknown)}`,
      undefined,
      `its columns are ${quoted(list.columns, 30)}`,
    );
  return named.length === 1 ? ofOneColumn(named[0]!, sample) : ofColumns(named);
}

/** Rows that are read to find the sign between labels. */
const sampleRows = 2000;

/**
 * {@link labelReaderOf} of a list that must have labels.
 * @param known labels of a model: if the list has columns of these names, they are the labels
 * @throws DataError if no column holds several labels
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
    throw problem(
      list.name,
      "has no column of several labels",
      undefined,
      'call it "labels" (late|damaged), or name its columns: --labels NAME or --labels A,B,C',
    );
  return reader;
}

const namedSeveral = (columns: readonly string[]): string | undefined =>
  severalNames.flatMap((name) => columns.filter((column) => column.toLowerCase() === name)).at(0);

/** The column of which a line holds several labels. */
function severalIn(columns: readonly string[], sample: readonly Values[]): string | undefined {
  const by = (names: readonly string[], several: (value: unknown) => boolean) =>
    names
      .flatMap((name) => columns.filter((column) => column.toLowerCase() === name))
      .find((column) => sample.some((values) => several(values[column])));
  return (
    by(severalNames, (value) => listOf(value) !== undefined || separatorIn(value) !== undefined) ??
    by(oneNames, (value) => listOf(value) !== undefined)
  );
}

const separatorIn = (value: unknown) =>
  typeof value === "string" ? separators.find((sign) => value.includes(sign)) : undefined;

/** A list, or what is written as one: ["a","b"], and ['a', 'b'] as pandas writes it. */
function listOf(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (typeof value !== "string" || !/^\s*\[.*\]\s*$/s.test(value)) return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return [...value.matchAll(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/gs)].map(
      ([, single, double]) => single ?? double,
    );
  }
}

function ofOneColumn(column: string, sample: readonly Values[]): LabelReader {
  const separator = separators.find((sign) =>
    sample.some(({ [column]: value }) => listOf(value) === undefined && separatorIn(value) === sign),
  );
  const lists = sample.some((values) => listOf(values[column]) !== undefined);
  return {
    columns: [column],
    source: message("labels-from-column", {
      ...{ column, lists },
      ...(separator !== undefined && { separator }),
    }),
    of(values, file, line) {
      const value = values[column];
      if (value === undefined || value === null || value === "") return [];
      const parts =
        listOf(value) ??
        (typeof value === "string" && separator !== undefined ? value.split(separator) : [value]);
      const names = parts.map((part) => {
        if (typeof part === "string" || typeof part === "number" || typeof part === "boolean")
          return String(part).trim().normalize("NFC");
        throw problem(
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

function ofColumns(columns: readonly string[]): LabelReader {
  return {
    columns,
    labels: columns,
    source: message("labels-from-columns", { columns: columns.length }),
    of(values, file, line) {
      return columns.filter((column) => {
        const value = String(values[column] ?? "")
          .trim()
          .toLowerCase();
        if (yes.has(value)) return true;
        if (no.has(value)) return false;
        throw problem(
          file,
          `has ${JSON.stringify(value)} in ${JSON.stringify(column)}: no 0 or 1`,
          line,
          "write 1 where the item has the label and 0 where not; of one column that holds names, name that column alone",
        );
      });
    },
  };
}

/** The rarest label of each item, from 1 on; 0 without one: what a split is stratified by. */
export function rarestLabels(
  sets: readonly (readonly string[])[],
  labels: readonly string[],
): { readonly strata: number[]; readonly counts: number[] } {
  const at = new Map(labels.map((label, k) => [label, k]));
  const counts = new Array<number>(labels.length).fill(0);
  for (const set of sets) for (const label of set) counts[at.get(label)!]!++;
  const strata = sets.map((set) => {
    let rarest = -1;
    for (const label of set) {
      const k = at.get(label)!;
      if (
        rarest < 0 ||
        counts[k]! < counts[rarest]! ||
        (counts[k] === counts[rarest] && byCodePoint(label, labels[rarest]!) < 0)
      )
        rarest = k;
    }
    return rarest + 1;
  });
  return { strata, counts };
}
