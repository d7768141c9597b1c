import { wordDelimiter } from "../../data/transcripts/vocabulary.js";

/** Fields of config.json. Transformers.js opens any recogniser by CTC as a wav2vec2. */
export const recogniserConfig = (tokens: readonly string[]): Readonly<Record<string, unknown>> => ({
  model_type: "wav2vec2",
  architectures: ["Wav2Vec2ForCTC"],
  vocab_size: tokens.length,
  pad_token_id: 0,
  ctc_loss_reduction: "mean",
});

/**
 * Returns the files of the tokenizer. The blank `<pad>` is no special token: Transformers.js drops special tokens before it merges
 * repeats, so "hello" would be served as "helo".
 */
export function tokenizerFiles(tokens: readonly string[]): Readonly<Record<string, unknown>> {
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
  return {
    "tokenizer.json": {
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: [],
      normalizer: { type: "Replace", pattern: { String: " " }, content: wordDelimiter },
      pre_tokenizer: { type: "Split", pattern: { Regex: "" }, behavior: "Isolated", invert: false },
      post_processor: null,
      decoder: { type: "CTC", pad_token: "<pad>", word_delimiter_token: wordDelimiter, cleanup: true },
      model: {
        type: "WordPiece",
        unk_token: "<unk>",
        continuing_subword_prefix: "",
        max_input_chars_per_word: 100_000,
        vocab,
      },
    },
    "tokenizer_config.json": {
      tokenizer_class: "Wav2Vec2CTCTokenizer",
      pad_token: "<pad>",
      unk_token: "<unk>",
      word_delimiter_token: wordDelimiter,
      model_max_length: 1_000_000,
    },
    "vocab.json": vocab,
  };
}
