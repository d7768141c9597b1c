import type { Base, TextFacts } from "../../bases/open/open-base.js";
import { openTemplate, readTemplate } from "../../bases/sequences/open-template.js";
import { mostTokens } from "../../bases/text/text-base.js";
import { EngraftError, stopIf } from "../../core/errors.js";
import type { OnEvent } from "../../core/events/events.js";
import type { PretrainResultEvent } from "../../core/events/pretrain-events.js";
import { type AnswerTokens, answerTokens } from "../../data/chats/answer-tokens.js";
import { type Chat, isAnswer } from "../../data/chats/chat.js";
import type { ChatTemplate } from "../../data/chats/chat-template.js";
import type { Chats } from "../../data/chats/open-chats.js";
import { count } from "../../data/split/found.js";
import type { Tokenizer } from "../../data/texts/tokenizer.js";
import type { Platform } from "../../platform/platform.js";
import type { PretrainOptions } from "./options.js";
import { type RowFormat, RowsOfTexts } from "./rows.js";

/** Most tokens of a chat by default: bounds the memory of a step. */
const usualLength = 1024;
/** Share of the chats that are whole by default. Every row has the length of the longest one. */
const wholeShare = 0.99;

/** A chat as tokens, cut to the length of a row. */
interface ChatRow extends Pick<AnswerTokens, "ids" | "isAnswer"> {
  readonly bytes: number;
}

export type PreparedChats = Awaited<ReturnType<typeof prepareChats>>;

/**
 * Returns chats as rows of tokens, each chat in a row of its own. The tokens of its answers are predicted, with the token that ends an
 * answer.
 * @throws DataError for a template that does not fit the chats; ModelError for one that cannot be used
 */
export async function prepareChats(
  { text }: Base & { readonly text: TextFacts },
  chats: Chats,
  format: Omit<RowFormat, "length">,
  {
    options,
    platform,
    now,
    onEvent,
  }: {
    readonly options: PretrainOptions;
    readonly platform: Platform;
    /** The time that a template may write: that of the run's start, so that a resumed run has the same tokens. */
    readonly now: Date;
    readonly onEvent: OnEvent;
  },
) {
  const { tokenizer, fixed, files, config } = text;
  const { allMessages = false, template: path } = options;
  const given = path === undefined ? undefined : await givenTemplate(path, platform);
  const template = await openTemplate(text, platform, { ...(given && { given }), now });
  const read = (some: readonly Chat[]) =>
    readAnswers(some, (chat) => answerTokens(chat, template, tokenizer, { all: allMessages }), {
      signal: options.signal,
      onEvent,
    });
  const [train, heldOut] = [await read(chats.train), await read(chats.heldOut)];
  const all = [...train, ...heldOut];
  const most = fixed ?? mostTokens(config, files.config);
  const lengths = Uint32Array.from(all, ({ ids }) => ids.length).sort();
  const longest = lengths.at(-1) ?? 0;
  const usual = lengths[Math.ceil(wholeShare * lengths.length) - 1] ?? 0;
  const length = fixed ?? options.maxLength ?? Math.max(8, Math.min(most, usualLength, usual));
  const fit = (some: readonly ReadChat[]) => fitting(some, length, { tokenizer, allMessages });
  const rows = { train: fit(train), held: fit(heldOut) };
  const cut = all.filter(({ ids }) => ids.length > length).length;
  if (rows.train.length === 0 || rows.held.length === 0)
    throw new EngraftError("DataError", `no answer begins within the ${length} tokens of a row`, {
      help: `shorten the chats, or give a maxLength of up to ${most}`,
      details: { length, longest },
    });
  warn(all, { template, cut, length, most, onEvent });
  const learnt = ({ isAnswer }: ChatRow): number => isAnswer.filter((is, i) => is && i > 0).length;
  const places = [...rows.train, ...rows.held].reduce((n, row) => Math.max(n, learnt(row)), 0);
  const whole: RowFormat = { ...format, length };
  const make = (some: readonly ChatRow[], key?: string) =>
    new RowsOfTexts(
      some.map(({ ids, isAnswer }, i) => ({ ids, isPredicted: (place) => isAnswer[place]!, text: i })),
      some.map(({ bytes }) => bytes),
      whole,
      places,
      key,
    );
  const facts: NonNullable<PretrainResultEvent["chats"]> = {
    learnt: allMessages ? "all messages" : "answers",
    tokens: rows.train.reduce((n, row) => n + learnt(row), 0),
    template: path !== undefined ? "given" : template.isDefault ? "default" : "base",
    cut,
  };
  return {
    format: whole,
    train: make(rows.train, "chats"),
    held: make(rows.held),
    places,
    tokens: rows.train.reduce((n, { ids }) => n + ids.length, 0),
    ids: rows.train.flatMap(({ ids }) => ids),
    template,
    ends: endsOf(all, tokenizer),
    facts,
  };
}

