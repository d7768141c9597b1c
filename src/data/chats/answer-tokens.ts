import { EngraftError } from "../../core/errors.js";
import type { Tokenizer } from "../texts/tokenizer.js";
import { type Chat, type ChatMessage, isAnswer, isFromAssistant } from "./chat.js";
import type { ChatTemplate } from "./chat-template.js";
import { encodeWithCuts } from "./encode-with-cuts.js";
import { hideSpecialTokens } from "./text-tokens.js";

/** The tokens of a chat. */
export interface AnswerTokens {
  readonly ids: readonly number[];
  /** For each token, whether it belongs to an answer or its end token. */
  readonly isAnswer: readonly boolean[];
  /** For each answer, the number of tokens up to its end. */
  readonly ends: readonly number[];
  /** True if a special token stands behind the content of each answer, so that the model learns to stop. */
  readonly endsByToken: boolean;
  /** Number of special tokens inside messages, which are encoded as text. */
  readonly specialAsText: number;
  /** Number of places where the text is divided before it is encoded, since a token would span prompt and answer. */
  readonly divisions: number;
}

/** An answer inside the text of a chat: its message, the end of its prompt, and its own end. */
interface AnswerPlace {
  readonly message: ChatMessage;
  readonly from: number;
  readonly to: number;
}

/**
 * Returns the tokens of a chat, and marks those of its answers.
 *
 * The prompt of an answer, as a server renders it, has to begin the text that ends with the answer. That text has to begin the whole
 * chat, except for a special token that ends every text of the template. An answer has all tokens between: its content, the end token, and what else the template writes. A message of an assistant
 * without a text is no answer. One of weight 0 is context: its tokens are no answer.
 * @param options.all counts all tokens as answers, except those of messages of weight 0. Default false
 * @throws DataError if the template fails for the chat, or renders earlier messages differently when others follow
 * @example
 * const template = await openChatTemplate({ eos_token: "</s>" });
 * const { ids, isAnswer } = answerTokens(chats.train[0], template, tokenizer);
 */
export function answerTokens(
  chat: Chat,
  template: ChatTemplate,
  tokenizer: Tokenizer,
  { all = false }: { readonly all?: boolean } = {},
): AnswerTokens {
  const hidden = hideSpecialTokens(chat.messages, template.source, tokenizer);
  // Answers of weight 0 are context, and matter only where all other tokens are learnt.
  const isPlaced = all ? isFromAssistant : isAnswer;
  const { text, answers } = renderAnswers({ ...chat, messages: hidden.messages }, template, {
    isPlaced,
    special: hidden.special,
  });
  const learnt = answers.filter(({ message }) => isAnswer(message));
  const cuts = answers.flatMap(({ from, to }) => [from, to]);
  const { ids, places, divisions } = encodeWithCuts(text, cuts, { ...hidden, name: `chat ${chat.id}` });
  const flags = new Array<boolean>(ids.length).fill(all);
  for (const [k, { message }] of answers.entries())
    flags.fill(isAnswer(message), places[2 * k]!, places[2 * k + 1]!);
  return {
    ids,
    isAnswer: flags,
    ends: answers.flatMap(({ message }, k) => (isAnswer(message) ? [places[2 * k + 1]!] : [])),
    endsByToken: learnt.every((answer) => hidden.holdsSpecial(textBehindContent(text, answer))),
    specialAsText: hidden.count,
    divisions,
  };
}

/**
 * Returns the tokens before the next answer of a chat.
 * @throws ModelError if the template fails for it
 */
export function promptTokens(
  messages: readonly ChatMessage[],
  template: ChatTemplate,
  tokenizer: Tokenizer,
): readonly number[] {
  const hidden = hideSpecialTokens(messages, template.source, tokenizer);
  return hidden.encode(template.render(hidden.messages, { forAnswer: true }));
}

/** Renders a chat and finds the messages that `isPlaced` selects. @throws DataError as {@link answerTokens} */
function renderAnswers(
  { id, messages }: Chat,
  template: ChatTemplate,
  {
    isPlaced,
    special,
  }: {
    readonly isPlaced: (message: ChatMessage) => boolean;
    readonly special: readonly string[];
  },
): { readonly text: string; readonly answers: readonly AnswerPlace[] } {
  const render = (count: number, forAnswer = false): string => {
    try {
      return template.render(messages.slice(0, count), { forAnswer });
    } catch (error) {
      if (!(error instanceof EngraftError)) throw error;
      throw new EngraftError("DataError", `chat ${id} cannot be rendered: ${error.message}`, {
        at: error.at,
        help: "correct the chat or leave it out, or give another template: --template FILE",
        details: { chat: id },
        cause: error,
      });
    }
  };
  const text = render(messages.length);
  const answers: AnswerPlace[] = [];
  for (const [i, message] of messages.entries()) {
    if (!isPlaced(message)) continue;
    const prompt = render(i, true);
    const rendered = i + 1 === messages.length ? text : render(i + 1);
    const answered = text.startsWith(rendered) ? rendered : withoutTextEnd(rendered, text, special);
    requireBegin(answered, prompt, { id, number: i + 1, message, when: "this answer follows" });
    requireBegin(text, answered, { id, number: i + 1, message, when: "later messages follow" });
    answers.push({ message, from: prompt.length, to: answered.length });
  }
  return { text, answers };
}

/**
 * Returns the text of fewer messages without the special token that ends every text of the template. Phi-3 writes one unless an answer
 * is requested.
 * @param whole the text of the whole chat, which ends with the same token
 */
function withoutTextEnd(text: string, whole: string, special: readonly string[]): string {
  const written = text.trimEnd();
  const token = special.find((one) => written.endsWith(one));
  if (token === undefined) return text;
  const kept = written.slice(0, -token.length);
  return whole.startsWith(kept) && whole.endsWith(text.slice(kept.length)) ? kept : text;
}

/** Characters of a message, and of a text on each side of a difference, that an error shows. */
const [shownCharacters, shownAround] = [40, 20];

/** @throws DataError if a text does not begin with the text of fewer messages */
function requireBegin(
  text: string,
  begin: string,
  {
    id,
    number,
    message: { role, content },
    when,
  }: {
    readonly id: string;
    readonly number: number;
    readonly message: ChatMessage;
    readonly when: string;
  },
): void {
  if (text.startsWith(begin)) return;
  let same = 0;
  while (text[same] === begin[same]) same++;
  const around = (one: string): string =>
    JSON.stringify(one.slice(Math.max(0, same - shownAround), same + shownAround));
  const shown = content.length > shownCharacters ? `${content.slice(0, shownCharacters)}…` : content;
  throw new EngraftError(
    "DataError",
    `the chat template renders the text before the end of message ${number} of chat ${id} differently when ${when} (${role}: ${JSON.stringify(shown)})`,
    {
      at: `${around(begin)} becomes ${around(text)}`,
      help: "give a template that only adds text for each further message: --template FILE",
      details: { chat: id, message: number, role },
    },
  );
}

/** Returns what the template writes behind the content of an answer; the whole answer if the template changes the content. */
function textBehindContent(text: string, { message, from, to }: AnswerPlace): string {
  const answer = text.slice(from, to);
  const content = message.content.trim();
  const at = answer.lastIndexOf(content);
  return at < 0 ? answer : answer.slice(at + content.length);
}
