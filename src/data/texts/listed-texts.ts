import { EngraftError } from "../../core/errors.js";
import type { Part } from "../../core/events.js";
import type { Platform } from "../../platform/platform.js";
import { byCodePoint, count, listName, quoted } from "../found.js";
import { asText, decodeTexts, listLimit, partOf } from "../listed-images.js";
import { type Share, splitOff } from "../split.js";
import { withoutCopies } from "./copies.js";
import { readTextFolder, readTextTable } from "./text-files.js";

/** One text. */
export interface TextItem {
  /** `reviews.csv, line 12` */
  readonly id: string;
  readonly text: string;
  /** Index into {@link TextData.classes}; -1 where there are no labels. */
  readonly label: number;
  readonly part: Part;
  /** sha256 of the text, hex. */
  readonly sha256: string;
}

/** A list of texts that was looked at. */
export interface TextData {
  readonly root: string;
  /** Sorted by code point; empty where there are no labels. */
  readonly classes: readonly string[];
  readonly items: readonly TextItem[];
  readonly splitWords: string;
  readonly skipped: readonly { readonly item: string; readonly reason: string }[];
  /** Texts left out since the same text is there already. */
  readonly duplicates: number;
  /** Of those, how many were given in another part than the one that stays. */
  readonly acrossParts: number;
  /** sha256: equal only for the same texts, labels and parts. */
  readonly fingerprint: string;
}

/** Other names of the columns, in lower case, best first. */
const synonyms = {
  text: ["text", "sentence", "review", "review_text", "content", "comment", "message", "body"],
  label: ["label", "class", "category", "target", "sentiment", "class_name"],
  split: ["split", "part", "subset", "partition"],
} as const;

const fraction = 0.15;
/** Of fewer texts nothing is concluded from how many labels there are. */
const fewest = 8;

/** Does a path name a list of texts: a CSV, TSV or JSONL file with a column of texts? */
export async function isTextList({ files }: Platform, path: string): Promise<boolean> {
  if (!listName.test(path) || (await files.stat(path))?.kind !== "file") return false;
  const { columns } = await readTextTable(files, path);
  return columnOf("text", columns) !== undefined;
}

/**
 * Texts of a CSV, TSV or JSONL file with `text[,label][,split]`. Without a split, 15 % of each class are taken to choose on and 15 % to test on.
 * @throws DataError with what is missing
 */
export async function openTexts(
  platform: Platform,
  path: string,
  { seed = 0, labelled = false }: { readonly seed?: number; readonly labelled?: boolean } = {},
): Promise<TextData> {
  const { files } = platform;
  const root = files.resolve(path);
  const name = files.relative(files.dirname(root), root);
  const folder = (await files.stat(root))?.kind === "folder";
  const { columns, rows } = folder ? await readTextFolder(files, root) : await readTextTable(files, root);
  const text = columnOf("text", columns);
  if (text === undefined)
    throw new EngraftError("DataError", `"${name}" has no column of texts`, {
      help:
        otherSeparator(columns) ??
        `its columns are ${quoted(columns, 12) || "none"}; name one of them "text"`,
    });
  const label = columnOf("label", columns);
  const split = columnOf("split", columns);
  if (labelled && label === undefined)
    throw new EngraftError("DataError", `"${name}" has no column of labels`, {
      help: `its columns are ${quoted(columns, 12)}; name one of them "label"`,
    });
  const skipped: { item: string; reason: string }[] = [];
  const all: { id: string; text: string; label: string; given: Part | undefined; sha256: string }[] = [];
  for (const { line, values, file } of rows) {
    const id = line === undefined ? file! : `${file ?? name}, line ${line}`;
    const what = asText(values[text], file ?? name, line ?? 1, text);
    const named =
      label === undefined ? "" : asText(values[label], file ?? name, line ?? 1, label).normalize("NFC");
    if (what === "" || (label !== undefined && named === "")) {
      skipped.push({ item: id, reason: what === "" ? "has no text" : "has no label" });
      continue;
    }
    const sha256 = await platform.sha256(what);
    const given =
      split === undefined
        ? undefined
        : partOf(asText(values[split], name, line ?? 1, split), file ?? name, line ?? 1);
    all.push({ id, text: what, label: named, given, sha256 });
  }
  const { kept, duplicates, acrossParts } = withoutCopies(all);
  const classes = label === undefined ? [] : [...new Set(kept.map((k) => k.label))].sort(byCodePoint);
  if (kept.length === 0)
    throw new EngraftError("DataError", `"${name}" has no texts`, {
      help: "add one line a text: text,label",
    });
  if (classes.length === 1)
    throw new EngraftError("DataError", `only one class in "${name}": ${quoted(classes)}`, {
      help: "telling apart needs at least two classes",
    });
  if (labelled && kept.length >= fewest && classes.length > kept.length / 2)
    throw new EngraftError(
      "DataError",
      `${classes.length} different labels for ${kept.length} texts in "${name}": column "${label}" looks like an id or free text`,
      { help: `name the column of classes "label"; its columns are ${quoted(columns, 12)}` },
    );
  const indexOf = new Map(classes.map((one, i) => [one, i]));
  const labels = kept.map((k) => indexOf.get(k.label) ?? -1);
  if (labelled) requireTaught(kept, name);
  const { parts, words } = partsOf(kept, labels, Math.max(1, classes.length), seed, name);
  const items = kept.map(
    ({ id, text, sha256 }, i): TextItem => ({ id, text, sha256, label: labels[i]!, part: parts[i]! }),
  );
  const lines = items
    .map((i) => JSON.stringify([i.sha256, classes[i.label] ?? "", i.part]))
    .sort(byCodePoint);
  return {
    root,
    classes,
    items,
    splitWords: words,
    skipped,
    duplicates,
    acrossParts,
    fingerprint: await platform.sha256(lines.join("\n")),
  };
}

