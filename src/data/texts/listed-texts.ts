import { EngraftError } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import { listLimit } from "../../core/file-limits.js";
import { splitOrigin } from "../../data/split/split-origin.js";
import type { Platform } from "../../platform/platform.js";
import type { OpenScratch } from "../byte-store.js";
import type { Dataset, Opened, OpenOptions } from "../dataset.js";

import { checkClassNames } from "../lists/class-names.js";
import { asText, columnOf } from "../lists/columns.js";
import { decodeTexts } from "../lists/list-bytes.js";
import type { Quotes } from "../lists/quotes.js";
import { readList } from "../lists/read-list.js";
import { byCodePoint, listName, noLabel, quoted, type Warning } from "../split/found.js";
import {
  detachedStrings,
  divideTexts,
  noTextColumn,
  readTexts,
  requireUsable,
  textColumnsOf,
} from "./read-texts.js";
import { StoredText } from "./text-store.js";

/** One text. */
export interface TextItem {
  /** `reviews.csv, line 12` */
  readonly id: string;
  readonly text: string;
  /** The second text of a pair. */
  readonly pair?: string;
  /** Index into {@link TextData.classes}; -1 if the list has no labels. */
  readonly label: number;
  readonly part: Part;
  /** The group of the text, such as its author or document. A group is never divided between splits. */
  readonly group?: string;
  /** sha256 of the text, hex. */
  readonly sha256: string;
  /** sha256 of the text's normal form, hex. */
  readonly copyHash: string;
  /** Path of the list or folder. */
  readonly path: string;
}

/** A sample that reads its text from the store on access, so `{ ...item }` has only label, part, path and group. */
class ListedText extends StoredText implements TextItem {
  declare readonly group?: string;
  declare readonly copyOf?: string;
  constructor(
    { store, place }: StoredText,
    readonly label: number,
    readonly part: Part,
    readonly path: string,
    { group, copyOf }: { readonly group: string | undefined; readonly copyOf: string | undefined },
  ) {
    super(store, place);
    if (group !== undefined) this.group = group;
    if (copyOf !== undefined) this.copyOf = copyOf;
  }
}

class ListedPair extends ListedText {
  get pair(): string {
    return this.store.pairOf(this.place)!;
  }
}

/** The samples of a list of texts, with classes and splits. */
export interface TextData
  extends Omit<Opened<TextItem>, "seed" | "testFingerprint">,
    Required<Pick<Dataset, "duplicates" | "leaks">> {
  /** Sorted by code point; empty if the list has no labels. */
  readonly classes: readonly string[];
  /** The column of texts, or the two columns of text pairs. */
  readonly columns: readonly string[];
  /** True if the list states splits. */
  readonly hasSplit: boolean;
  /** Labels without a text in the test split. */
  readonly untested: readonly string[];
}

/** Smallest number of texts for the check that labels are no ids. */
const minTexts = 8;

/** Returns true for a CSV, TSV or JSONL file with a column of texts. */
export async function isTextList(platform: Platform, path: string, quotes?: Quotes): Promise<boolean> {
  if (!listName.test(path) || (await platform.files.stat(path))?.kind !== "file") return false;
  const { columns } = await readList(platform, path, { quotes, most: 100, fewerClasses: true });
  return columnOf("text", columns) !== undefined;
}

/** Options of {@link openTexts}. */
interface OpenTextsOptions extends Pick<OpenOptions, "seed" | "emptyParts" | "unscored" | "keepUnlabelled"> {
  /** Label columns of several tasks. No column of them gives the groups, and any number of rows may lack a label. */
  readonly taskColumns?: readonly string[] | undefined;
  /** Requires a column of labels. Default false. */
  readonly labelled?: boolean;
  /** The column of texts, or the two columns of text pairs. Default: found by name. */
  readonly texts?: readonly string[];
  /** The column of labels. Default: found by name. */
  readonly label?: string;
  /** Reads data that only scores a model: one class is enough, and all texts without a split are test samples. */
  readonly scoringOnly?: boolean;
  /** Opens the scratch file for many texts. Default: memory. */
  readonly scratch?: OpenScratch;
  /** How quotes in a CSV or TSV are read. Default: decided by the file. */
  readonly quotes?: Quotes | undefined;
  /** The column of groups, or a pattern for file names. */
  readonly groupFrom?: string | undefined;
  /** Names of the classes 0, 1, 2 … of the label column, separated by commas. */
  readonly classNames?: string | undefined;
}

