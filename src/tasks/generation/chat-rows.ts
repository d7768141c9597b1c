import type { Base, TextFacts } from "../../bases/open/open-base.js";
import { openTemplate, readTemplate } from "../../bases/sequences/open-template.js";
import { mostTokens } from "../../bases/text/text-base.js";
import { EngraftError, stopIf } from "../../core/errors.js";
import type { OnWork } from "../../core/events/work-events.js";
import { message, warningText } from "../../core/messages/message.js";
import type { GenerationResultEvent } from "../../core/results/sequences/generation.js";
import { type AnswerTokens, answerTokens } from "../../data/chats/answer-tokens.js";
import { type Chat, isAnswer } from "../../data/chats/chat.js";
import type { ChatTemplate } from "../../data/chats/chat-template.js";
import type { GenerationItem } from "../../data/chats/generation-data.js";
import type { Tokenizer } from "../../data/texts/tokenizer.js";
import type { RecipeOptions } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";

/** Most tokens of a chat by default: bounds the memory of a step. */
const usualLength = 1024;
/** Share of the chats that are whole by default. Every row has the length of the longest one. */
const wholeShare = 0.99;

/** A chat as tokens, cut to the length of a row. */
export interface ChatRow extends Pick<AnswerTokens, "ids" | "isAnswer"> {
  /** Bytes of what is learnt, in UTF-8. */
  readonly bytes: number;
}

/** Chats as tokens, each in a row of its own. */
export interface ChatRows {
  /** By the id of the chat. Missing: the chat does not fit the template, or no answer begins within a row. */
  readonly byId: ReadonlyMap<string, ChatRow>;
  /** Tokens of a row. */
  readonly length: number;
  readonly template: ChatTemplate;
  /** Tokens that end answers. */
  readonly ends: readonly number[];
  readonly facts: Omit<NonNullable<GenerationResultEvent["chats"]>, "tokens">;
  /** Hash of the template, and of what is learnt: other tokens are other data. */
  readonly sha256: string;
}

type WithChat = GenerationItem & { readonly chat: Chat };
const hasChat = (item: GenerationItem): item is WithChat => item.chat !== undefined;

/** How chats become rows. */
export interface ChatRowsHow {
  readonly options: Pick<RecipeOptions, "template" | "allMessages" | "maxLength">;
  readonly platform: Platform;
  /** The time that a template may write: that of the run's start, so that a resumed run has the same tokens. */
  readonly now: Date | undefined;
  readonly onEvent: OnWork;
  readonly signal: AbortSignal | undefined;
}

/**
 * Returns the rows of chats. The tokens of answers are predicted, with the token that ends an answer.
 * @throws DataError for a template that does not fit the chats; ModelError for one that cannot be used
 */
export async function readChatRows(
  { text }: Base & { readonly text: TextFacts },
  items: readonly GenerationItem[],
  { options, platform, now, onEvent, signal }: ChatRowsHow,
): Promise<ChatRows> {
  const { tokenizer, fixed, files, config } = text;
  const { allMessages = false, template: path } = options;
  const given = path === undefined ? undefined : await givenTemplate(path, platform);
  const template = await openTemplate(text, platform, { ...(given && { given }), ...(now && { now }) });
  const tokensOf = (chat: Chat) => answerTokens(chat, template, tokenizer, { all: allMessages });
  const read = await readAnswers(items.filter(hasChat), tokensOf, { signal, onEvent });
  const most = fixed ?? mostTokens(config, files.config);
  const lengths = Uint32Array.from(read, ({ ids }) => ids.length).sort();
  const usual = lengths[Math.ceil(wholeShare * lengths.length) - 1] ?? 0;
  const length = fixed ?? options.maxLength ?? Math.max(8, Math.min(most, usualLength, usual));
  const byId = new Map<string, ChatRow>();
  for (const one of read) {
    const row = rowOf(one, length, { tokenizer, allMessages });
    if (row) byId.set(one.item.id, row);
  }
  const cut = read.filter(({ ids }) => ids.length > length).length;
  for (const part of ["train", "validation", "test"])
    if (items.some((item) => item.part === part && item.chat) && !anyOf(items, part, byId))
      throw new EngraftError(
        "DataError",
        `no answer of the ${part} split begins within the ${length} tokens of a row`,
        {
          help: `shorten the chats, or give a maxLength of up to ${most}`,
          details: { length, longest: lengths.at(-1) ?? 0 },
        },
      );
  warn(read, { template, cut, length, most, onEvent });
  const learnt = allMessages ? "all messages" : "answers";
  return {
    sha256: await platform.sha256(JSON.stringify([template.source, learnt, length])),
    ...{ byId, length, template },
    ends: endsOf(read, tokenizer),
    facts: {
      learnt,
      template: path !== undefined ? "given" : template.isDefault ? "default" : "base",
      cut,
    },
  };
}