/** What to say of a header that another separator divides. */
function otherSeparator(columns: readonly string[]): string | undefined {
  const [only] = columns;
  const found = columns.length === 1 && (["\t", ",", ";", "|"] as const).find((sign) => only!.includes(sign));
  if (!found) return undefined;
  const named = {
    "\t": "tabs: call it .tsv",
    ",": "commas: call it .csv",
    ";": "semicolons: call it .csv",
    "|": "bars",
  };
  return `its only column is ${quoted(columns)}; values are separated by ${named[found]}${found === "|" ? ": separate them by commas or tabs" : ""}`;
}

/** @throws DataError for a label that other parts have and train has not: nothing teaches it */
function requireTaught(
  all: readonly { readonly given: Part | undefined; readonly label: string }[],
  name: string,
): void {
  if (!all.some(({ given }) => given === "train")) return;
  const taught = new Set(all.filter(({ given }) => given === "train").map(({ label }) => label));
  const untaught = [...new Set(all.map(({ label }) => label))].filter((label) => !taught.has(label));
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
  { files }: Platform,
  path: string,
): Promise<{ readonly id: string; readonly text: string }[]> {
  const root = files.resolve(path);
  if (!listName.test(path)) {
    const text = decodeTexts(await files.read(root, { limit: listLimit }), path);
    const lines = text.split(/\r?\n/).map((line, i) => ({ id: `${path}, line ${i + 1}`, text: line.trim() }));
    return lines.filter((line) => line.text !== "");
  }
  const { columns, rows } = await readTextTable(files, root);
  const column = columnOf("text", columns);
  if (column === undefined)
    throw new EngraftError("DataError", `"${path}" has no column of texts`, {
      help: `its columns are ${quoted(columns, 12) || "none"}; name one of them "text"`,
    });
  return rows
    .map(({ line, values }) => ({
      id: `${path}, line ${line}`,
      text: asText(values[column], path, line ?? 1, column),
    }))
    .filter(({ text }) => text !== "");
}

/** The column of texts among names of columns, if there is one. */
export const textColumnOf = (columns: readonly string[]): string | undefined => columnOf("text", columns);

function columnOf(what: keyof typeof synonyms, columns: readonly string[]): string | undefined {
  for (const one of synonyms[what]) {
    const found = columns.find((column) => column.toLowerCase() === one);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The parts as given, and what is missing of them taken out of train. */
function partsOf(
  all: readonly { readonly given: Part | undefined; readonly sha256: string }[],
  labels: readonly number[],
  classes: number,
  seed: number,
  name: string,
): { parts: Part[]; words: string } {
  const parts: Part[] = all.map(({ given }) => given ?? "train");
  const has = (part: Part): boolean => all.some(({ given }) => given === part);
  const any = has("train") || has("validation") || has("test");
  if (any && !has("train"))
    throw new EngraftError("DataError", `no text of the train part in "${name}"`, {
      help: "give texts to learn from, or no split at all",
    });
  const shares: Share[] = [
    ...(has("test") ? [] : [{ part: "test" as const, fraction }]),
    ...(has("validation") ? [] : [{ part: "validation" as const, fraction }]),
  ];
  const pool = all.map((_, i) => i).filter((i) => parts[i] === "train");
  if (shares.length > 0) {
    const numbers = pool.map((_, k) => k);
    const split = splitOff(
      pool.map((i) => ({ sha256: all[i]!.sha256, label: Math.max(0, labels[i]!) })),
      classes,
      shares,
      { exact: numbers, near: numbers },
      seed,
    );
    pool.forEach((i, k) => {
      parts[i] = split.parts[k]!;
    });
  }
  const words = any
    ? shares.length === 0
      ? "train, validation and test as given"
      : `as given; ${shares.map((s) => s.part).join(" and ")} taken out of train, seed ${seed}`
    : `70 / 15 / 15${classes > 1 ? ", stratified" : ""}, ${count(all.length, "text")}, seed ${seed}`;
  return { parts, words };
}
