import { type BeamOptions, searchBeams } from "../../bases/transcripts/beam-search.js";
import { decodeGreedily, type FrameScores } from "../../bases/transcripts/greedy.js";
import { stopIf } from "../../core/errors.js";
import { type ItemInputs, scoringBatch, sizedBatches } from "../../data/index.js";
import type { Vocabulary } from "../../data/transcripts/vocabulary.js";
import type { Evaluator } from "../../train/fit.js";

/** Turns the logits of a clip into classes of characters. */
export type Decode = (scores: FrameScores) => readonly number[];

/** Returns a decoder: greedy, or a beam search with a language model. */
export const decoderOf = (beams?: BeamOptions): Decode =>
  beams ? (scores) => searchBeams(scores, beams) : decodeGreedily;

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
