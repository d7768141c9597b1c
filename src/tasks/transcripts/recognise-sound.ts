import type { BeamOptions } from "../../bases/transcripts/beam-search.js";
import { fitCharacterNgrams } from "../../bases/transcripts/character-ngrams.js";
import type { SpeechFolder } from "../../bases/transcripts/speech-folder.js";
import type { Tensor } from "../../core/tensor.js";
import { firstOutput } from "../../runtime/first-output.js";
import type { Session } from "../../runtime/runtime.js";
import type { TimedScores } from "./recognise.js";

/** Returns the settings of the model's beam search; undefined for greedy decoding. */
export function beamsOf({ engraft, transcripts, vocabulary }: SpeechFolder): BeamOptions | undefined {
  const decoder = engraft?.speech?.decoder;
  if (decoder?.name !== "beam") return undefined;
  const { language_model: language } = decoder;
  if (!language || !transcripts) return {};
  const characters = vocabulary.tokens.map((_, c) => c).slice(2);
  const model = fitCharacterNgrams(transcripts, characters, language.order);
  return { model, weight: language.weight, bonus: language.bonus };
}

/**
 * Runs a model on one clip. A run scores its model in the same way, so its score is that of the saved file.
 * @param x the input of `inputOfClip`
 */
export async function scoresOfClip(
  session: Session,
  x: Tensor,
  { audio: { extractor }, vocabulary }: Pick<SpeechFolder, "audio" | "vocabulary">,
): Promise<TimedScores> {
  const data = await firstOutput(session, x);
  const classes = vocabulary.tokens.length;
  const scores = { frames: data.length / classes, classes, data };
  return { scores, seconds: extractor.covered(x.dims.at(-1)!) / extractor.rate };
}
