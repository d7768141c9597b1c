import { EngraftError } from "../../core/errors.js";
import {
  defaultLength,
  openTokenizer,
  type TokenizerFiles,
  wordPieceTokenizer,
} from "../../data/texts/tokenizer.js";
import type { Graph } from "../../graph/graph.js";
import type { Platform } from "../../platform/platform.js";
import type { HubOptions } from "../hub/hub.js";
import { requireOneInput } from "../one-input.js";
import { locateBase } from "../open/locate.js";
import type { LocatedBase } from "../open/located.js";
import { type Base, commonFields, openModelFile, type TextFacts } from "../open/open-base.js";
import { readJson } from "../open/read-json.js";
import { noPictures } from "../preprocessing.js";
import { poolingFields, poolings, type TextPooling } from "./text-poolings.js";
import { wordEmbeddings } from "./word-embedding.js";

export interface OpenTextBaseOptions extends Partial<HubOptions> {
  readonly platform: Platform;
  readonly cut?: string;
  readonly pooling?: TextPooling;
  /** Most tokens of a text. Default {@link defaultLength}, or less if the model takes less. */
  readonly maxLength?: number;
  /**
   * True if the tokenizer keeps up to {@link wholeLength} tokens, of which the encoder reads the usual number. Has no
   * effect with a `maxLength`, or if the model fixes the length.
   */
  readonly whole?: boolean;
  /** Where the base is, if that is known. Default: it is located by its reference. */
  readonly located?: LocatedBase;
}

/**
 * Opens a text encoder with its tokenizer: a folder in Hugging Face layout, a file with the tokenizer next to it, or
 * `hf:org/name`.
 * @throws ModelError if the tokenizer is missing or does not belong to the model
 */
export async function openTextBase(
  ref: string,
  options: OpenTextBaseOptions,
): Promise<Base & { text: TextFacts }> {
  const { platform } = options;
  const located =
    options.located ?? (await locateBase(ref, { ...options, platform, check: requireTokenizer }));
  const opened = await openModelFile(located.onnx, platform);
  const { graph } = opened.imported;
  requireOneInput(graph, located.name);
  const files = await tokenizerFiles(located, platform);
  const json = async (path: string | undefined) =>
    path === undefined ? {} : (((await readJson(platform, path)) ?? {}) as Readonly<Record<string, unknown>>);
  const config = await json(located.config);
  const most = mostTokens(config, files.config);
  const fixed = fixedLength(graph);
  const { maxLength } = options;
  if (maxLength !== undefined && maxLength > (fixed ?? most))
    throw new EngraftError(
      "OptionError",
      `${located.name} takes at most ${fixed ?? most} tokens, not ${maxLength}`,
      { help: `give a maxLength from 3 to ${fixed ?? most}`, details: { maxLength, most: fixed ?? most } },
    );
  const length = fixed ?? maxLength ?? Math.min(defaultLength, most);
  const whole = options.whole === true && fixed === undefined && maxLength === undefined;
  const { tokenizer, window } = await openedTokenizer(files, length, whole);
  checkVocabulary(graph, tokenizer.vocabulary, located);
  const pooled = poolingOf(options.pooling, await json(located.texts["1_Pooling/config.json"]), config);
  return {
    ...(await commonFields(opened, located, platform)),
    file: { onnx: located.onnx, external: [...opened.externalData.keys()] },
    preprocessing: noPictures,
    classes: undefined,
    cut: options.cut ?? located.cut,
    text: {
      files,
      tokenizer,
      config,
      generation: await json(located.texts["generation_config.json"]),
      ...pooled,
      fixed,
      window,
      beside: located.texts,
    },
  };
}

/** Most tokens of a text that is read as a whole: bounds the memory of a batch. */
const wholeLength = 4096;

/** Opens a tokenizer, for whole texts with the tokens that the encoder reads. */
async function openedTokenizer(
  files: TokenizerFiles,
  length: number,
  whole: boolean,
): Promise<Pick<TextFacts, "tokenizer" | "window">> {
  if (whole) {
    const tokenizer = await openTokenizer(files, wholeLength);
    const { behind } = tokenizer.marks;
    // One end token can be put back after the encoder's last token; more cannot.
    if (behind.length < 2) return { tokenizer, window: { length, end: behind[0] } };
  }
  return { tokenizer: await openTokenizer(files, length) };
}

