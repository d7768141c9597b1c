import type { Base, TextFacts } from "../../bases/open/open-base.js";
import { openTemplate, readTemplate } from "../../bases/sequences/open-template.js";
import { mostTokens } from "../../bases/text/text-base.js";
import { EngraftError } from "../../core/errors.js";
import type { OnEvent } from "../../core/events/events.js";
import type { PretrainResultEvent } from "../../core/events/pretrain-events.js";
import { type AnswerTokens, answerTokens } from "../../data/chats/answer-tokens.js";
import type { Chat } from "../../data/chats/chat.js";
import type { ChatTemplate } from "../../data/chats/chat-template.js";
import type { Chats } from "../../data/chats/open-chats.js";
import { count } from "../../data/split/found.js";
import type { Tokenizer } from "../../data/texts/tokenizer.js";
import type { Platform } from "../../platform/platform.js";
import type { PretrainOptions } from "./options.js";
import { type RowFormat, RowsOfTexts } from "./rows.js";

/** Most tokens of a chat by default: bounds the memory of a step. */
const usualLength = 1024;

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
    some.map((chat) => answerTokens(chat, template, tokenizer, { all: allMessages }));
  const [train, heldOut] = [read(chats.train), read(chats.heldOut)];
  const all = [...train, ...heldOut];
  const most = fixed ?? mostTokens(config, files.config);
  const longest = all.reduce((n, { ids }) => Math.max(n, ids.length), 0);
  const length = fixed ?? options.maxLength ?? Math.max(8, Math.min(most, usualLength, longest));
  const rows = {
    train: fitting(train, length, tokenizer),
    held: fitting(heldOut, length, tokenizer),
  };
  const cut = all.filter(({ ids }) => ids.length > length).length;
  if (rows.train.length === 0 || rows.held.length === 0)
    throw new EngraftError("DataError", `no answer begins within the ${length} tokens of a row`, {
      help: `shorten the chats, or give a maxLength of up to ${most}`,
      details: { length, longest },
    });
  warn(all, { template, cut, length, most, onEvent });
  const learnt = (some: readonly ChatRow[]): number[] =>
    some.map(({ isAnswer }) => isAnswer.filter((is, i) => is && i > 0).length);
  const places = Math.max(...learnt([...rows.train, ...rows.held]));
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
    tokens: learnt(rows.train).reduce((a, b) => a + b, 0),
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

async function givenTemplate(path: string, platform: Platform) {
  const at = platform.files.resolve(path);
  if (await platform.files.stat(at)) return { source: await readTemplate(at, platform), at: path };
  throw new EngraftError("OptionError", `there is no template at "${path}"`, {
    help: "give the path of a Jinja template, such as chat_template.jinja of a model of the hub",
  });
}

/** Returns the chats that have a token to learn within a row. */
function fitting(chats: readonly AnswerTokens[], length: number, tokenizer: Tokenizer): readonly ChatRow[] {
  return chats.flatMap(({ ids, isAnswer }) => {
    const [some, are] = [ids.slice(0, length), isAnswer.slice(0, length)];
    const answer = some.filter((_, i) => i > 0 && are[i]);
    const bytes = new TextEncoder().encode(tokenizer.text(answer)).length;
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
      if (isAnswer[last]) ends.add(ids[last]!);
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
