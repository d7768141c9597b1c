import type { TextScript } from "../../core/events/opening-events.js";

/** A sample of any task: a text, the words of a sentence, or none. */
interface MaybeText {
  readonly text?: string | undefined;
  readonly words?: readonly string[];
}

/** Most texts that are read, and most characters of each. */
const [mostTexts, mostCharacters] = [200, 500];

/**
 * Returns the script of most letters of the texts, from at most 200 of them, evenly spaced.
 * @returns undefined for Latin letters, and without a text
 */
export function scriptOfTexts(items: readonly object[]): TextScript | undefined {
  const counts = { latin: 0, han: 0, other: 0 };
  // Odd, so that a list of alternating languages is not read on one side only.
  const step = Math.ceil(items.length / mostTexts) | 1;
  for (let i = 0; i < items.length; i += step)
    for (const [letter] of textOf(items[i]!).slice(0, mostCharacters).matchAll(/\p{L}/gu))
      counts[/\p{Script=Latin}/u.test(letter) ? "latin" : /\p{Script=Han}/u.test(letter) ? "han" : "other"]++;
  const { latin, han, other } = counts;
  if (han > 0 && han >= latin && han >= other) return "han";
  return other > latin ? "other" : undefined;
}

const textOf = ({ text, words = [] }: MaybeText): string => text ?? words.join(" ");

/** Returns the field of the data event with the script of its texts. */
export function scriptField(items: readonly object[]): { readonly script?: TextScript } {
  const script = scriptOfTexts(items);
  return script === undefined ? {} : { script };
}