const noTokenizer = (name: string, onnx: string): EngraftError =>
  new EngraftError("ModelError", `${name} does not take texts: no tokenizer is beside it`, {
    at: onnx,
    help: "use a base of texts, such as text-mini, or put the model's tokenizer.json (or a BERT vocab.txt) beside it",
  });

/** @throws ModelError if a repository has no tokenizer */
export function requireTokenizer({ texts }: Pick<LocatedBase, "texts">, name: string, onnx: string): void {
  if (texts["tokenizer.json"] === undefined && texts["vocab.txt"] === undefined)
    throw noTokenizer(name, onnx);
}

/** Reads the files of a base's tokenizer. @throws ModelError if there are none */
export async function tokenizerFiles(
  { texts, onnx, name }: LocatedBase,
  platform: Platform,
): Promise<TokenizerFiles> {
  const object = async (path: string) =>
    ((await readJson(platform, path)) ?? {}) as Readonly<Record<string, unknown>>;
  const given =
    texts["tokenizer_config.json"] === undefined ? {} : await object(texts["tokenizer_config.json"]);
  const read = async () => {
    if (texts["tokenizer.json"] !== undefined) return object(texts["tokenizer.json"]);
    if (texts["vocab.txt"] !== undefined) {
      const vocab = await platform.files.read(texts["vocab.txt"], { limit: 2 ** 26 });
      return wordPieceTokenizer(new TextDecoder().decode(vocab), given);
    }
    throw noTokenizer(name, onnx);
  };
  return { tokenizer: await read(), config: given };
}

const count = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isInteger(value) && value > 2 && value <= 1e6 ? value : undefined;

/** Returns the most tokens that the model takes, by its tokenizer and its positions. */
export function mostTokens(
  config: Readonly<Record<string, unknown>>,
  tokenizer: Readonly<Record<string, unknown>>,
): number {
  const positions = count(config.max_position_embeddings) ?? count(config.n_positions);
  // RoBERTa's positions begin after the padding's number.
  const shifted = /roberta|camembert|mpnet/.test(String(config.model_type)) ? 2 : 0;
  const all = [count(tokenizer.model_max_length), positions && positions - shifted];
  return Math.min(...all.filter((n) => n !== undefined), 1e6);
}

/** Returns the length that the file fixes. */
function fixedLength(graph: Graph): number | undefined {
  for (const input of graph.inputs) {
    const { shape } = graph.typeOf(input);
    if (shape?.length === 2 && typeof shape[1] === "number") return shape[1];
  }
  return undefined;
}

/** @throws ModelError if a token's number exceeds the rows of the embedding */
export function checkVocabulary(
  graph: Graph,
  vocabulary: number,
  { name, onnx }: Pick<LocatedBase, "name" | "onnx">,
): void {
  for (const { rows } of wordEmbeddings(graph)) {
    if (rows >= vocabulary) continue;
    throw new EngraftError(
      "ModelError",
      `the tokenizer does not fit ${name}: it has ${vocabulary} tokens, the model's embedding ${rows} rows`,
      {
        at: onnx,
        help: "put the tokenizer.json that belongs to the model beside it",
        details: { vocabulary, rows },
      },
    );
  }
}

function poolingOf(
  requested: TextPooling | undefined,
  module: Readonly<Record<string, unknown>>,
  config: Readonly<Record<string, unknown>>,
): { readonly pooling: TextPooling; readonly because: string } {
  if (requested !== undefined) return { pooling: requested, because: "pooling names it" };
  const named = poolings.find((name) => module[poolingFields[name]] === true);
  if (named !== undefined) return { pooling: named, because: "1_Pooling/config.json says so" };
  const type = String(config.model_type ?? "");
  if (/^(gpt2|gpt_neo|gpt_neox|llama|mistral|opt|qwen|bloom)/.test(type))
    return { pooling: "last", because: `usual for "${type}"` };
  if (/bert|electra|mpnet|xlm/.test(type)) return { pooling: "cls", because: `usual for "${type}"` };
  return { pooling: "mean", because: "nothing says otherwise" };
}
