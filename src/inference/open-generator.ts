import { chooseParts } from "../bases/open/choose-parts.js";
import { locateBase } from "../bases/open/locate.js";
import type { TextFacts } from "../bases/open/open-base.js";
import { readJson } from "../bases/open/read-json.js";
import { isCausal } from "../bases/sequences/is-causal.js";
import { namesWritingPair } from "../bases/sequences/may-write.js";
import { scoresName } from "../bases/sequences/next-scores.js";
import { openScores } from "../bases/sequences/open-scores.js";
import { openTemplate } from "../bases/sequences/open-template.js";
import { scoreChanges } from "../bases/sequences/score-changes.js";
import { mostTokens, openTextBase, requireTokenizer } from "../bases/text/text-base.js";
import { EngraftError } from "../core/errors.js";
import { promptTokens } from "../data/chats/answer-tokens.js";
import type { ChatMessage } from "../data/chats/chat.js";
import type { Tokenizer } from "../data/texts/tokenizer.js";
import type { Machine, RuntimeRequest } from "../run/machine.js";
import { endTokens } from "./end-tokens.js";
import {
  type Begun,
  type GenerateOptions,
  generatorOf,
  type TextGenerator,
  type TextPrompt,
  usualNew,
} from "./text-generator.js";

/**
 * Opens a model that writes: a folder, `file.onnx`, `hf:org/name`. A decoder continues texts; an encoder–decoder translates or rewrites them.
 * @returns undefined for a base that is neither, or has no scores of all tokens
 * @throws ModelError, FileError
 */
export async function openGenerator(
  machine: Machine,
  ref: string,
  request: RuntimeRequest = {},
): Promise<TextGenerator | undefined> {
  const { platform } = machine;
  const located = await locateBase(ref, { platform, check: requireTokenizer, choose: chooseParts });
  const settings = located.config === undefined ? {} : await readJson(platform, located.config);
  if (namesWritingPair((settings ?? {}) as Readonly<Record<string, unknown>>)) {
    // Loaded on demand: a page with a decoder does not need it.
    const { openPairWriter } = await import("./pair-writer.js");
    return generatorOf(await openPairWriter(machine, located, request));
  }
  // A folder with a classifier may also hold the encoder and decoder that the classifier was made from.
  const isWhole = located.decoder === undefined || located.decoder === located.onnx;
  const base = await openTextBase(ref, { platform, ...(isWhole && { located }) });
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
  const texts: Texts = {
    tokenizer,
    changes,
    longest: mostTokens(config, files.config),
    begins: files.config.add_bos_token === true ? tokenizer.marks.before : [],
    idsOfChat: await chatEncoder(base.text, base.name, platform),
  };
  return generatorOf({
    ...{ name: base.name, kind: "decoder", prefixes: {}, tokenizer, ends },
    begin: (prompt, options) => begun(texts, prompt, options),
    scores: await openScores(runtime, base, platform),
    close: () => runtime.close(),
  });
}

/** What texts are continued with. */
interface Texts extends Pick<Begun, "changes"> {
  readonly tokenizer: Tokenizer;
  /** Most tokens of a text. */
  readonly longest: number;
  /** Special tokens at the beginning of a text. */
  readonly begins: readonly number[];
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

/** True for a list of messages with a role and a text. */
const areMessages = (prompt: unknown): boolean =>
  Array.isArray(prompt) &&
  prompt.length > 0 &&
  prompt.every((one) => typeof one?.role === "string" && typeof one.content === "string");

/** Returns the tokens of a text, and how many may follow. @throws DataError for another value, or no or too many tokens */
function begun(
  { tokenizer, begins, longest, idsOfChat, changes }: Texts,
  prompt: TextPrompt,
  options: GenerateOptions,
): Begun {
  if (typeof prompt !== "string" && !areMessages(prompt))
    throw new EngraftError("DataError", "the prompt is no text and no list of messages", {
      help: 'give a text, or messages such as [{ role: "user", content: "a question" }]',
    });
  const { prefix, sourceLanguage, targetLanguage } = options;
  for (const [name, value] of Object.entries({ prefix, sourceLanguage, targetLanguage }))
    if (value !== undefined)
      throw new EngraftError("OptionError", `a decoder continues a text: it takes no ${name}`, {
        help: "leave it out, or give an encoder–decoder, such as T5 or Marian",
        details: { option: name },
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
  return { ids, most, changes };
}
