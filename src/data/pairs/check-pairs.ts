import { message, warningText } from "../../core/messages/message.js";
import type { Script } from "../../core/messages/pair-en.js";
import { median } from "../../linalg/quantile.js";
import { firstNames, type Warning } from "../split/found.js";
import { scriptOfLanguage } from "./languages.js";
import { normalSide } from "./pair-groups.js";
import type { FoundPair, ReadPairs } from "./read-pairs.js";
import { scriptOfText } from "./script-of-text.js";

/** Smallest share of pairs that a warning about equal texts, or about texts in another script, is for. */
const leastShare = 0.05;

/** What the texts of one side are. */
export interface SideFacts {
  /** Lengths in characters, and the id of the longest text. */
  readonly characters: { readonly median: number; readonly longest: number; readonly longest_id: string };
  /** Share of each script among the texts with letters, 0 … 1; the most frequent first. */
  readonly scripts: readonly { readonly script: Script; readonly share: number }[];
}

/** What pairs are, before copies are left out. */
export interface PairFacts {
  readonly source: SideFacts;
  readonly target: SideFacts;
  /** Number of pairs whose source and target are the same text, apart from capitals and spaces. */
  readonly equal: number;
  /** Number of pairs whose scripts are those of the others, exchanged. */
  readonly swapped: number;
}

const sides = ["source", "target"] as const;

/**
 * Describes pairs, and warns about equal texts, texts in several scripts, swapped pairs, and columns in another script than that of their
 * language. Languages with one script, such as English and German, are not told apart.
 * @param warnings receives new entries
 */
export function checkPairs(
  { found, columns, languages }: Pick<ReadPairs, "found" | "columns" | "languages">,
  warnings: Warning[],
): PairFacts {
  const ofSource = found.map((pair) => scriptOfText(pair.source));
  const ofTarget = found.map((pair) => scriptOfText(pair.target));
  const [source, target] = [mainScript(ofSource), mainScript(ofTarget)];
  const isSwapped = (i: number): boolean =>
    source !== target && ofSource[i] === target && ofTarget[i] === source;
  const canSwap = source !== undefined && target !== undefined;
  const swapped = canSwap ? found.filter((_, i) => isSwapped(i)) : [];
  for (const [k, side] of sides.entries()) {
    const column = columns[side];
    const [scripts, main] = [[ofSource, ofTarget][k]!, [source, target][k]];
    const rest = (i: number) => !(canSwap && isSwapped(i));
    warnings.push(
      ...severalScripts(
        column,
        found.filter((_, i) => rest(i)),
        scripts.filter((_, i) => rest(i)),
      ),
    );
    const language = languages[side];
    const expected = language === undefined ? undefined : scriptOfLanguage(language);
    if (expected !== undefined && main !== undefined && !areOne(expected, main))
      warnings.push(
        warningText(
          "column_unlike_language",
          message("column-unlike-language", { column, language: language!, script: main }),
        ),
      );
  }
  if (swapped.length > 0 && canSwap)
    warnings.push(
      warningText(
        "pairs_swapped",
        message("pairs-swapped", { pairs: swapped.length, source, target, ...firstNames(idsOf(swapped)) }),
      ),
    );
  const equal = found.filter((pair) => normalSide(pair.source) === normalSide(pair.target));
  if (equal.length > 0 && equal.length >= leastShare * found.length) {
    const percent = percentOf(equal.length / found.length);
    const values = { pairs: equal.length, percent, ...firstNames(idsOf(equal)) };
    warnings.push(warningText("pairs_equal", message("pairs-equal", values)));
  }
  return {
    source: factsOf(found, "source", ofSource),
    target: factsOf(found, "target", ofTarget),
    ...{ equal: equal.length, swapped: swapped.length },
  };
}

type Scripts = readonly (Script | undefined)[];

const percentOf = (share: number): number => Math.round(100 * share);
const idsOf = (pairs: readonly FoundPair[]): string[] => pairs.map(({ id }) => id);

/** Returns the share of each script among the texts with letters, the most frequent first. */
function sharesOf(scripts: Scripts): SideFacts["scripts"] {
  const counts = new Map<Script, number>();
  let all = 0;
  for (const script of scripts) {
    if (script === undefined) continue;
    counts.set(script, (counts.get(script) ?? 0) + 1);
    all++;
  }
  return [...counts].sort(([, a], [, b]) => b - a).map(([script, texts]) => ({ script, share: texts / all }));
}

/** Returns the script of more than half of the texts with letters. */
function mainScript(scripts: Scripts): Script | undefined {
  const [first] = sharesOf(scripts);
  return first && first.share > 0.5 ? first.script : undefined;
}

/** True for scripts of one language: Japanese and Korean texts may be of Chinese characters alone. */
const areOne = (a: Script, b: Script): boolean =>
  a === b ||
  [
    ["Kana", "Han"],
    ["Hangul", "Han"],
  ].some((both) => both.includes(a) && both.includes(b));

/** Warns about texts of a column in other scripts than the most frequent one. */
function severalScripts(column: string, pairs: readonly FoundPair[], scripts: Scripts): readonly Warning[] {
  const shares = sharesOf(scripts).filter(({ share }) => share >= leastShare);
  const main = shares[0]?.script;
  const rare = new Set(shares.flatMap(({ script }) => (areOne(script, main!) ? [] : [script])));
  if (rare.size === 0) return [];
  const found = pairs.filter((_, i) => scripts[i] !== undefined && rare.has(scripts[i]!));
  const values = {
    column,
    shares: shares.map(({ script, share }) => ({ script, percent: percentOf(share) })),
    ...firstNames(idsOf(found)),
  };
  return [warningText("pairs_in_scripts", message("pairs-in-scripts", values))];
}

/** Number of characters, as a reader counts code points. */
function charactersIn(text: string): number {
  let characters = 0;
  for (let i = 0; i < text.length; i += text.codePointAt(i)! > 0xffff ? 2 : 1) characters++;
  return characters;
}

function factsOf(found: readonly FoundPair[], side: "source" | "target", scripts: Scripts): SideFacts {
  const lengths = found.map((pair) => charactersIn(pair[side]));
  let at = 0;
  for (const [i, length] of lengths.entries()) if (length > lengths[at]!) at = i;
  return {
    characters: { median: median(lengths) ?? 0, longest: lengths[at] ?? 0, longest_id: found[at]?.id ?? "" },
    scripts: sharesOf(scripts),
  };
}
