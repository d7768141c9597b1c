import type { Part } from "../../core/events/events.js";
import { firstOf, type Names } from "../../core/messages/counted.js";
import type { WarningText } from "../../core/messages/message.js";

/** File extensions of lists of images with labels. */
export const listName = /\.(csv|tsv|jsonl|ndjson|json|parquet)$/i;

/** Folder names of splits, in lower case. */
export const partNames: ReadonlyMap<string, Part> = new Map([
  ["train", "train"],
  ["training", "train"],
  ["val", "validation"],
  ["valid", "validation"],
  ["validation", "validation"],
  ["dev", "validation"],
  ["test", "test"],
  ["testing", "test"],
  ["eval", "test"],
  ["evaluation", "test"],
  // The two parts of a test set on Kaggle: the first one is seen while models are chosen.
  ["publictest", "validation"],
  ["privatetest", "test"],
]);

/** Returns the part that one word of a name says: "seg_train", "test_set". Undefined for none, and for two. */
export function partWithin(name: string): Part | undefined {
  const parts = name
    .toLowerCase()
    .split(/[^a-z]+/)
    .flatMap((word) => partNames.get(word) ?? []);
  return parts.length === 1 ? parts[0] : undefined;
}

/** An image whose content has not been read. */
export interface FoundPicture {
  readonly id: string;
  readonly path: string;
  /** Name of the class. */
  readonly label: string;
  /** The split given by folder or column, if any. */
  readonly given: Part | undefined;
  /** The group of the image, such as a person or a burst. A group is never divided between splits. */
  readonly group?: string;
}

/** The images of a folder or list. */
export interface Found {
  readonly pictures: readonly FoundPicture[];
  readonly skipped: readonly { readonly item: string; readonly reason: string }[];
  readonly ignored: { readonly hidden: number; readonly notPictures: number };
  /** Images in formats that cannot be read. */
  readonly unread?: readonly string[];
  /** Images outside any class folder. */
  readonly outside?: number;
  /** Files of Hugging Face's imagefolder layout, which contain the labels. */
  readonly metadata?: readonly string[];
  readonly warnings: readonly Warning[];
  /** The column with the group of each image. */
  readonly groupColumn?: string;
  /** File name of the list ("labels.csv"), if the images came from one. */
  readonly list?: string;
}

export type Warning = WarningText;

/** Formats names for a message: quoted, with newlines and other control characters escaped. */
export function quoted(names: readonly string[], most = 3): string {
  const shown = names.slice(0, most).map((name) => JSON.stringify(shortened(name)));
  return names.length > most ? `${shown.join(", ")} and ${names.length - most} more` : shown.join(", ");
}

/** Returns the first names of a list for a message. */
export const firstNames = (names: readonly string[], most = 3): Names => firstOf(names.map(shortened), most);

/** Most characters of a name in a message. */
const mostCharacters = 200;
const shortened = (name: string): string =>
  name.length > mostCharacters ? `${name.slice(0, mostCharacters - 1)}…` : name;

/** Formats a number with its noun: "1 picture", "2,000 pictures". */
export function count(n: number, one: string, many = `${one}s`): string {
  // Not toLocaleString: loading the locale tables takes as long as scanning a thousand images.
  const grouped = String(n).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${grouped} ${n === 1 ? one : many}`;
}

/** Compares strings by code point, independent of machine and locale. */
export function byCodePoint(a: string, b: string): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    // UTF-16 puts astral characters (surrogates, D800 … DFFF) before E000 … FFFF; code points do not.
    const astralX = x >= 0xd800 && x <= 0xdfff;
    const astralY = y >= 0xd800 && y <= 0xdfff;
    return astralX === astralY ? x - y : astralX ? 1 : -1;
  }
  return a.length - b.length;
}

/** Why a sample without a label is left out. */
export const noLabel = "has no label";

/** Says where folders are that may be the classes: in the only one. */
export function foldersWithin(items: readonly { readonly id: string }[], name: string): string {
  const inner = new Set(
    items.flatMap(({ id }) => {
      const folders = id.split("/").slice(0, -1);
      return folders[folders.indexOf(name) + 1] ?? [];
    }),
  );
  return inner.size > 1
    ? `; or give the folder ${JSON.stringify(name)} itself, which holds ${inner.size}`
    : "";
}