/**
 * Reads the texts of a CSV, TSV or JSONL file with `text[,label][,split]`, or of a folder. Without a column of splits, 15 % of each
 * class become validation and 15 % test.
 * @throws DataError if columns, labels or splits are missing or damaged
 */
export async function openTexts(
  platform: Platform,
  path: string,
  options: OpenTextsOptions = {},
): Promise<TextData> {
  const { seed = 0, labelled = false, scoringOnly = false, emptyParts, unscored } = options;
  const { label, ...read } = await readClassTexts(platform, path, options);
  const { root, name, kept, skipped } = read;
  const scores = scoringOnly || emptyParts === true;
  const unusable = skipped.filter(({ reason }) => !options.taskColumns || reason !== noLabel);
  if (labelled && !scores) requireUsable({ ...read, skipped: unusable });
  const classes = [...new Set(kept.map((k) => k.target))].filter((one) => one !== "").sort(byCodePoint);
  requireClasses(classes, { ...read, label }, { labelled, scoringOnly: scores });
  const indexOf = new Map(classes.map((one, i) => [one, i]));
  const labels = kept.map((k) => indexOf.get(k.target) ?? -1);
  if (labelled && !scores) {
    requireTrainLabels(kept, name);
    checkClassNames(classes, name);
  }
  const warnings = [...read.warnings];
  // Texts to predict or to adapt to may be few. Groups that leave a split empty are an error all the same.
  const isFree = !labelled && kept.every(({ group }) => group === undefined);
  const mayBeEmpty = emptyParts ?? (isFree ? true : undefined);
  const divided = scoringOnly
    ? undefined
    : divideTexts(
        kept,
        labels,
        Math.max(1, classes.length),
        { seed, name, emptyParts: mayBeEmpty, unscored },
        warnings,
      );
  const { origin = [], near = 0, acrossParts = 0, leaks = [], copyOf = [] } = divided ?? {};
  const parts = divided?.parts ?? kept.map(({ given }): Part => given ?? "test");
  const Item = read.texts.length > 1 ? ListedPair : ListedText;
  const items = kept.map(
    (one, i): TextItem => new Item(one, labels[i]!, parts[i]!, root, { group: one.group, copyOf: copyOf[i] }),
  );
  const lines = items
    .map((i) => JSON.stringify([i.sha256, classes[i.label] ?? "", i.part]))
    .sort(byCodePoint);
  return {
    root,
    classes,
    columns: read.texts,
    items,
    hasSplit: kept.some(({ given }) => given !== undefined),
    ...splitOrigin(origin),
    skipped,
    duplicates: { exact: read.duplicates, near, acrossParts: read.acrossParts + acrossParts },
    leaks,
    warnings,
    untested: scoringOnly ? [] : untestedOf(classes, items),
    fingerprint: await platform.sha256(lines),
  };
}

/** Reads the rows of a list with their labels, and finds the column of labels. */
async function readClassTexts(
  platform: Platform,
  path: string,
  {
    seed: _seed,
    labelled,
    texts,
    label: named,
    scoringOnly,
    emptyParts,
    unscored: _unscored,
    keepUnlabelled,
    ...format
  }: OpenTextsOptions,
) {
  let label: string | undefined;
  const detached = detachedStrings();
  const read = await readTexts<string>(
    platform,
    path,
    ({ name, columns }) => {
      label = labelColumn({ name, columns }, named, labelled === true);
      return (values, file, line) => {
        if (label === undefined) return { target: "" };
        const answer = asText(values[label], file, line, label).normalize("NFC");
        if (answer === "" && !keepUnlabelled) return { skip: noLabel };
        return { target: detached(answer) };
      };
    },
    { ...format, named: texts, classColumn: named, fewerClasses: scoringOnly || emptyParts, keepUnlabelled },
  );
  return { ...read, label };
}

