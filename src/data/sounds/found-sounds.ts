import type { Part } from "../../core/events/events.js";
import type { Quotes } from "../lists/quotes.js";
import type { Warning } from "../split/found.js";

/** A sound file whose content has not been read. */
export interface FoundSound {
  /** Path relative to the data folder. */
  readonly id: string;
  readonly path: string;
  readonly given: Part | undefined;
  readonly group?: string;
  /** The row of the list, or its values as the layout gives them. */
  readonly values: Readonly<Record<string, unknown>>;
  /** File and line of the row, for messages. */
  readonly file?: string;
  readonly line?: number;
}

/** The sounds at a path, with their labels, groups and splits. */
export interface FoundSounds {
  readonly root: string;
  /** Name of the list or folder in messages. */
  readonly name: string;
  /** Columns of the values, without the one of the files. */
  readonly columns: readonly string[];
  readonly sounds: readonly FoundSound[];
  readonly skipped: readonly { readonly item: string; readonly reason: string }[];
  readonly warnings: readonly Warning[];
  /** Column or layout that gives the groups. */
  readonly groupedBy?: string;
  readonly splitColumn?: string;
  /** Separator of the list's values. */
  readonly separator?: string;
  /** Sounds in formats that cannot be read. */
  readonly unread?: readonly string[];
}

/** Options of finding sounds. */
export interface FindSoundsOptions {
  /** Column of groups, or a regular expression for ids whose bracket is the group. */
  readonly groupFrom?: string;
  /** Column of files in a list. Default: found by name and content. */
  readonly audioColumn?: string;
  /** Names of the classes 0, 1, 2 … of a list, separated by commas. */
  readonly classNames?: string | undefined;
  /** Column of labels, whose numbers get the class names. */
  readonly classColumn?: string | undefined;
  /** Folder of the files of a list. Default: the list's own. */
  readonly filesIn?: string;
  /** Meaning of quotes in a CSV or TSV. Default: decided by the file. */
  readonly quotes?: Quotes | undefined;
  readonly signal?: AbortSignal;
}
