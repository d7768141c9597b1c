import { blankToken, wordDelimiter } from "../../data/transcripts/vocabulary.js";
import type { Platform } from "../../platform/platform.js";
import type { LocatedBase } from "../open/located.js";
import { readJson } from "../open/read-json.js";

/** The parts of `tokenizer.json` and `tokenizer_config.json` that name the characters of a recogniser. */
interface TokenizerFile {
  readonly model?: { readonly vocab?: unknown };
  readonly added_tokens?: readonly { readonly id: number; readonly content: string }[];
}
interface TokenizerConfig {
  readonly pad_token?: unknown;
  readonly word_delimiter_token?: unknown;
}

/**
 * Reads the characters of a recogniser by CTC, by class: from its `tokenizer.json`, else its `vocab.json`. The blank is `<pad>` and
 * the space `|`, whatever the files call them.
 * @returns undefined without such files, or if they do not give each class a token
 */
export async function readBaseTokens(
  platform: Platform,
  { texts, config, preprocessor, onnx }: Pick<LocatedBase, "texts" | "config" | "preprocessor" | "onnx">,
): Promise<readonly string[] | undefined> {
  const { files } = platform;
  const beside = files.join(files.dirname(config ?? preprocessor ?? onnx), "vocab.json");
  const json = async (path: string | undefined) =>
    path !== undefined && (await files.stat(path)) ? await readJson(platform, path) : undefined;
  const tokenizer = (await json(texts["tokenizer.json"])) as TokenizerFile | undefined;
  const vocab = tokenizer?.model?.vocab ?? (await json(beside));
  if (typeof vocab !== "object" || vocab === null || Array.isArray(vocab)) return undefined;
  const added = (tokenizer?.added_tokens ?? []).map(({ id, content }) => [content, id] as const);
  const { pad_token, word_delimiter_token } = ((await json(texts["tokenizer_config.json"])) ??
    {}) as TokenizerConfig;
  const tokens: string[] = [];
  for (const [token, id] of [...added, ...Object.entries(vocab)]) {
    if (!Number.isInteger(id)) return undefined;
    const isBlank = token === pad_token || token === "[PAD]";
    tokens[id] = isBlank ? blankToken : token === word_delimiter_token ? wordDelimiter : token;
  }
  return tokens.length > 1 && !tokens.includes(undefined as never) ? tokens : undefined;
}