/** Returns the column of labels. @throws DataError if a required or named column is missing */
function labelColumn(
  { name, columns }: { readonly name: string; readonly columns: readonly string[] },
  named: string | undefined,
  must: boolean,
): string | undefined {
  if (named !== undefined && !columns.includes(named))
    throw new EngraftError("DataError", `"${name}" has no column ${quoted([named])}`, {
      help: `its columns are ${quoted(columns, 12)}`,
      code: "no-such-column",
      details: { list: name, columns, named },
    });
  const label = named ?? columnOf("label", columns);
  if (must && label === undefined)
    throw new EngraftError("DataError", `"${name}" has no column of labels`, {
      help: `its columns are ${quoted(columns, 12)}; name the one of labels: --target NAME`,
      code: "no-label-column",
      details: { list: name, columns },
    });
  return label;
}

/** Checks the number of classes. @throws DataError for a single class, and for labels that look like ids or free text */
function requireClasses(
  classes: readonly string[],
  {
    name,
    kept,
    columns,
    label,
    warnings,
  }: Pick<Awaited<ReturnType<typeof readClassTexts>>, "name" | "kept" | "columns" | "label" | "warnings">,
  { labelled, scoringOnly }: { readonly labelled: boolean; readonly scoringOnly: boolean },
): void {
  if (classes.length === 1 && !scoringOnly)
    throw new EngraftError("DataError", `only one class in "${name}": ${quoted(classes)}`, {
      // Another class may have been lost with copies of texts.
      at: warnings.find(({ code }) => code === "copies_with_other_labels")?.message,
      help: "a classifier needs at least two classes",
      code: "one-class",
      details: { class: classes[0]! },
    });
  if (labelled && kept.length >= minTexts && classes.length > kept.length / 2)
    throw new EngraftError(
      "DataError",
      `${classes.length} different labels for ${kept.length} texts in "${name}": column "${label}" looks like an id or free text`,
      { help: `name the column of classes: --target NAME; its columns are ${quoted(columns, 12)}` },
    );
}

/** Returns the labels without a text in the test split. */
function untestedOf(classes: readonly string[], items: readonly TextItem[]): readonly string[] {
  const tested = new Set(items.filter(({ part }) => part === "test").map(({ label }) => label));
  return tested.size === 0 ? [] : classes.filter((_, label) => !tested.has(label));
}

/** Checks that every label occurs in the train split. @throws DataError otherwise */
function requireTrainLabels(
  all: readonly { readonly given: Part | undefined; readonly target: string }[],
  name: string,
): void {
  if (!all.some(({ given }) => given === "train")) return;
  const trainLabels = new Set(all.filter(({ given }) => given === "train").map(({ target }) => target));
  const missing = [...new Set(all.map(({ target }) => target))].filter((label) => !trainLabels.has(label));
  if (missing.length === 0) return;
  throw new EngraftError(
    "DataError",
    `${quoted(missing.sort(byCodePoint))} ${missing.length === 1 ? "has" : "have"} no text in the train part, but in another one`,
    {
      at: name,
      help: "add texts to learn from, or take it out of the other parts; check the spelling",
      details: { labels: missing },
    },
  );
}

/** Reads the texts to predict: the column of texts of a list, or each non-empty line of another file. */
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
  if (found === undefined) throw noTextColumn(path, columns);
  const [column, second] = found as readonly [string, string?];
  return rows
    .map(({ line, values }) => ({
      id: `${path}, line ${line}`,
      text: asText(values[column], path, line, column),
      ...(second !== undefined && { pair: asText(values[second], path, line, second) }),
    }))
    .filter(({ text, pair }) => text !== "" && pair !== "");
}

/** Returns the column of texts among names of columns; of text pairs the first. */
export const textColumnOf = (columns: readonly string[]): string | undefined =>
  textColumnsOf(columns, undefined, "")?.[0];
