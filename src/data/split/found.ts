import type { Part } from "../../core/events/events.js";
import type { WarningText } from "../../core/messages/message.js";

/** Endings of files that may list pictures with their labels. */
export const listName = /\.(csv|tsv|jsonl|ndjson|json|parquet)$/i;

/** Folder names that mean a part of a split, in lower case. */
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
]);

/** A picture that was found, before its content was looked at. */
export interface FoundPicture {
  readonly id: string;
  readonly path: string;
  /** Name of the class. */
  readonly label: string;
  /** The part it was put in by folder or column, if any. */
  readonly given: Part | undefined;
  /** What it belongs to with others (a person, a source file, a burst): all of them stay on one side. */
  readonly group?: string;
}

/** What a folder or a list of pictures holds. */
export interface Found {
  readonly pictures: readonly FoundPicture[];
  readonly skipped: readonly { readonly item: string; readonly reason: string }[];
  readonly ignored: { readonly hidden: number; readonly notPictures: number };
  /** Pictures in formats that cannot be read. */
  readonly unread?: readonly string[];
  /** Pictures outside any class folder. */
  readonly outside?: number;
  /** Files of Hugging Face's imagefolder layout, which hold the labels. */
  readonly metadata?: readonly string[];
  readonly warnings: readonly Warning[];
  /** The column that says the group of each picture. */
  readonly groupColumn?: string;
  /** The list the pictures came from, when it was a file ("labels.csv"). */
  readonly list?: string;
}

export type Warning = WarningText;

/** Names as a person should see them in a message: quoted, with newlines and odd characters escaped. */
export function quoted(names: readonly string[], most = 3): string {
  const shown = names.slice(0, most).map((name) => JSON.stringify(name));
  return names.length > most ? `${shown.join(", ")} and ${names.length - most} more` : shown.join(", ");
}

/** "1 picture", "2,000 pictures" */
export function count(n: number, one: string, many = `${one}s`): string {
  // Not toLocaleString: loading the tables of languages takes as long as looking through a thousand pictures.
  const grouped = String(n).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${grouped} ${n === 1 ? one : many}`;
}

/** Order by code point: the same on every machine and in every locale. */
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
