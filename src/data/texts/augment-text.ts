import { type Draws, draws } from "../../core/random.js";
import type { TextAugmentation } from "../dataset.js";

/** Default share of changed words. @see Wei & Zou 2019, section 3.2: α = 0.1; masks: Devlin et al. 2019 */
const usualShares: Readonly<Record<TextAugmentation, number>> = {
  delete: 0.1,
  swap: 0.1,
  mask: 0.15,
  typo: 0.1,
};
/** Largest number of words in a masked span. @see Joshi et al., "SpanBERT", 2020: 3.8 words on average */
const longestSpan = 3;

/** A word, or a character of Chinese, Japanese or Korean, and the space before it. */
interface Unit {
  readonly text: string;
  readonly space: string;
}

const letter = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/;
const units =
  /(\s*)([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\s\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+)/gu;

function unitsOf(text: string): Unit[] {
  return [...text.matchAll(units)].map(([, space = "", unit = ""]) => ({ text: unit, space }));
}

const joined = (all: readonly Unit[]): string =>
  all
    .map(({ text, space }) => space + text)
    .join("")
    .trim();

/** Options of {@link augmentText}. */
export interface TextChanges {
  /** Kinds of change; one is drawn for each text and epoch. */
  readonly kinds: readonly TextAugmentation[];
  /** Share of changed words, between 0 and 1. Default 0.1; 0.15 for `mask`. */
  readonly share?: number;
  /** The tokenizer's mask token. Default "[MASK]". */
  readonly mask?: string;
}

/**
 * Returns a changed copy of a text. The unit is a word, or a character in Chinese, Japanese and Korean. The same seed, epoch and item
 * give the same copy.
 *
 * `delete`: deletes each word with probability `share`, but never all words.
 *
 * `swap`: exchanges this share of the words, at least one, with another word.
 *
 * `mask`: replaces spans of one to three words by one mask each, this share of the words, at least one.
 *
 * `typo`: gives each word a typing error with probability `share`. Two letters are exchanged, or one is deleted or doubled; a
 * character is exchanged with the next.
 *
 * @see Wei & Zou, "EDA: Easy Data Augmentation Techniques for Boosting Performance on Text Classification Tasks", 2019,
 * without its synonym replacement; Belinkov & Bisk, "Synthetic and Natural Noise Both Break Neural Machine Translation", 2018
 * @example augmentText("a book that I liked", { kinds: ["swap"] }, { seed: 0, epoch: 3, item: sha256 })
 */
export function augmentText(
  text: string,
  { kinds, share, mask = "[MASK]" }: TextChanges,
  { seed, epoch, item }: { readonly seed: number; readonly epoch: number; readonly item: string },
): string {
  const random = draws(seed, "augment text", epoch, item);
  const all = unitsOf(text);
  if (all.length < 2 || kinds.length === 0) return text;
  const kind = kinds[kinds.length > 1 ? random.integer(kinds.length) : 0]!;
  return joined(changes[kind](all, random, share ?? usualShares[kind], mask));
}

type Change = (all: readonly Unit[], random: Draws, share: number, mask: string) => readonly Unit[];

const changes: Readonly<Record<TextAugmentation, Change>> = {
  delete(all, random, share) {
    const remaining = all.filter(() => !random.chance(share));
    return remaining.length > 0 ? remaining : [all[random.integer(all.length)]!];
  },
  swap(all, random, share) {
    const out = [...all];
    const exchange = (i: number, j: number): void => {
      const [a, b] = [out[i]!, out[j]!];
      // Spaces stay where they are.
      out[i] = { text: b.text, space: a.space };
      out[j] = { text: a.text, space: b.space };
    };
    for (let n = Math.max(1, Math.round(share * all.length)); n > 0; n--) {
      const i = random.integer(out.length);
      const j = random.integer(out.length - 1);
      exchange(i, j < i ? j : j + 1);
    }
    return out;
  },
  mask(all, random, share, mask) {
    const hidden = new Set<number>();
    const begins = new Set<number>();
    const wanted = Math.max(1, Math.round(share * all.length));
    while (hidden.size < wanted) {
      const from = random.integer(all.length);
      const length = Math.min(1 + random.integer(longestSpan), wanted - hidden.size, all.length - from);
      if (hidden.has(from)) continue;
      begins.add(from);
      for (let i = from; i < from + length; i++) hidden.add(i);
    }
    return all.flatMap(({ text, space }, i) => {
      if (!hidden.has(i)) return [{ text, space }];
      // Two spans that touch get one mask each.
      const first = !hidden.has(i - 1) || begins.has(i);
      return first ? [{ text: mask, space }] : [];
    });
  },
  typo(all, random, share) {
    const out = all.map((unit) => ({ ...unit }));
    for (let i = 0; i < out.length; i++) {
      if (!random.chance(share)) continue;
      const { text, space } = out[i]!;
      const next = out[i + 1];
      if (letter.test(text)) {
        if (!next || !letter.test(next.text)) continue;
        out[i] = { text: next.text, space };
        out[i + 1] = { text, space: next.space };
        i++;
      } else out[i] = { text: misspelled(text, random), space };
    }
    return out;
  },
};

/** Returns a word with a typing error. Words of one or two letters stay unchanged. */
function misspelled(word: string, random: Draws): string {
  const letters = [...word];
  if (letters.length < 3) return word;
  const at = random.integer(letters.length - 1);
  const kind = random.integer(3);
  if (kind === 0) [letters[at], letters[at + 1]] = [letters[at + 1]!, letters[at]!];
  else if (kind === 1) letters.splice(at, 1);
  else letters.splice(at, 0, letters[at]!);
  return letters.join("");
}
