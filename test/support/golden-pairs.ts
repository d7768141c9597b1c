// The encoder–decoders of scripts/golden/make-pairs.py: in the form of the hub, with a cache.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withDrawnWeights } from "./families/golden.js";

const folder = new URL("../golden/pairs/", import.meta.url);

interface GoldenPair {
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly salt: number;
  readonly start: number;
  readonly end: number;
  readonly banned: readonly number[];
  /** Tokens of sources, with the end token. */
  readonly sources: readonly (readonly number[])[];
  /** The tokens that follow the start token, each the most probable one. The end token ends nothing. */
  readonly greedy: readonly (readonly number[])[];
  /** Tokens of targets, with the end token; the mean loss of their tokens, and digests of its gradients. */
  readonly targets: readonly (readonly number[])[];
  readonly loss: number;
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

const read = JSON.parse(readFileSync(new URL("../pairs.json", folder), "utf8")) as {
  readonly words: number;
  readonly pairs: Readonly<Record<PairName, GoldenPair>>;
};
export type PairName = "marian" | "t5" | "bart";
export const goldenPairs = read.pairs;

/** Returns a file of an encoder–decoder. */
export function pairFile(name: PairName, part: "encoder" | "decoder" | "merged"): Uint8Array {
  return drawnPair(name, part).bytes;
}

/** Returns a file of an encoder–decoder, and which weight each initializer is. */
export function drawnPair(name: PairName, part: "encoder" | "decoder" | "merged") {
  const { shapes, salt } = goldenPairs[name];
  return withDrawnWeights(new URL(`${name}-${part}.onnx.gz`, folder), shapes, salt);
}

/** Special tokens of each family, by their ids. */
const specials: Readonly<Record<PairName | "mbart", Readonly<Record<number, string>>>> = {
  marian: { 0: "</s>", 1: "<unk>", 39: "<pad>" },
  t5: { 0: "<pad>", 1: "</s>", 2: "<unk>" },
  bart: { 0: "<s>", 1: "<pad>", 2: "</s>", 3: "<unk>" },
  mbart: { 0: "<s>", 1: "<pad>", 2: "</s>", 3: "<unk>", 36: "en_XX", 37: "de_DE", 38: "fr_XX" },
};
/** Settings of config.json that differ. */
const configs = {
  marian: {
    architectures: ["MarianMTModel"],
    id2label: { 0: "LABEL_0" },
    decoder_start_token_id: 39,
    pad_token_id: 39,
    eos_token_id: 0,
    bad_words_ids: [[39]],
    encoder_layers: 1,
    decoder_layers: 2,
    decoder_attention_heads: 2,
    encoder_attention_heads: 2,
  },
  t5: {
    architectures: ["T5ForConditionalGeneration"],
    pad_token_id: 0,
    eos_token_id: 1,
    decoder_start_token_id: 0,
    num_layers: 1,
    num_decoder_layers: 2,
    num_heads: 2,
    d_kv: 8,
  },
  bart: {
    architectures: ["BartForConditionalGeneration"],
    bos_token_id: 0,
    pad_token_id: 1,
    eos_token_id: 2,
    decoder_start_token_id: 2,
    encoder_layers: 1,
    decoder_layers: 2,
    decoder_attention_heads: 2,
    encoder_attention_heads: 2,
  },
} as const;

/** Returns the word of a token: w05, w06, … */
export const wordOf = (id: number): string => `w${String(id).padStart(2, "0")}`;

/** Returns a tokenizer.json with a word for each token, and the end token behind every text. */
function tokenizerOf(name: PairName | "mbart"): object {
  const special = specials[name];
  const vocab = Array.from({ length: read.words }, (_, id) => [special[id] ?? `▁${wordOf(id)}`, -1]);
  const [unk] = Object.entries(special).find(([, token]) => token === "<unk>")!;
  const mark = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
  const sequence = { Sequence: { id: "A", type_id: 0 } };
  const single = name === "mbart" ? [mark("en_XX"), sequence, mark("</s>")] : [sequence, mark("</s>")];
  const used = Object.entries(special).map(([id, token]) => [
    token,
    { id: token, ids: [Number(id)], tokens: [token] },
  ]);
  const metaspace = {
    type: "Metaspace",
    replacement: "▁",
    prepend_scheme: "always",
    add_prefix_space: true,
    split: true,
  };
  return {
    version: "1.0",
    added_tokens: Object.entries(special).map(([id, content]) => ({
      ...{
        id: Number(id),
        content,
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: false,
        special: true,
      },
    })),
    normalizer: null,
    pre_tokenizer: metaspace,
    post_processor: {
      type: "TemplateProcessing",
      single,
      pair: single,
      special_tokens: Object.fromEntries(used),
    },
    decoder: metaspace,
    model: { type: "Unigram", vocab, unk_id: Number(unk) },
  };
}

/** Writes an encoder–decoder in the layout of the hub. @returns the folder */
export function writePair(
  path: string,
  name: PairName | "mbart",
  {
    config = {},
    generation,
    decoder = "merged",
  }: {
    readonly config?: object;
    readonly generation?: object;
    readonly decoder?: "merged" | "decoder";
  } = {},
): string {
  mkdirSync(join(path, "onnx"), { recursive: true });
  const network = name === "mbart" ? "bart" : name;
  writeFileSync(join(path, "onnx/encoder_model.onnx"), pairFile(network, "encoder"));
  const file = decoder === "merged" ? "decoder_model_merged.onnx" : "decoder_model.onnx";
  writeFileSync(join(path, "onnx", file), pairFile(network, decoder));
  const json = (to: string, value: unknown) => writeFileSync(join(path, to), JSON.stringify(value));
  const common = {
    model_type: name,
    is_encoder_decoder: true,
    d_model: 16,
    vocab_size: read.words,
    max_position_embeddings: 32,
  };
  json("config.json", { ...common, ...configs[network], ...config });
  if (generation) json("generation_config.json", generation);
  json("tokenizer.json", tokenizerOf(name));
  const kinds = {
    marian: "MarianTokenizer",
    t5: "T5Tokenizer",
    bart: "BartTokenizer",
    mbart: "MBartTokenizer",
  };
  const tokens = { pad_token: "<pad>", eos_token: "</s>", unk_token: "<unk>" };
  json("tokenizer_config.json", { tokenizer_class: kinds[name], model_max_length: 32, ...tokens });
  return path;
}

/** Returns the text of the source of a row: its tokens without the end token. */
export const sourceText = (ids: readonly number[]): string => ids.slice(0, -1).map(wordOf).join(" ");