const anyOf = (items: readonly GenerationItem[], part: string, rows: ChatRows["byId"]): boolean =>
  items.some((item) => item.part === part && rows.has(item.id));

/** Number of chats between two progress events. A signal can arrive there too. */
const chatsAtOnce = 100;

/** A chat with its tokens. */
interface ReadChat extends AnswerTokens {
  readonly item: WithChat;
}

/**
 * Reads the tokens of chats. Chats that do not fit the template are left out, with a warning.
 * @throws DataError if most of them do not
 */
async function readAnswers(
  items: readonly WithChat[],
  read: (chat: Chat) => AnswerTokens,
  { signal, onEvent }: Pick<ChatRowsHow, "signal" | "onEvent">,
): Promise<readonly ReadChat[]> {
  const found: ReadChat[] = [];
  const errors: EngraftError[] = [];
  for (const [i, item] of items.entries()) {
    if (i > 0 && i % chatsAtOnce === 0) {
      onEvent({ event: "progress", phase: "scan", done: i, total: items.length, unit: "texts" });
      await new Promise((next) => setTimeout(next));
    }
    stopIf(signal);
    try {
      found.push({ item, ...read(item.chat) });
    } catch (error) {
      if (!(error instanceof EngraftError) || error.kind !== "DataError") throw error;
      errors.push(error);
    }
  }
  const [first] = errors;
  if (first === undefined) return found;
  if (errors.length > found.length) throw first;
  const facts = { chats: errors.length, all: items.length, reason: first.message };
  onEvent({ event: "warning", ...warningText("left-out-chats", message("chats-left-out", facts)) });
  return found;
}

async function givenTemplate(path: string, platform: Platform) {
  const at = platform.files.resolve(path);
  if (await platform.files.stat(at)) return { source: await readTemplate(at, platform), at: path };
  throw new EngraftError("OptionError", `there is no template at "${path}"`, {
    help: "give the path of a Jinja template, such as chat_template.jinja of a model of the hub",
  });
}

const utf8 = new TextEncoder();

/** Returns the row of a chat; undefined if it has no token to learn within the length. */
function rowOf(
  { item, ids, isAnswer: is }: ReadChat,
  length: number,
  { tokenizer, allMessages }: { readonly tokenizer: Tokenizer; readonly allMessages: boolean },
): ChatRow | undefined {
  const [some, are] = [ids.slice(0, length), is.slice(0, length)];
  const answer = some.filter((_, i) => i > 0 && are[i]);
  if (answer.length === 0) return undefined;
  // What a template adds to an answer is no text. Of a chat that is cut, the tokens say which text was learnt.
  const texts =
    some.length < ids.length
      ? [tokenizer.text(answer)]
      : item.chat.messages
          .filter((one) => (allMessages ? one.weight !== 0 : isAnswer(one)))
          .map(({ content }) => content);
  const bytes = texts.reduce((n, text) => n + utf8.encode(text).length, 0);
  return { ids: some, isAnswer: are, bytes: Math.max(1, bytes) };
}

/** Returns the tokens that end answers: the last special token of each. */
function endsOf(chats: readonly AnswerTokens[], { special, unknown, end }: Tokenizer): readonly number[] {
  const ends = new Set<number>();
  const isEnd = (id: number): boolean => special.has(id) && (id !== unknown || id === end);
  for (const { ids, isAnswer, ends: answerEnds } of chats)
    for (const answerEnd of answerEnds) {
      let last = answerEnd - 1;
      while (last > 0 && isAnswer[last] && !isEnd(ids[last]!)) last--;
      if (isAnswer[last] && isEnd(ids[last]!)) ends.add(ids[last]!);
    }
  return [...ends];
}

function warn(
  chats: readonly AnswerTokens[],
  {
    template,
    cut,
    length,
    most,
    onEvent,
  }: {
    readonly template: ChatTemplate;
    readonly cut: number;
    readonly length: number;
    readonly most: number;
    readonly onEvent: OnWork;
  },
): void {
  const tell = (code: string, text: Parameters<typeof warningText>[1]): void =>
    onEvent({ event: "warning", ...warningText(code, text) });
  if (template.isDefault) tell("default-template", message("default-chat-template"));
  if (cut > 0)
    tell("cut-chats", message("chats-cut", { cut, all: chats.length, length, mayGrow: length < most }));
  const endless = chats.filter(({ endsByToken }) => !endsByToken).length;
  if (endless > 0) tell("no-end-token", message("answers-without-end", { answers: endless }));
  const asText = chats.reduce((n, { specialAsText }) => n + specialAsText, 0);
  if (asText > 0) tell("special-as-text", message("special-tokens-as-text", { times: asText }));
}
