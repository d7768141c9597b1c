import {
  beamSearch,
  continueRows,
  type Decoding,
  type NextScores,
  type Row,
  type ScoreChange,
} from "../bases/sequences/decode.js";
import type { OpenedScores } from "../bases/sequences/open-scores.js";
import { EngraftError } from "../core/errors.js";
import type { ChatMessage } from "../data/chats/chat.js";
import type { Tokenizer } from "../data/texts/tokenizer.js";
import { above, between, type Check, checkAgainst, whole } from "../options/option-checks.js";

/** How a text is written. */
export interface GenerateOptions {
  /** Most tokens that are written, 1 to 100,000. Default 256. */
  readonly maxNew?: number;
  /** Width of a beam search, 1 to 64. Default 1: none. */
  readonly beams?: number;
  /** Of a beam search: a text of n tokens scores Σ ln p / n^α. −10 to 10, default 1; higher: longer texts. */
  readonly lengthPenalty?: number;
  /** Temperature of sampling, 0 to 100. Default 0: always the most probable token. */
  readonly temperature?: number;
  /** Sampling among the most probable tokens that together have this probability, above 0 to 1. Default 1. */
  readonly topP?: number;
  /** Seed of sampling. Default 0. */
  readonly seed?: number;
  /** Of an encoder–decoder: text before each text. Default: that of the model's settings, or none. */
  readonly prefix?: string;
  /** Of a model of many languages: code of the text's language, such as "en_XX". Default: that of the tokenizer. */
  readonly sourceLanguage?: string;
  /** Of a model of many languages: code of the language that is written. Default: that of the model's settings. */
  readonly targetLanguage?: string;
  /** Stops after the current token. What is written stays. */
  readonly signal?: AbortSignal;
}

/** A text to continue, or the messages of a chat to answer. */
export type TextPrompt = string | readonly ChatMessage[];

/** A text that was written. */
export interface GeneratedText {
  /** Of a decoder without the prompt. */
  readonly text: string;
  /** Number of tokens. */
  readonly tokens: number;
  /** The tokens themselves. */
  readonly ids: readonly number[];
  /** end: the model ended it; limit: `maxNew`, or the most tokens that the model takes; stopped: by the signal. */
  readonly end: "end" | "limit" | "stopped";
}

/** A model that writes texts. */
export interface TextGenerator {
  readonly name: string;
  /** decoder: it continues a text; encoder-decoder: it writes another text, such as a translation or a summary. */
  readonly kind: "decoder" | "encoder-decoder";
  /** Texts that choose what an encoder–decoder does, by the name of the task. Each is put before a text, by `prefix`. */
  readonly prefixes: Readonly<Record<string, string>>;
  /** True if the model can end a text. Otherwise every text goes on to the limit. */
  readonly ends: boolean;
  /** True if the file's own cache is used. Otherwise all tokens of a text are computed again for each new one. */
  readonly cached: boolean;
  /**
   * Counts the tokens of a text, without those of languages, and those among them that stand for what the tokenizer does not know.
   * @throws as {@link generate}
   */
  count(prompt: TextPrompt, options?: GenerateOptions): { readonly tokens: number; readonly unknown: number };
  /** Returns the tokens of a text, or of a chat up to its next answer. @throws as {@link generate} */
  encode(prompt: TextPrompt, options?: GenerateOptions): readonly number[];
  /**
   * Continues a text, translates it, or answers a chat by the template of the model, piece by piece. A beam search gives the whole text at
   * the end.
   * @throws DataError for a text without tokens, or with more than the model takes; ModelError for a chat, if the model has no template;
   * OptionError for a language that the model does not have
   */
  generate(prompt: TextPrompt, options?: GenerateOptions): AsyncGenerator<string, GeneratedText>;
  /** Continues or translates texts, or answers chats, those of about equal length at the same time. */
  generateAll(prompts: readonly TextPrompt[], options?: GenerateOptions): Promise<readonly GeneratedText[]>;
  close(): Promise<void>;
}

const words: Check = { allowed: "a text", holds: (value) => typeof value === "string" };
const checks: Readonly<Record<string, Check>> = {
  maxNew: whole(1, 100_000),
  beams: whole(1, 64),
  lengthPenalty: between(-10, 10),
  temperature: between(0, 100),
  topP: above(0, 1),
  seed: whole(0, 2 ** 32 - 1),
  prefix: words,
  sourceLanguage: words,
  targetLanguage: words,
  signal: { allowed: "an AbortSignal", holds: (value) => value instanceof AbortSignal },
};

/** Default of `maxNew`, as in Transformers.js. */
export const usualNew = 256;
/** Texts that are written at the same time. */
const atOnce = 8;

/** The beginning of a text that is written. */
export interface Begun extends Row {
  /** Of an encoder–decoder: the tokens of the source. */
  readonly source?: readonly number[];
  /** Changes of scores, by the settings of the model. */
  readonly changes: readonly ScoreChange[];
}

/** What texts are written with. */
export interface Writer extends Pick<TextGenerator, "name" | "kind" | "prefixes"> {
  readonly tokenizer: Tokenizer;
  /** Tokens that end a text. */
  readonly ends: ReadonlySet<number>;
  /** Returns the beginning of a text. @throws as {@link TextGenerator.generate} */
  begin(prompt: TextPrompt, options: GenerateOptions): Begun;
  readonly scores: OpenedScores;
  close(): Promise<void>;
}

