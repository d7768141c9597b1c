import { type Vocabulary, wordDelimiter } from "../../data/transcripts/vocabulary.js";
import type { FrameScores } from "./greedy.js";
import { alignTarget } from "./lattice.js";

/** A word of a recognised text, with its time in the recording. */
export interface TimedWord {
  readonly word: string;
  /** Seconds from the start of the recording. */
  readonly start: number;
  readonly end: number;
}

/** Start and end of a word or a character in seconds; null if it has no frames. */
export type SpokenTime = readonly [start: number, end: number] | null;

/** How a text is divided: words have a space between them, characters nothing. */
export interface TextUnits {
  readonly units: readonly string[];
  readonly between: 0 | 1;
}

/**
 * Returns the words of a text with their times: the frames of their characters on the most probable alignment.
 * @param seconds length of the input whose frames these are, with its padding
 */
export function wordTimes(
  scores: FrameScores,
  classes: readonly number[],
  vocabulary: Vocabulary,
  seconds: number,
): TimedWord[] {
  const units = vocabulary.decode(classes).split(" ");
  const times = spokenTimes(scores, classes, vocabulary, { seconds, units, between: 1 });
  return units.flatMap((word, i) => {
    const time = times[i];
    return time ? [{ word, start: time[0], end: time[1] }] : [];
  });
}

/** Returns the times of the parts of a recognised text, as {@link wordTimes} does. @param how.units of the decoded classes, in order */
export function spokenTimes(
  scores: FrameScores,
  classes: readonly number[],
  vocabulary: Vocabulary,
  { seconds, units, between }: TextUnits & { readonly seconds: number },
): SpokenTime[] {
  const frames = alignTarget(scores, classes) ?? [];
  const at = (frame: number): number => Number(((frame * seconds) / scores.frames).toFixed(3));
  const characters = classes.flatMap((c, i) => {
    const text = vocabulary.tokens[c] === wordDelimiter ? " " : vocabulary.decode([c]);
    return Array.from(text, (character) => ({ character, frames: frames[i] }));
  });
  // The text has one space between words, and none at its beginning.
  const all = characters.filter(
    ({ character }, i) => character !== " " || (characters[i - 1]?.character ?? " ") !== " ",
  );
  let next = 0;
  return units.map((unit) => {
    const own = all.slice(next, next + Array.from(unit).length);
    next += own.length + between;
    const [first, last] = [own[0]?.frames, own.at(-1)?.frames];
    return first && last ? [at(first.first), at(last.last + 1)] : null;
  });
}
