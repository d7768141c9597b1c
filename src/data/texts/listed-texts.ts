import { EngraftError } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import { type SplitOrigin, splitOrigin } from "../../data/split/split-origin.js";
import type { Platform } from "../../platform/platform.js";
import type { OpenScratch } from "../byte-store.js";
import { checkNames } from "../images/find-images.js";
import { asText, columnOf } from "../lists/columns.js";
import { decodeTexts } from "../lists/list-bytes.js";
import type { Quotes } from "../lists/quotes.js";
import { listLimit, readList } from "../lists/read-list.js";
import { byCodePoint, listName, quoted, type Warning } from "../split/found.js";
import { detachedStrings, partsOf, readTexts, requireUsable, textColumnsOf } from "./read-texts.js";
import { StoredText } from "./text-store.js";

/** One text. */
export interface TextItem {
  /** `reviews.csv, line 12` */
  readonly id: string;
  readonly text: string;
  /** The second text of a pair. */
  readonly pair?: string;
  /** Index into {@link TextData.classes}; -1 where there are no labels. */
  readonly label: number;
  readonly part: Part;
  /** What it belongs to with others (an author, a document), where the data say so: all of them are in one part. */
  readonly group?: string;
  /** sha256 of the text, hex. */
  readonly sha256: string;
  /** The list, or the folder. */
  readonly path: string;
}

/** A text that stays where it is until it is asked for: `{ ...item }` has label, part and path alone. */
class ListedText extends StoredText implements TextItem {
  declare readonly group?: string;
  constructor(
    { store, place }: StoredText,
    readonly label: number,
    readonly part: Part,
    readonly path: string,
    group: string | undefined,
  ) {
    super(store, place);
    if (group !== undefined) this.group = group;
  }
}

class ListedPair extends ListedText {
  get pair(): string {
    return this.store.pairOf(this.place)!;
  }
}

/** A list of texts that was looked at. */
export interface TextData extends SplitOrigin {
  readonly root: string;
  /** Sorted by code point; empty where there are no labels. */
  readonly classes: readonly string[];
  /** Columns of the texts: two of pairs. */
  readonly columns: readonly string[];
  readonly items: readonly TextItem[];
  /** Whether the list says which part a text is in. */
  readonly divided: boolean;
  readonly skipped: readonly { readonly item: string; readonly reason: string }[];
  /** Texts left out since the same text is there already. */
  readonly duplicates: number;
  /** Of those, how many were given in another part than the one that stays. */
  readonly acrossParts: number;
  /** Labels without a text in the test part. */
  readonly untested: readonly string[];
  /** What was decided about how the file is read. */
  readonly warnings: readonly Warning[];
  /** sha256: equal only for the same texts, labels and parts. */
  readonly fingerprint: string;
}

/** Of fewer texts nothing is concluded from how many labels there are. */
const fewest = 8;

/** Does a path name a list of texts: a CSV, TSV or JSONL file with a column of texts? */
export async function isTextList(platform: Platform, path: string, quotes?: Quotes): Promise<boolean> {
  if (!listName.test(path) || (await platform.files.stat(path))?.kind !== "file") return false;
  const { columns } = await readList(platform, path, { quotes, most: 100, fewerClasses: true });
  return columnOf("text", columns) !== undefined;
}

/** How texts are read. */
interface OpenTextsOptions {
  readonly seed?: number;
  readonly labelled?: boolean;
  /** The column of texts, or two of pairs. Default: found by name. */
  readonly texts?: readonly string[];
  /** The column of labels. Default: found by name. */
  readonly label?: string;
  /** Nothing is learnt from it: one class is enough, and no part has to be there. */
  readonly alone?: boolean;
  /** Where the letters of many texts are kept. Default: in memory. */
  readonly scratch?: OpenScratch;
  /** How quotes of a CSV or TSV are read. Default: decided by the file. */
  readonly quotes?: Quotes | undefined;
  /** The column that holds the group of each text, or a pattern tried on the names of files. */
  readonly groupFrom?: string | undefined;
  /** Names of the classes 0, 1, 2 … of the column of labels, with commas between. */
  readonly classNames?: string | undefined;
  /** Nothing is trained on the texts, so a part may be empty. */
  readonly emptyParts?: boolean;
}

