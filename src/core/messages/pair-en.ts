/** English sentences about pairs of a source and a target text. */
import { counted, listed, type Names } from "./counted.js";

/** Scripts of texts, by their names in Unicode. Kana: Hiragana and Katakana. */
export const scripts = [
  ...["Latin", "Han", "Kana", "Hangul", "Cyrillic", "Arabic", "Greek", "Hebrew", "Devanagari", "Bengali"],
  ...["Tamil", "Telugu", "Thai", "Georgian", "Armenian"],
  "other",
] as const;
export type Script = (typeof scripts)[number];

/** Scripts with their shares of the texts in percent, the most frequent first. */
export interface ScriptShares {
  readonly shares: readonly { readonly script: Script; readonly percent: number }[];
}

export const pairEn = {
  "first-line-is-pair": ({ file }: { readonly file: string }): string =>
    `${JSON.stringify(file)} has no names of columns: its first line is a pair like the others`,
  "pairs-in-scripts": (v: Names & ScriptShares & { readonly column: string }): string =>
    `${JSON.stringify(v.column)} has texts in several scripts: ${v.shares.map(({ script, percent }) => `${script} (${percent} %)`).join(", ")}; the rarer ones are in ${listed(v)}. A model learns one language from a column: move or remove the others`,
  "pairs-swapped": (
    v: Names & { readonly pairs: number; readonly source: Script; readonly target: Script },
  ): string =>
    `${counted(v.pairs, "pair")} ${v.pairs === 1 ? "seems" : "seem"} swapped, from ${v.target} to ${v.source} instead of from ${v.source} to ${v.target}: ${listed(v)}; exchange source and target there`,
  "pairs-equal": (v: Names & { readonly pairs: number; readonly percent: number }): string =>
    `${counted(v.pairs, "pair")} (${v.percent} %) ${v.pairs === 1 ? "has" : "have"} the same text as source and target: ${listed(v)}; remove what is not translated, or a model learns to copy`,
  "column-unlike-language": (v: {
    readonly column: string;
    readonly language: string;
    readonly script: Script;
  }): string =>
    `${JSON.stringify(v.column)} should have texts of the language ${v.language}, and most are in ${v.script}: exchange the names of source and target if they are swapped`,
  "pairs-of-languages": (v: Names & { readonly column: string }): string =>
    `${JSON.stringify(v.column)} names several languages: ${listed(v)}; keep the rows of one, since a model learns one direction`,
};