/** Returns the generator of a writer. */
export function generatorOf(writer: Writer): TextGenerator {
  const { name, kind, prefixes, tokenizer, ends, scores } = writer;
  const encode = (prompt: TextPrompt, options: GenerateOptions = {}): readonly number[] => {
    const { ids, source = ids } = writer.begin(prompt, options);
    return source;
  };
  return {
    ...{ name, kind, prefixes, encode, ends: ends.size > 0, cached: scores.cached },
    count(prompt, options) {
      const ids = encode(prompt, options);
      // A vocabulary of bytes knows every character: "unknown" is then the end token.
      const { unknown } = tokenizer;
      return {
        tokens: ids.length,
        unknown: ends.has(unknown) ? 0 : ids.filter((id) => id === unknown).length,
      };
    },
    generate: (prompt, options = {}) => generate(writer, prompt, options),
    generateAll: (prompts, options = {}) => generateAll(writer, prompts, options),
    async close() {
      await scores.dispose();
      await writer.close();
    },
  };
}

/** Returns what `continueRows` needs for texts that are written together. */
function decodingOf(
  { ends, scores }: Writer,
  rows: readonly Begun[],
  { temperature, topP, seed }: GenerateOptions,
): [NextScores, readonly Begun[], Decoding] {
  const sources = rows.flatMap(({ source }) => (source ? [source] : []));
  const [{ changes } = { changes: [] }] = rows;
  return [scores.start(sources), rows, { ends, changes, temperature, topP, seed }];
}

function checked(options: GenerateOptions): void {
  checkAgainst(checks, { ...options });
  const { beams = 1, temperature = 0 } = options;
  if (beams > 1 && temperature > 0)
    throw new EngraftError("OptionError", "a beam search does not sample", {
      help: "leave beams out, or temperature",
      details: { beams, temperature },
    });
}

async function* generate(
  writer: Writer,
  prompt: TextPrompt,
  options: GenerateOptions,
): AsyncGenerator<string, GeneratedText> {
  checked(options);
  const row = writer.begin(prompt, options);
  if (isSearch(options)) {
    const found = await searched(writer, row, options);
    yield found.text;
    return found;
  }
  const written = new Written(writer.tokenizer, row.ids);
  let end: GeneratedText["end"] = "stopped";
  for await (const added of continueRows(...decodingOf(writer, [row], options))) {
    if ("end" in added) end = added.end;
    else yield* some(written.add(added.token));
    if (options.signal?.aborted) break;
  }
  yield* some(written.rest());
  return { text: written.text, tokens: written.count, ids: written.added, end };
}

const isSearch = ({ beams = 1 }: GenerateOptions): boolean => beams > 1;
const some = (piece: string): readonly string[] => (piece === "" ? [] : [piece]);

async function generateAll(
  writer: Writer,
  prompts: readonly TextPrompt[],
  options: GenerateOptions,
): Promise<readonly GeneratedText[]> {
  checked(options);
  const all = prompts.map((prompt, key) => ({ key, ...writer.begin(prompt, options) }));
  const lengthOf = ({ ids, source = ids }: Begun): number => source.length;
  all.sort((a, b) => lengthOf(a) - lengthOf(b) || a.key - b.key);
  const results = new Array<GeneratedText>(prompts.length);
  const size = isSearch(options) ? 1 : atOnce;
  for (let from = 0; from < all.length; from += size) {
    const rows = all.slice(from, from + size);
    const made = isSearch(options)
      ? [await searched(writer, rows[0]!, options)]
      : await together(writer, rows, options);
    for (const [i, { key }] of rows.entries()) results[key] = made[i]!;
  }
  return results;
}

/** Writes texts at the same time. */
async function together(
  writer: Writer,
  rows: readonly Begun[],
  options: GenerateOptions,
): Promise<readonly GeneratedText[]> {
  const written = rows.map(({ ids }) => new Written(writer.tokenizer, ids));
  const ends = rows.map((): GeneratedText["end"] => "stopped");
  for await (const added of continueRows(...decodingOf(writer, rows, options))) {
    if ("end" in added) ends[added.row] = added.end;
    else written[added.row]!.add(added.token);
    if (options.signal?.aborted) break;
  }
  return written.map((one, i) => ({ text: one.whole, tokens: one.count, ids: one.added, end: ends[i]! }));
}

async function searched(writer: Writer, row: Begun, options: GenerateOptions): Promise<GeneratedText> {
  const { beams = 1, lengthPenalty = 1, signal } = options;
  const stopped = (): boolean => signal?.aborted === true;
  const [next, , { ends, changes }] = decodingOf(writer, [row], options);
  const { tokens, end } = await beamSearch(next, row, { ends, changes, beams, lengthPenalty, stopped });
  const text = new Written(writer.tokenizer, row.ids, tokens).whole;
  return { text, tokens: tokens.length, ids: tokens, end: stopped() && end === "limit" ? "stopped" : end };
}

/** The text of the tokens behind a prompt. A character of several tokens appears when it is complete. */
class Written {
  readonly added: number[];
  /** The part that was given out. */
  text = "";

  constructor(
    private readonly tokenizer: Tokenizer,
    private readonly prompt: readonly number[],
    added: readonly number[] = [],
  ) {
    this.added = [...added];
  }

  get count(): number {
    return this.added.length;
  }

  /** The whole text: what the tokens add to that of the prompt. */
  get whole(): string {
    const before = this.tokenizer.text(this.prompt);
    return this.tokenizer.text([...this.prompt, ...this.added]).slice(before.length);
  }

  /** Adds a token. @returns the text that it adds */
  add(token: number): string {
    this.added.push(token);
    const whole = this.whole;
    return whole.endsWith("\uFFFD") ? "" : this.upTo(whole);
  }

  /** Returns the text that was held back. */
  rest(): string {
    return this.upTo(this.whole);
  }

  private upTo(whole: string): string {
    const piece = whole.slice(this.text.length);
    this.text = whole;
    return piece;
  }
}