/**
 * Texts of a CSV, TSV or JSONL file with `text[,label][,split]`. Without a split, 15 % of each class are taken to choose on and 15 % to test on.
 * @throws DataError with what is missing
 */
export async function openTexts(
  platform: Platform,
  path: string,
  options: OpenTextsOptions = {},
): Promise<TextData> {
  const { seed = 0, labelled = false, alone = false, emptyParts } = options;
  const { label, ...read } = await readClassed(platform, path, options);
  const { root, name, kept, skipped, duplicates, acrossParts } = read;
  if (labelled && !alone) requireUsable(read);
  const classes = label === undefined ? [] : [...new Set(kept.map((k) => k.answer))].sort(byCodePoint);
  requireClasses(classes, { ...read, label }, { labelled, alone });
  const indexOf = new Map(classes.map((one, i) => [one, i]));
  const labels = kept.map((k) => indexOf.get(k.answer) ?? -1);
  if (labelled && !alone) {
    requireTaught(kept, name);
    checkNames(classes, name);
  }
  const { parts, origin, warnings } = alone
    ? { parts: kept.map(({ given }) => given ?? "test"), origin: [], warnings: [] }
    : partsOf(kept, labels, Math.max(1, classes.length), seed, name, { emptyParts });
  const Item = read.texts.length > 1 ? ListedPair : ListedText;
  const items = kept.map((one, i): TextItem => new Item(one, labels[i]!, parts[i]!, root, one.group));
  const lines = items
    .map((i) => JSON.stringify([i.sha256, classes[i.label] ?? "", i.part]))
    .sort(byCodePoint);
  return {
    root,
    classes,
    columns: read.texts,
    items,
    divided: kept.some(({ given }) => given !== undefined),
    ...splitOrigin(origin),
    skipped,
    duplicates,
    acrossParts,
    warnings: [...read.warnings, ...warnings],
    untested: alone ? [] : untestedOf(classes, items),
    fingerprint: await platform.sha256(lines.join("\n")),
  };
}

/** Reads the rows of a list, and the name of its column of labels. */
async function readClassed(
  platform: Platform,
  path: string,
  { seed: _seed, labelled, texts, label: named, alone, emptyParts, ...how }: OpenTextsOptions,
) {
  let label: string | undefined;
  const detached = detachedStrings();
  const read = await readTexts<string>(
    platform,
    path,
    ({ name, columns }) => {
      label = labelColumn({ name, columns }, named, labelled === true);
      return (values, file, line) => {
        if (label === undefined) return { answer: "" };
        const answer = asText(values[label], file, line, label).normalize("NFC");
        return answer === "" ? { skip: "has no label" } : { answer: detached(answer) };
      };
    },
    { ...how, named: texts, classColumn: named, fewerClasses: alone || emptyParts },
  );
  return { ...read, label };
}

/** Returns the column of labels. @throws DataError if there is none, and there must be one */
function labelColumn(
  { name, columns }: { readonly name: string; readonly columns: readonly string[] },
  named: string | undefined,
  must: boolean,
): string | undefined {
  if (named !== undefined && !columns.includes(named))
    throw new EngraftError("DataError", `"${name}" has no column ${quoted([named])}`, {
      help: `its columns are ${quoted(columns, 12)}`,
    });
  const label = named ?? columnOf("label", columns);
  if (must && label === undefined)
    throw new EngraftError("DataError", `"${name}" has no column of labels`, {
      help: `its columns are ${quoted(columns, 12)}; name the one of labels: --target NAME`,
    });
  return label;
}

