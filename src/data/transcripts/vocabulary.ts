import { joinSpaces } from "./normalize-transcript.js";

/** Class of the blank: it emits nothing. */
export const blank = 0;
/** Token of the blank. */
export const blankToken = "<pad>";
/** First classes of every vocabulary. `<unk>` is never a target. */
const special = [blankToken, "<unk>"] as const;
/** Stands for a space. */
export const wordDelimiter = "|";
/** A character with fewer occurrences in the training split is rare: a model hardly learns it. */
const rareBelow = 5;

/** The classes of a speech recogniser: special tokens, then characters (code points). */
export interface Vocabulary {
  /** Class of each position; a space is {@link wordDelimiter}. */
  readonly tokens: readonly string[];
  /** Classes of a text, without those of unknown characters. */
  readonly encode: (text: string) => number[];
  /** Text of classes, blanks and special tokens dropped; a run of word delimiters is one space. */
  readonly decode: (classes: readonly number[]) => string;
  /** Characters of a text that have no class, each once. */
  readonly unknownIn: (text: string) => string[];
}

/** Returns the vocabulary of a list of tokens. */
export function vocabularyOf(tokens: readonly string[]): Vocabulary {
  const classOf = new Map(tokens.map((token, i) => [token === wordDelimiter ? " " : token, i]));
  for (const token of special) classOf.delete(token);
  return {
    tokens,
    encode: (text) => Array.from(text, (c) => classOf.get(c)).filter((c): c is number => c !== undefined),
    decode: (classes) =>
      joinSpaces(
        classes
          .filter((c) => c >= special.length)
          .map((c) => (tokens[c] === wordDelimiter ? " " : tokens[c]!))
          .join(""),
      ),
    unknownIn: (text) => [...new Set(text)].filter((c) => !classOf.has(c)),
  };
}

/** How often a character occurs in the training split. */
export interface CharacterCount {
  readonly character: string;
  readonly count: number;
}

/** A vocabulary that was made from transcripts, with the counts of its characters. */
export interface CountedVocabulary {
  readonly vocabulary: Vocabulary;
  /** By falling count, then by code point. */
  readonly counts: readonly CharacterCount[];
  /** Characters with fewer than 5 occurrences. */
  readonly rare: readonly CharacterCount[];
}

/** Makes a vocabulary from normalised transcripts of the training split: characters in the order of their code points. */
export function countCharacters(transcripts: readonly string[]): CountedVocabulary {
  const found = new Map<string, number>();
  for (const text of transcripts) for (const c of text) found.set(c, (found.get(c) ?? 0) + 1);
  const codeOf = (c: string): number => c.codePointAt(0)!;
  const characters = [...found.keys()].sort((a, b) => codeOf(a) - codeOf(b));
  const counts = characters
    .map((character) => ({ character, count: found.get(character)! }))
    .sort((a, b) => b.count - a.count);
  const tokens = [...special, ...characters.map((c) => (c === " " ? wordDelimiter : c))];
  return {
    vocabulary: vocabularyOf(tokens),
    counts,
    rare: counts.filter(({ count }) => count < rareBelow),
  };
}

/** Frames that a target needs: one for each character, and a blank between equal neighbours. */
export const fewestFrames = (classes: readonly number[]): number =>
  classes.length + classes.filter((c, i) => i > 0 && c === classes[i - 1]).length;
