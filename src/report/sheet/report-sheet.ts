// The results of a study, or of several trainings at once, as plain values that the screen and a page write in their own way.

import type { BaseFacts } from "../../core/results/base-facts.js";
import type { Markup } from "../html.js";
import type { Lang } from "../words/langs.js";
import type { Fact, TableContent, Text, Tile, Usage } from "./sheet.js";

/** How a conclusion is coloured. */
export type Mood = "positive" | "negative" | "neutral" | "inconclusive";

/** What was found. */
export interface Conclusion {
  readonly kind: "conclusion";
  readonly title: Text;
  readonly lines: readonly Text[];
  /** Small, below the lines. Not on the screen. */
  readonly small?: Text;
  readonly mood: Mood;
  /** Label on the screen. */
  readonly short: string;
}

/** What a reader has to know with the numbers. */
export interface Notes {
  readonly kind: "notes";
  readonly title: Text;
  readonly texts: readonly Text[];
  /** Label of each on the screen. Missing: they are not on the screen. */
  readonly short?: string;
}

/**
 * Part of a section. The screen has tables without `only: "page"`, conclusions, and what has a `short` label: texts, lists, facts
 * and notes.
 */
export type ReportPart =
  | Conclusion
  | Notes
  | { readonly kind: "table"; readonly table: TableContent; readonly only?: "page" | "screen" }
  | { readonly kind: "facts"; readonly facts: readonly Fact[] }
  | { readonly kind: "tiles"; readonly tiles: readonly Tile[] }
  | { readonly kind: "list"; readonly texts: readonly Text[]; readonly title?: Text; readonly short?: string }
  /** A paragraph. */
  | { readonly kind: "text"; readonly text: Text; readonly small?: true; readonly short?: string }
  | { readonly kind: "command"; readonly command: string }
  | { readonly kind: "heading"; readonly text: Text; readonly colour?: number }
  | { readonly kind: "folded"; readonly title: Text; readonly parts: readonly ReportPart[] }
  /** A figure that only a page can show. */
  | { readonly kind: "drawing"; readonly draw: (lang: Lang) => Markup | undefined };

export interface ReportSection {
  /** Its anchor. */
  readonly id: string;
  readonly title: Text;
  /** True: closed until the reader opens it. */
  readonly folded?: true;
  readonly parts: readonly ReportPart[];
}

/** What the card of a model says besides its results. */
export interface ModelFacts {
  readonly usage: Usage;
  readonly base: BaseFacts;
  /** "pictures" */
  readonly samples: string;
  /** How it was made. */
  readonly made: readonly Fact[];
}

/** A report that is not the one of a single task. */
export interface ReportSheet {
  readonly title: string;
  /** "learning curve" */
  readonly kind: Text;
  /** Facts in a line below the title. */
  readonly about: readonly Text[];
  /** What was done: first on the screen, which is in English. */
  readonly done: { readonly label: string; readonly lines: readonly string[] };
  /** Above all sections. */
  readonly lead: readonly ReportPart[];
  /** Those without parts are left out. */
  readonly sections: readonly ReportSection[];
  /** Folders and files: last on the screen. */
  readonly paths: Readonly<Record<string, string>>;
  /** How the numbers were computed. */
  readonly footer: Text;
  /** Rules of its figures. */
  readonly style?: string;
}
