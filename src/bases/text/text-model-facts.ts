import type { Shape } from "../../core/shape.js";
import type { Imported } from "../../graph/from-onnx.js";
import type { Value } from "../../graph/node.js";
import type { Platform } from "../../platform/platform.js";
import type { LocatedBase } from "../open/located.js";
import { readJson } from "../open/read-json.js";
import { namesDecoder } from "../sequences/may-write.js";
import { tieTables } from "./tie-tables.js";
import { wordEmbeddings } from "./word-embedding.js";

/** What a model of texts is, by its file and its config.json. */
export interface TextModelFacts {
  /** Missing: neither of the files says it. */
  readonly kind?: "encoder" | "decoder" | "encoder-decoder";
  /** Tokens, and numbers for each, of its word embedding. */
  readonly vocabulary?: number;
  readonly width?: number;
  readonly layers?: number;
  /** Heads of queries, and of keys and values. */
  readonly heads?: number;
  readonly keyHeads?: number;
  /** Weights that equal the word embedding or its transpose: they train as one. */
  readonly tied: readonly Value[];
  /** The model files that Transformers.js serves, by their path from the folder. */
  readonly served: readonly string[];
}

/** Fields of config.json for a number, as the architectures name them. */
const fields = {
  layers: ["num_hidden_layers", "n_layer", "n_layers", "num_layers", "encoder_layers"],
  heads: ["num_attention_heads", "n_head", "n_heads", "num_heads", "encoder_attention_heads"],
  keyHeads: ["num_key_value_heads"],
} as const;

/** Files of an encoder–decoder; the merged decoder is served if it is there. */
const parts = ["encoder_model.onnx", "decoder_model_merged.onnx", "decoder_model.onnx"] as const;

/** Returns the facts of a model of texts. */
export async function textModelFacts(
  { graph, cache = new Map<Value, Shape>() }: Imported,
  { onnx, config }: LocatedBase,
  platform: Platform,
): Promise<TextModelFacts> {
  const settings = ((config && (await readJson(platform, config))) ?? {}) as Readonly<
    Record<string, unknown>
  >;
  const stated = (names: readonly string[]): number | undefined =>
    names.map((name) => settings[name]).find((value) => typeof value === "number");
  const [table] = wordEmbeddings(graph).sort((a, b) => b.rows - a.rows);
  const layers = new Set([...cache.keys()].map((name) => /\d+/.exec(name)?.[0]));
  const heads = [...cache.values()].find((shape) => shape.length === 4)?.[1];
  const kind = kindOf(settings, cache.size > 0);
  const facts = {
    kind,
    vocabulary: table?.rows,
    width: table?.width,
    layers: stated(fields.layers) ?? (layers.size || undefined),
    heads: stated(fields.heads),
    keyHeads: typeof heads === "number" ? heads : stated(fields.keyHeads),
  };
  const known = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
  const { files } = platform;
  const folder = files.dirname(onnx);
  const names = kind === "encoder-decoder" ? parts : [onnx.slice(folder.length + 1)];
  const there = await Promise.all(names.map(async (name) => !!(await files.stat(files.join(folder, name)))));
  const served = names.filter((_, i) => there[i]).slice(0, kind === "encoder-decoder" ? 2 : 1);
  return { ...known, tied: tieTables(graph.clone()), served };
}

function kindOf(config: Readonly<Record<string, unknown>>, hasCache: boolean): TextModelFacts["kind"] {
  if (config.is_encoder_decoder === true) return "encoder-decoder";
  if (hasCache || namesDecoder(config)) return "decoder";
  return /bert|electra|mpnet|xlm/.test(String(config.model_type)) ? "encoder" : undefined;
}
