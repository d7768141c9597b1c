import type { BeamOptions } from "../../bases/transcripts/beam-search.js";
import { fitCharacterNgrams } from "../../bases/transcripts/character-ngrams.js";
import type { FrameScores } from "../../bases/transcripts/greedy.js";
import type { SpeechFolder } from "../../bases/transcripts/speech-folder.js";
import { float32 } from "../../core/tensor.js";
import { firstOutput } from "../../runtime/first-output.js";
import type { Session } from "../../runtime/runtime.js";

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

/** Runs a model on one sound, alone and unpadded. */
export async function frameScores(
  { audio, vocabulary }: Pick<SpeechFolder, "audio" | "vocabulary">,
  session: Session,
  samples: Float32Array,
): Promise<FrameScores> {
  const { extractor } = audio;
  const dims = [1, ...extractor.dims(samples.length)];
  const data = await firstOutput(session, float32(dims, extractor.extract(samples)));
  const classes = vocabulary.tokens.length;
  return { frames: data.length / classes, classes, data };
}
