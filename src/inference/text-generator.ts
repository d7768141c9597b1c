import type { TextFacts } from "../bases/open/open-base.js";
import {
  beamSearch,
  continueRows,
  type Decoding,
  type NextScores,
  type Row,
  type ScoreChange,
} from "../bases/sequences/decode.js";
import { isCausal } from "../bases/sequences/is-causal.js";
import { scoresName } from "../bases/sequences/next-scores.js";
import { openScores } from "../bases/sequences/open-scores.js";
import { openTemplate } from "../bases/sequences/open-template.js";
import { scoreChanges } from "../bases/sequences/score-changes.js";
import { mostTokens, openTextBase } from "../bases/text/text-base.js";
import { EngraftError } from "../core/errors.js";
import { promptTokens } from "../data/chats/answer-tokens.js";
import type { ChatMessage } from "../data/chats/chat.js";
import type { Tokenizer } from "../data/texts/tokenizer.js";
import { above, between, type Check, checkAgainst, whole } from "../options/option-checks.js";
import type { Machine, RuntimeRequest } from "../run/machine.js";

/** How a text is continued. */
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
  /** Stops after the current token. What is written stays. */
  readonly signal?: AbortSignal;
}

/** A text to continue, or the messages of a chat to answer. */
export type TextPrompt = string | readonly ChatMessage[];

/** A text that was written. */
export interface GeneratedText {
  /** Without the prompt. */
  readonly text: string;
  /** Number of tokens. */
  readonly tokens: number;
  /** The tokens themselves. */
  readonly ids: readonly number[];
  /** end: the model ended it; limit: `maxNew`, or the most tokens that the model takes; stopped: by the signal. */
  readonly end: "end" | "limit" | "stopped";
}

/** A model that continues texts. */
export interface TextGenerator {
  readonly name: string;
  /** True if the model can end a text. Otherwise every text goes on to the limit. */
  readonly ends: boolean;
  /** True if the file's own cache is used. Otherwise all tokens of a text are computed again for each new one. */
  readonly cached: boolean;
  /**
   * Counts the tokens of a text, and those among them that stand for what the tokenizer does not know.
   * @throws DataError as {@link generate}
   */
  count(prompt: TextPrompt): { readonly tokens: number; readonly unknown: number };
  /** Returns the tokens of a text, or of a chat up to its next answer. @throws DataError as {@link generate} */
  encode(prompt: TextPrompt): readonly number[];
  /**
   * Continues a text, or answers a chat by the template of the model, piece by piece. A beam search gives the whole text at the end.
   * @throws DataError for a text without tokens, or with more than the model takes; ModelError for a chat, if the model has no template
   */
  generate(prompt: TextPrompt, options?: GenerateOptions): AsyncGenerator<string, GeneratedText>;
  /** Continues texts or answers chats, those of about equal length at the same time. */
  generateAll(prompts: readonly TextPrompt[], options?: GenerateOptions): Promise<readonly GeneratedText[]>;
  close(): Promise<void>;
}

const checks: Readonly<Record<string, Check>> = {
  maxNew: whole(1, 100_000),
  beams: whole(1, 64),
  lengthPenalty: between(-10, 10),
  temperature: between(0, 100),
  topP: above(0, 1),
  seed: whole(0, 2 ** 32 - 1),
  signal: { allowed: "an AbortSignal", holds: (value) => value instanceof AbortSignal },
};

/** Default of `maxNew`, as in Transformers.js. */
const usualNew = 256;
/** Texts that are continued at the same time. */
const atOnce = 8;

/**
 * Opens a decoder to continue texts: a folder, `file.onnx`, `hf:org/name`.
 * @returns undefined for a base that is no decoder, or has no scores of all tokens
 * @throws ModelError, FileError
 */
export async function openGenerator(
  machine: Machine,
  ref: string,
  request: RuntimeRequest = {},
): Promise<TextGenerator | undefined> {
  const { platform } = machine;
  const base = await openTextBase(ref, { platform });
  const { tokenizer, config, files, fixed } = base.text;
  if (fixed !== undefined || scoresName(base.imported.graph) === undefined) return undefined;
  const { generation } = base.text;
  const ends = endTokens([generation, config], tokenizer);
  const changes = scoreChanges({ ...config, ...generation }, ends);
  const runtime = await machine.openRuntime(request);
  if (!(await isCausal(runtime, base.imported.graph, { tokenizer, length: 8, cut: base.cut }))) {
    await runtime.close();
    return undefined;
  }
  const scores = await openScores(runtime, base, platform);
  const texts: Texts = {
    tokenizer,
    ends,
    changes,
    longest: mostTokens(config, files.config),
    begins: files.config.add_bos_token === true ? tokenizer.marks.before : [],
    start: scores.start,
    idsOfChat: await chatEncoder(base.text, base.name, platform),
  };
  return {
    name: base.name,
    ends: ends.size > 0,
    cached: scores.cached,
    count(prompt) {
      const { ids } = begun(texts, prompt, {});
      // A vocabulary of bytes knows every character: "unknown" is then the end token.
      const { unknown } = tokenizer;
      return {
        tokens: ids.length,
        unknown: ends.has(unknown) ? 0 : ids.filter((id) => id === unknown).length,
      };
    },
    encode: (prompt) => begun(texts, prompt, {}).ids,
    generate: (prompt, options = {}) => generate(texts, prompt, options),
    generateAll: (prompts, options = {}) => generateAll(texts, prompts, options),
    async close() {
      await scores.dispose();
      await runtime.close();
    },
  };
}

