/** A language model of characters. */
export interface CharacterModel {
  /** ln P(next | the classes before it). @param next a class, or {@link end} */
  readonly logP: (before: readonly number[], next: number) => number;
}

/** The end of a text, as `next`. */
export const end = -1;
/** Stands before the first character. */
const start = -2;

interface Context {
  total: number;
  readonly counts: Map<number, number>;
}

/**
 * Fits an n-gram model of characters, interpolated by Witten and Bell's rule:
 *
 * P(c | h) = ( C(hc) + T(h) P(c | h') ) / ( C(h) + T(h) )
 *
 * C counts, T(h) is the number of different characters that follow h, and h' is h without its first character. The
 * shortest history falls back to a uniform distribution over the characters and the end, so the probabilities add up to 1.
 *
 * @param texts classes of the training transcripts
 * @param characters classes that a text may have
 * @param order characters of an n-gram. Default 6
 * @see Chen & Goodman, "An Empirical Study of Smoothing Techniques for Language Modeling", 1999, section 2.5
 */
export function fitCharacterNgrams(
  texts: readonly (readonly number[])[],
  characters: readonly number[],
  order = 6,
): CharacterModel {
  const contexts = new Map<string, Context>();
  for (const text of texts) {
    const padded = [start, ...text, end];
    for (let i = 1; i < padded.length; i++)
      for (let n = 0; n < order && n <= i; n++) count(contexts, padded.slice(i - n, i), padded[i]!);
  }
  const uniform = 1 / (characters.length + 1);
  const probability = (history: readonly number[], next: number): number => {
    let p = uniform;
    for (let n = 0; n <= history.length; n++) {
      const context = contexts.get(keyOf(history.slice(history.length - n)));
      if (!context) break;
      const types = context.counts.size;
      p = ((context.counts.get(next) ?? 0) + types * p) / (context.total + types);
    }
    return p;
  };
  return {
    logP(before, next) {
      const history = before.length < order - 1 ? [start, ...before] : before.slice(-(order - 1));
      return Math.log(probability(history, next));
    },
  };
}

const keyOf = (history: readonly number[]): string => history.join(" ");

function count(contexts: Map<string, Context>, history: readonly number[], next: number): void {
  const key = keyOf(history);
  let context = contexts.get(key);
  if (!context) {
    context = { total: 0, counts: new Map() };
    contexts.set(key, context);
  }
  context.total++;
  context.counts.set(next, (context.counts.get(next) ?? 0) + 1);
}
