import type { Vocabulary } from "../../data/transcripts/vocabulary.js";
import type { FrameScores } from "./greedy.js";
import { alignTarget } from "./lattice.js";

/** A word of a recognised text, with its time in the recording. */
export interface TimedWord {
  readonly word: string;
  /** Seconds from the start of the recording. */
  readonly start: number;
  readonly end: number;
}

/**
 * Returns the words of a text with their times: the frames of their characters on the most probable alignment.
 * @param seconds length of the recording; its frames divide it evenly
 */
export function wordTimes(
  scores: FrameScores,
  classes: readonly number[],
  vocabulary: Vocabulary,
  seconds: number,
): TimedWord[] {
  const frames = alignTarget(scores, classes) ?? [];
  const at = (frame: number): number => Number(((frame * seconds) / scores.frames).toFixed(3));
  const words: TimedWord[] = [];
  let first = 0;
  const close = (next: number): void => {
    const word = vocabulary.decode(classes.slice(first, next));
    if (word !== "" && frames.length > 0)
      words.push({ word, start: at(frames[first]!.first), end: at(frames[next - 1]!.last + 1) });
    first = next + 1;
  };
  classes.forEach((c, i) => {
    if (vocabulary.tokens[c] === "|") close(i);
  });
  if (first < classes.length) close(classes.length);
  return words;
}