/** @throws DataError for one class alone, and for a column of labels that is none */
function requireClasses(
  classes: readonly string[],
  {
    name,
    kept,
    columns,
    label,
  }: Pick<Awaited<ReturnType<typeof readClassed>>, "name" | "kept" | "columns" | "label">,
  { labelled, alone }: { readonly labelled: boolean; readonly alone: boolean },
): void {
  if (classes.length === 1 && !alone)
    throw new EngraftError("DataError", `only one class in "${name}": ${quoted(classes)}`, {
      help: "telling apart needs at least two classes",
    });
  if (labelled && kept.length >= fewest && classes.length > kept.length / 2)
    throw new EngraftError(
      "DataError",
      `${classes.length} different labels for ${kept.length} texts in "${name}": column "${label}" looks like an id or free text`,
      { help: `name the column of classes: --target NAME; its columns are ${quoted(columns, 12)}` },
    );
}

/** Labels without a text in the test part. */
function untestedOf(classes: readonly string[], items: readonly TextItem[]): readonly string[] {
  const tested = new Set(items.filter(({ part }) => part === "test").map(({ label }) => label));
  return tested.size === 0 ? [] : classes.filter((_, label) => !tested.has(label));
}

/** @throws DataError for a label that other parts have and train has not: nothing teaches it */
function requireTaught(
  all: readonly { readonly given: Part | undefined; readonly answer: string }[],
  name: string,
): void {
  if (!all.some(({ given }) => given === "train")) return;
  const taught = new Set(all.filter(({ given }) => given === "train").map(({ answer }) => answer));
  const untaught = [...new Set(all.map(({ answer }) => answer))].filter((label) => !taught.has(label));
  if (untaught.length === 0) return;
  throw new EngraftError(
    "DataError",
    `${quoted(untaught.sort(byCodePoint))} ${untaught.length === 1 ? "has" : "have"} no text in the train part, but in another one`,
    {
      at: name,
      help: "add texts to learn from, or take it out of the other parts; check the spelling",
      details: { labels: untaught },
    },
  );
}

/** The texts of a file to be answered: the column of texts of a list, else each line that is not empty. */
export async function textsOfFile(
  platform: Platform,
  path: string,
  {
    named,
    quotes,
    onWarning,
  }: {
    readonly named?: readonly string[] | undefined;
    readonly quotes?: Quotes | undefined;
    readonly onWarning?: (warning: Warning) => void;
  } = {},
): Promise<{ readonly id: string; readonly text: string; readonly pair?: string }[]> {
  const { files } = platform;
  const root = files.resolve(path);
  if (!listName.test(path)) {
    const text = await decodeTexts(await files.read(root, { limit: listLimit }), path);
    const lines = text.split(/\r?\n/).map((line, i) => ({ id: `${path}, line ${i + 1}`, text: line.trim() }));
    return lines.filter((line) => line.text !== "");
  }
  const {
    columns,
    rows,
    warnings = [],
  } = await readList(platform, root, {
    quotes,
    header: "text,label",
    fewerClasses: true,
    keepUnlabelled: true,
  });
  for (const warning of warnings) onWarning?.(warning);
  const found = textColumnsOf(columns, named, path);
  if (found === undefined)
    throw new EngraftError("DataError", `"${path}" has no column of texts`, {
      help: `its columns are ${quoted(columns, 12) || "none"}; name one of them "text"`,
    });
  const [column, second] = found as readonly [string, string?];
  return rows
    .map(({ line, values }) => ({
      id: `${path}, line ${line}`,
      text: asText(values[column], path, line, column),
      ...(second !== undefined && { pair: asText(values[second], path, line, second) }),
    }))
    .filter(({ text, pair }) => text !== "" && pair !== "");
}

/** The column of texts among names of columns, if there is one. */
export const textColumnOf = (columns: readonly string[]): string | undefined =>
  textColumnsOf(columns, undefined, "")?.[0];
