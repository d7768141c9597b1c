import { EngraftError } from "../../core/errors.js";
import { openTokenizer, type Tokenizer, type TokenizerFiles } from "../../data/texts/tokenizer.js";
import type { Imported } from "../../graph/from-onnx.js";
import type { Value } from "../../graph/node.js";
import type { Platform } from "../../platform/platform.js";
import type { LocatedBase } from "../open/located.js";
import { type Base, openModelFile } from "../open/open-base.js";
import { readJson } from "../open/read-json.js";
import { checkVocabulary, mostTokens, tokenizerFiles } from "../text/text-base.js";
import { sourceInputs } from "./cached-scores.js";
import { scoresName } from "./next-scores.js";
import { type PairSettings, pairSettings } from "./pair-settings.js";

/** A file of an encoder–decoder. */
export interface PairPart {
  readonly imported: Imported;
  /** Path of its ONNX file, and the external files that the model names. */
  readonly file: NonNullable<Base["file"]>;
}

/** An encoder–decoder with its tokenizer: an encoder reads the source, a decoder writes the target. */
export interface Pair {
  readonly located: LocatedBase;
  /** Token ids and mask -> {@link hidden}. */
  readonly encoder: PairPart;
  /** The features of the source's tokens, an output of the encoder: float32[batch, source, D]. */
  readonly hidden: Value;
  /**
   * Tokens of the target, {@link hidden} and the mask of the source -> {@link scores}. Of a merged file, the branch that reads a whole
   * target; its cache is in `imported.cache`.
   */
  readonly decoder: PairPart;
  /** The scores of the token after each place, an output of the decoder: float32[batch, target, vocabulary]. */
  readonly scores: Value;
  readonly files: TokenizerFiles;
  readonly tokenizer: Tokenizer;
  readonly config: Readonly<Record<string, unknown>>;
  readonly generation: Readonly<Record<string, unknown>>;
  /** Most tokens of a source, and of a target with its start token. */
  readonly longest: number;
  readonly settings: PairSettings;
}

/** Reads the settings of a base; empty if there is no such file. */
async function readSettings(
  path: string | undefined,
  platform: Platform,
): Promise<Readonly<Record<string, unknown>>> {
  return path === undefined ? {} : (((await readJson(platform, path)) ?? {}) as Record<string, unknown>);
}

/**
 * Opens an encoder–decoder.
 * @param located with its parts, by `chooseParts`
 * @throws ModelError if a part, the tokenizer or a setting is missing, or they do not fit
 */
export async function openPair(located: LocatedBase, platform: Platform): Promise<Pair> {
  const config = await readSettings(located.config, platform);
  const { decoder: path } = located;
  if (path === undefined || path === located.onnx) throw loneFile(located);
  const files = await tokenizerFiles(located, platform);
  const generation = await readSettings(located.texts["generation_config.json"], platform);
  const longest = mostTokens(config, files.config);
  const tokenizer = await openTokenizer(files, longest);
  const settings = pairSettings({ config, generation, tokenizer, name: located.name });
  const encoder = await openPart(located.onnx, platform);
  const decoder = await openPart(path, platform);
  for (const [{ imported }, onnx] of [
    [encoder, located.onnx],
    [decoder, path],
  ] as const)
    checkVocabulary(imported.graph, tokenizer.vocabulary, { name: located.name, onnx });
  const [hidden] = encoder.imported.graph.outputs;
  const facts = { located, config, generation, files, tokenizer, longest, settings };
  return { ...facts, encoder, decoder, hidden: hidden!, scores: scoresOfTarget(decoder, path) };
}

async function openPart(onnx: string, platform: Platform): Promise<PairPart> {
  const { imported, externalData } = await openModelFile(onnx, platform);
  return { imported, file: { onnx, external: [...externalData.keys()] } };
}

/** Returns the error of a folder with one part only, or with another file than the parts. */
function loneFile({ name, onnx }: LocatedBase): EngraftError {
  const isDecoder = /(^|[\\/])decoder_/.test(onnx);
  const [has, lacks] = isDecoder ? ["decoder", "encoder"] : ["encoder", "decoder"];
  return new EngraftError("ModelError", `${name} is an encoder–decoder, and only its ${has} is there`, {
    at: onnx,
    help: `put its ${lacks} beside it: ${isDecoder ? "encoder_model.onnx" : "decoder_model_merged.onnx or decoder_model.onnx"}`,
    details: { has, lacks },
  });
}

/** Returns the scores of a decoder. @throws ModelError if it has none, or reads no source */
function scoresOfTarget({ imported: { graph } }: PairPart, onnx: string): Value {
  const missing = Object.values(sourceInputs).find((name) => !graph.inputs.includes(name));
  const scores = graph.outputs.includes("logits") ? "logits" : scoresName(graph);
  if (missing === undefined && scores !== undefined) return scores;
  throw new EngraftError(
    "ModelError",
    missing === undefined ? "the decoder has no scores of tokens" : `the decoder has no input ${missing}`,
    {
      at: onnx,
      help: "export it with optimum: optimum-cli export onnx --task text2text-generation-with-past",
      details: { inputs: [...graph.inputs], outputs: [...graph.outputs] },
    },
  );
}