/** Number of chats between two progress events. A signal can arrive there too. */
const chatsAtOnce = 100;

/** A chat with its tokens. */
interface ReadChat extends AnswerTokens {
  readonly chat: Chat;
}

/**
 * Reads the tokens of chats, which takes some milliseconds for a chat with several answers. Chats that do not fit the template are left out,
 * with a warning.
 * @throws DataError if most of them do not
 */
async function readAnswers(
  chats: readonly Chat[],
  read: (chat: Chat) => AnswerTokens,
  { signal, onEvent }: { readonly signal: AbortSignal | undefined; readonly onEvent: OnEvent },
): Promise<readonly ReadChat[]> {
  const found: ReadChat[] = [];
  const errors: EngraftError[] = [];
  for (const [i, chat] of chats.entries()) {
    if (i > 0 && i % chatsAtOnce === 0) {
      onEvent({ event: "progress", phase: "scan", done: i, total: chats.length, unit: "texts" });
      await new Promise((next) => setTimeout(next));
    }
    stopIf(signal);
    try {
      found.push({ chat, ...read(chat) });
    } catch (error) {
      if (!(error instanceof EngraftError) || error.kind !== "DataError") throw error;
      errors.push(error);
    }
  }
  const [first] = errors;
  if (first === undefined) return found;
  if (errors.length > found.length) throw first;
  onEvent({
    event: "warning",
    code: "left-out-chats",
    message: `${count(errors.length, "chat")} of ${chats.length} ${errors.length === 1 ? "does" : "do"} not fit the template and ${errors.length === 1 ? "is" : "are"} left out: ${first.message}`,
  });
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

/** Returns the chats that have a token to learn within a row. */
function fitting(
  chats: readonly ReadChat[],
  length: number,
  { tokenizer, allMessages }: { readonly tokenizer: Tokenizer; readonly allMessages: boolean },
): readonly ChatRow[] {
  return chats.flatMap(({ chat, ids, isAnswer: is }) => {
    const [some, are] = [ids.slice(0, length), is.slice(0, length)];
    const answer = some.filter((_, i) => i > 0 && are[i]);
    // What a template adds to an answer is no text. Of a chat that is cut, the tokens say which text was learnt.
    const texts =
      some.length < ids.length
        ? [tokenizer.text(answer)]
        : chat.messages.filter((one) => allMessages || isAnswer(one)).map(({ content }) => content);
    const bytes = texts.reduce((n, text) => n + utf8.encode(text).length, 0);
    return answer.length === 0 ? [] : [{ ids: some, isAnswer: are, bytes: Math.max(1, bytes) }];
  });
}

/** Returns the tokens that end answers: the last special token of each. */
function endsOf(chats: readonly AnswerTokens[], { special, unknown, end }: Tokenizer): readonly number[] {
  const ends = new Set<number>();
  const isEnd = (id: number): boolean => special.has(id) && (id !== unknown || id === end);
  for (const { ids, isAnswer } of chats)
    for (const [i] of ids.entries()) {
      if (!isAnswer[i] || isAnswer[i + 1]) continue;
      let last = i;
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
    readonly onEvent: OnEvent;
  },
): void {
  const tell = (code: string, message: string): void => onEvent({ event: "warning", code, message });
  if (template.isDefault)
    tell(
      "default-template",
      'the base has no chat template: chats become the lines "User: …" and "Assistant: …", and the model\'s folder says so',
    );
  if (cut > 0)
    tell(
      "cut-chats",
      `${cut} of ${count(chats.length, "chat")} ${cut === 1 ? "has" : "have"} more than ${length} tokens: what follows is not learnt${length < most ? "; give a larger --max-length" : ""}`,
    );
  const endless = chats.filter(({ endsByToken }) => !endsByToken).length;
  if (endless > 0)
    tell(
      "no-end-token",
      `${count(endless, "answer")} ${endless === 1 ? "ends" : "end"} without a special token: the model does not learn to stop; take a template that puts one behind each answer`,
    );
  const asText = chats.reduce((n, { specialAsText }) => n + specialAsText, 0);
  if (asText > 0)
    tell(
      "special-as-text",
      `special tokens stand ${asText === 1 ? "once" : `${asText} times`} in the messages: they are learnt as text`,
    );
}
