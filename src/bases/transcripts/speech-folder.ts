import { EngraftError } from "../../core/errors.js";
import type { Shape } from "../../core/shape.js";
import { type Vocabulary, vocabularyOf } from "../../data/transcripts/vocabulary.js";
import type { Platform } from "../../platform/platform.js";
import { type AudioFolder, openAudioFolder } from "../audio/audio-folder.js";

/** A model folder of speech: `input_values` -> `logits` float32[batch, frames, V]. */
export interface SpeechFolder extends AudioFolder {
  readonly vocabulary: Vocabulary;
  /** Shapes that the outputs must have, in their order: see `ExpectedOutputs`. */
  readonly outputShapes: readonly Shape[];
  /** Training transcripts of the language model, as classes; missing if the model decodes greedily. */
  readonly transcripts: readonly (readonly number[])[] | undefined;
}

/** Name of the file with the training transcripts, which the language model of a beam search is fitted on. */
export const languageModelFile = "language_model.json";

/** Reads the model folder of a recogniser. @throws ModelError if it is damaged, or takes no sounds */
export async function readSpeechFolder(platform: Platform, path: string): Promise<SpeechFolder> {
  const { folder, shape, file, json } = await openAudioFolder(platform, path);
  const tokens = tokensOf(await json("vocab.json"), file("vocab.json"));
  if (shape?.length !== 3 || (typeof shape[2] === "number" && shape[2] !== tokens.length))
    throw new EngraftError(
      "ModelError",
      `the model gives ${shape?.at(-1)} scores a frame, its vocab.json has ${tokens.length} tokens`,
      { at: folder.dir, help: "onnx/model.onnx and vocab.json are not of the same model" },
    );
  const language = (await json(languageModelFile)) as { readonly transcripts?: unknown } | undefined;
  return {
    ...folder,
    vocabulary: vocabularyOf(tokens),
    outputShapes: [["batch", "frames", tokens.length]],
    transcripts: transcriptsIn(language, tokens.length),
  };
}

/** Returns the tokens in the order of their numbers. @throws ModelError for missing or repeated numbers */
function tokensOf(vocab: unknown, at: string): string[] {
  const entries = Object.entries((vocab ?? {}) as Record<string, unknown>);
  const tokens: string[] = [];
  for (const [token, id] of entries) if (typeof id === "number") tokens[id] = token;
  const whole = tokens.length > 1 && tokens.length === entries.length && !tokens.includes(undefined as never);
  if (whole) return tokens;
  throw new EngraftError("ModelError", "vocab.json does not give each token a number from 0 on", {
    at,
    help: "copy the model folder again",
  });
}

function transcriptsIn(
  language: { readonly transcripts?: unknown } | undefined,
  classes: number,
): readonly (readonly number[])[] | undefined {
  const texts = language?.transcripts;
  if (!Array.isArray(texts)) return undefined;
  const isClass = (c: unknown): boolean =>
    Number.isInteger(c) && (c as number) > 0 && (c as number) < classes;
  return texts.filter((text): text is number[] => Array.isArray(text) && text.every(isClass));
}
