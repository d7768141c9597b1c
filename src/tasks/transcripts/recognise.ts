import { type BeamOptions, searchBeams } from "../../bases/transcripts/beam-search.js";
import { decodeGreedily, type FrameScores } from "../../bases/transcripts/greedy.js";
import { type SpokenTime, spokenTimes } from "../../bases/transcripts/word-times.js";
import { stopIf } from "../../core/errors.js";
import { type ItemInputs, scoringBatch, sizedBatches } from "../../data/index.js";
import type { Vocabulary } from "../../data/transcripts/vocabulary.js";
import { unitsOf } from "../../evaluate/transcripts/score-transcripts.js";
import type { Evaluator } from "../../train/fit.js";
import type { SpeechData, SpeechItem } from "./open-speech.js";

/** Turns the logits of a clip into classes of characters. */
export type Decode = (scores: FrameScores) => readonly number[];

/** Returns a decoder: greedy, or a beam search with a language model. */
export const decoderOf = (beams?: BeamOptions): Decode =>
  beams ? (scores) => searchBeams(scores, beams) : decodeGreedily;

/** What was recognised in a clip. */
export interface RecognisedText {
  readonly text: string;
  /** Times of its words or characters in seconds, if they are shown. */
  readonly times?: readonly SpokenTime[];
}

/** Logits of a clip, and the seconds that its frames cover. */
export interface TimedScores {
  readonly scores: FrameScores;
  readonly seconds: number;
}

/** Returns the text of decoded classes. It has times if it is not the transcript of the clip: reports show only errors. */
export function recognisedText(
  { unit, vocabulary }: Pick<SpeechData, "unit" | "vocabulary">,
  { text: transcript }: Pick<SpeechItem, "text">,
  { scores, seconds }: TimedScores,
  classes: readonly number[],
): RecognisedText {
  const text = vocabulary.decode(classes);
  if (text === transcript) return { text };
  const how = { seconds, units: unitsOf(unit)(text), between: unit === "words" ? 1 : 0 } as const;
  return { text, times: spokenTimes(scores, classes, vocabulary, how) };
}

/** Reads the logits of each clip. @param read gets the frames of a clip, in any order */
export async function eachClip(
  evaluate: Evaluator,
  items: readonly { readonly sha256: string }[],
  inputs: ItemInputs,
  { tokens }: Vocabulary,
  read: (scores: FrameScores, index: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  const classes = tokens.length;
  for (const { x, indices } of sizedBatches(items, inputs, scoringBatch(inputs))) {
    stopIf(signal);
    const logits = await evaluate(x);
    const each = logits.length / indices.length;
    indices.forEach((index, i) => {
      read({ frames: each / classes, classes, data: logits.subarray(i * each, (i + 1) * each) }, index);
    });
  }
}