/** What texts are continued with. */
interface Texts {
  readonly tokenizer: Tokenizer;
  readonly ends: ReadonlySet<number>;
  /** What the model's generation settings change. */
  readonly changes: readonly ScoreChange[];
  /** Most tokens of a text. */
  readonly longest: number;
  /** Special tokens at the beginning of a text. */
  readonly begins: readonly number[];
  /** Returns the scores for a text, or for texts that are continued together. */
  readonly start: () => NextScores;
  /** Returns the tokens before the next answer of a chat. @throws ModelError without a template */
  readonly idsOfChat: (messages: readonly ChatMessage[]) => readonly number[];
}

/** Returns the function that makes tokens of a chat. A template that cannot be used is an error of the first chat. */
async function chatEncoder(
  text: TextFacts,
  name: string,
  platform: Machine["platform"],
): Promise<Texts["idsOfChat"]> {
  const fail = (error: unknown) => (): never => {
    throw error;
  };
  try {
    const template = await openTemplate(text, platform);
    if (!template.isDefault) return (messages) => promptTokens(messages, template, text.tokenizer);
  } catch (error) {
    return fail(error);
  }
  return fail(
    new EngraftError("ModelError", `${name} has no chat template: it continues texts`, {
      help: "give a model of chats, or one that engraft pretrain trained on chats",
    }),
  );
}

/** Returns the tokens that end a text, by the first settings that name some, or by the tokenizer. */
function endTokens(settings: readonly unknown[], { end }: Tokenizer): ReadonlySet<number> {
  for (const one of settings) {
    const named = [(one as { eos_token_id?: unknown } | null)?.eos_token_id].flat();
    const ids = named.filter((id): id is number => Number.isInteger(id));
    if (ids.length > 0) return new Set(ids);
  }
  return new Set(end === undefined ? [] : [end]);
}

/** True for a list of messages with a role and a text. */
const areMessages = (prompt: unknown): boolean =>
  Array.isArray(prompt) &&
  prompt.length > 0 &&
  prompt.every((one) => typeof one?.role === "string" && typeof one.content === "string");

/** Returns the tokens of a text, and how many may follow. @throws DataError for another value, or no or too many tokens */
function begun(
  { tokenizer, begins, longest, idsOfChat }: Texts,
  prompt: TextPrompt,
  options: GenerateOptions,
): Row {
  if (typeof prompt !== "string" && !areMessages(prompt))
    throw new EngraftError("DataError", "the prompt is no text and no list of messages", {
      help: 'give a text, or messages such as [{ role: "user", content: "a question" }]',
    });
  const ids = typeof prompt === "string" ? [...begins, ...tokenizer.pieces(prompt)] : idsOfChat(prompt);
  if (ids.length === 0)
    throw new EngraftError("DataError", "there is nothing to continue: no token", {
      help: "give the beginning of a text",
    });
  if (ids.length >= longest)
    throw new EngraftError(
      "DataError",
      `the text to continue has ${ids.length} tokens, and the model takes ${longest}, with what it writes`,
      { help: "shorten the text", details: { tokens: ids.length, longest } },
    );
  const most = Math.min(options.maxNew ?? usualNew, longest - ids.length);
  return { ids, most };
}

const decodingOf = ({ ends, changes }: Texts, { temperature, topP, seed }: GenerateOptions): Decoding => ({
  ends,
  changes,
  temperature,
  topP,
  seed,
});

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
  texts: Texts,
  prompt: TextPrompt,
  options: GenerateOptions,
): AsyncGenerator<string, GeneratedText> {
  checked(options);
  const row = begun(texts, prompt, options);
  if (isSearch(options)) {
    const found = await searched(texts, row, options);
    yield found.text;
    return found;
  }
  const written = new Written(texts.tokenizer, row.ids);
  let end: GeneratedText["end"] = "stopped";
  for await (const added of continueRows(texts.start(), [row], decodingOf(texts, options))) {
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
  texts: Texts,
  prompts: readonly TextPrompt[],
  options: GenerateOptions,
): Promise<readonly GeneratedText[]> {
  checked(options);
  const all = prompts.map((prompt, key) => ({ key, ...begun(texts, prompt, options) }));
  all.sort((a, b) => a.ids.length - b.ids.length || a.key - b.key);
  const results = new Array<GeneratedText>(prompts.length);
  const size = isSearch(options) ? 1 : atOnce;
  for (let from = 0; from < all.length; from += size) {
    const rows = all.slice(from, from + size);
    const made = isSearch(options)
      ? [await searched(texts, rows[0]!, options)]
      : await together(texts, rows, options);
    for (const [i, { key }] of rows.entries()) results[key] = made[i]!;
  }
  return results;
}

/** Continues texts at the same time. */
async function together(
  texts: Texts,
  rows: readonly Row[],
  options: GenerateOptions,
): Promise<readonly GeneratedText[]> {
  const written = rows.map(({ ids }) => new Written(texts.tokenizer, ids));
  const ends = rows.map((): GeneratedText["end"] => "stopped");
  for await (const added of continueRows(texts.start(), rows, decodingOf(texts, options))) {
    if ("end" in added) ends[added.row] = added.end;
    else written[added.row]!.add(added.token);
    if (options.signal?.aborted) break;
  }
  return written.map((one, i) => ({ text: one.whole, tokens: one.count, ids: one.added, end: ends[i]! }));
}

async function searched(
  { start, tokenizer, ends, changes }: Texts,
  row: Row,
  { beams = 1, lengthPenalty = 1, signal }: GenerateOptions,
): Promise<GeneratedText> {
  const stopped = (): boolean => signal?.aborted === true;
  const { tokens, end } = await beamSearch(start(), row, { ends, changes, beams, lengthPenalty, stopped });
  const text = new Written(tokenizer, row.ids, tokens).whole;
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
