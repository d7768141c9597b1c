import type { AudioFacts } from "../bases/audio/audio-facts.js";
import { type Base, nameOfEncoder, type TextFacts } from "../bases/open/open-base.js";
import type { StoredAs } from "../bases/weight-storage.js";
import type { Graph } from "../graph/graph.js";
import type { Context } from "./context.js";

/** Returns the model as an ONNX file. @param outputs names of the outputs of several heads */
export async function exported(
  { opened: { base } }: Pick<Context, "opened">,
  model: Graph,
  stored: StoredAs,
  outputs?: readonly string[],
): Promise<Uint8Array> {
  if (base.text) {
    const { exportTextClassifier } = await import("../bases/text/text-body.js");
    return exportTextClassifier(model, stored, {
      pairs: base.text.pairs === "segments",
      encoders: base.encoders,
      outputs,
    });
  }
  if (base.audio)
    return (await import("../bases/audio/audio-body.js")).exportSoundModel(
      model,
      base.audio,
      stored,
      outputs,
    );
  return (await import("../bases/export.js")).exportClassifier(model, base.preprocessing, stored, outputs);
}

/** Files of the model folder for the front end of an audio base. */
export const soundFilesOf = ({ preprocessor }: AudioFacts): Readonly<Record<string, unknown>> => ({
  "preprocessor_config.json": preprocessor,
});

/** "bert" is used for any text classifier: Transformers.js refuses unknown types. */
export const textConfig = { model_type: "bert", architectures: ["BertForSequenceClassification"] } as const;

/** Configuration of a model of sounds: its front end decides the type that Transformers.js opens. */
export const soundConfig = (audio: AudioFacts) =>
  audio.extractor.dims(1).length === 1
    ? { model_type: "wav2vec2", architectures: ["Wav2Vec2ForSequenceClassification"] }
    : { model_type: "audio-spectrogram-transformer", architectures: ["ASTForAudioClassification"] };

/** Transformers.js needs `pad_token` in the tokenizer's settings; without it batches fail. */
function savedConfig({ files, tokenizer, pairs }: TextFacts): Readonly<Record<string, unknown>> {
  return {
    tokenizer_class: "PreTrainedTokenizerFast",
    ...files.config,
    // Pairs need segment ids: Transformers.js provides them for BERT's tokenizer class.
    ...(pairs === "segments" && { tokenizer_class: "BertTokenizer" }),
    pad_token: files.config.pad_token ?? tokenizer.padToken,
    model_max_length: tokenizer.longest,
    padding_side: "right",
  };
}

/** Files of the model folder for the tokenizer of the base, or of each joined one: `tokenizer_2.json` is that of the second. */
export const filesOf = (text: TextFacts): Readonly<Record<string, string>> =>
  Object.assign(
    {},
    ...(text.parts ?? [text]).map((part, i) => ({
      [nameOfEncoder("tokenizer.json", i)]: `${JSON.stringify(part.files.tokenizer)}\n`,
      [nameOfEncoder("tokenizer_config.json", i)]:
        `${JSON.stringify(savedConfig({ ...part, pairs: text.pairs }), null, 2)}\n`,
    })),
  );

/** Returns what a model folder says of its inputs: `config.json`, with the files of a tokenizer or of a front end, or preprocessing of pictures. */
export const inputFilesOf = ({ text, audio, preprocessing }: Base) =>
  text
    ? { config: textConfig, files: filesOf(text) }
    : audio
      ? { config: soundConfig(audio), files: soundFilesOf(audio) }
      : { preprocessing };
