// The decoders of scripts/golden/make-decoders.py: in the form of the hub, with a cache.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Tensor } from "../../src/core/tensor.js";
import { wordPieceTokenizer } from "../../src/data/texts/tokenizer.js";
import { type DrawnWeight, withDrawnWeights } from "./families/golden.js";
import { vocabularyText, writeTextBase } from "./text-base.js";

const folder = new URL("../golden/decoders/", import.meta.url);

interface Decoder {
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** PyTorch's loss, and digests of its gradients. */
  readonly loss: number;
  readonly gradients: Readonly<Record<string, readonly number[]>>;
  /** The tokens that follow each row, each the most probable one. */
  readonly greedy: readonly number[][];
}

export const goldenDecoders = JSON.parse(readFileSync(new URL("../decoders.json", folder), "utf8")) as {
  readonly ids: readonly number[][];
  readonly labels: readonly number[][];
  /** Tokens of each row; what follows fills it. */
  readonly lengths: readonly number[];
  readonly decoders: Readonly<Record<string, Decoder>>;
};

/** Tokens of a row. */
export const rowLength = goldenDecoders.ids[0]!.length;

/** Returns a decoder's file, and which weight each initializer is. `llama-genai` has the weights of `llama-untied`. */
export function decoderFile(name: string): {
  readonly golden: Decoder;
  readonly bytes: Uint8Array;
  readonly drawn: ReadonlyMap<string, DrawnWeight>;
} {
  const golden = goldenDecoders.decoders[name === "llama-genai" ? "llama-untied" : name]!;
  return { golden, ...withDrawnWeights(new URL(`${name}.onnx.gz`, folder), golden.shapes, 0) };
}

/** Returns the rows as `languageModel` reads them: -1 behind the end of a row, each place, and the token to be predicted there. */
export function decoderRows(): Tensor {
  const { ids, labels, lengths } = goldenDecoders;
  const data = ids.flatMap((row, r) => [
    ...row.map((id, t) => (t < lengths[r]! ? id : -1)),
    ...row.map((_, t) => r * rowLength + t),
    ...labels[r]!,
  ]);
  return { dtype: "int32", dims: [ids.length, 3 * rowLength], data: Int32Array.from(data) };
}

/** Writes a Llama in the layout of the hub, with a tokenizer of word pieces. @returns the folder */
export function writeDecoder(path: string): string {
  writeTextBase(path);
  writeFileSync(join(path, "onnx/model.onnx"), decoderFile("llama-tied").bytes);
  const json = (name: string, value: unknown) => writeFileSync(join(path, name), JSON.stringify(value));
  json("config.json", {
    model_type: "llama",
    architectures: ["LlamaForCausalLM"],
    vocab_size: 40,
    hidden_size: 16,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    max_position_embeddings: 64,
  });
  json("tokenizer.json", wordPieceTokenizer(vocabularyText, {}));
  json("tokenizer_config.json", { tokenizer_class: "PreTrainedTokenizerFast", pad_token: "[PAD]" });
  return path;
}
