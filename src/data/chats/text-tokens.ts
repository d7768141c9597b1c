import type { Tokenizer } from "../texts/tokenizer.js";
import type { ChatMessage } from "./chat.js";

/** Messages whose special tokens are hidden from the tokenizer. */
export interface TextTokens {
  /** The messages, with a separator inside each special token that they hold. */
  readonly messages: readonly ChatMessage[];
  /** Number of these special tokens. */
  readonly count: number;
  /** Returns the tokens of a rendered text. Its parts between separators are encoded alone. */
  readonly encode: (text: string) => readonly number[];
  /** The special tokens as texts, the longest first. */
  readonly special: readonly string[];
  /** True if a rendered text holds a special token that no message wrote. */
  readonly holdsSpecial: (text: string) => boolean;
}

/** First character for private use, which texts rarely hold. */
const firstPrivate = 0xe000;

/**
 * Hides the special tokens inside messages, such as `<|im_end|>` in a question about templates, so that they become tokens of text.
 * Only the template writes special tokens. A special token of one character cannot be divided, and stays.
 *
 * A tokenizer that puts a space before every text puts one inside a hidden token, too.
 * @param source the template; the separator does not occur in it
 */
export function hideSpecialTokens(
  messages: readonly ChatMessage[],
  source: string,
  tokenizer: Tokenizer,
): TextTokens {
  const special = specialTexts(tokenizer);
  const holdsSpecial = (text: string): boolean => special.some((token) => text.includes(token));
  const encode = (text: string) => tokenizer.pieces(text);
  if (!messages.some(({ content, role }) => holdsSpecial(content) || holdsSpecial(role)))
    return { messages, count: 0, encode, special, holdsSpecial };
  const all = [source, ...messages.flatMap(({ role, content }) => [role, content])];
  let code = firstPrivate;
  while (all.some((text) => text.includes(String.fromCharCode(code)))) code++;
  const separator = String.fromCharCode(code);
  let count = 0;
  const hide = (text: string): string => {
    let hidden = text;
    // A token may overlap with itself, so one pass may not find all.
    for (const token of special)
      while (hidden.includes(token))
        hidden = hidden.replaceAll(token, () => {
          count++;
          const [first, ...others] = token;
          return `${first}${separator}${others.join("")}`;
        });
    return hidden;
  };
  return {
    messages: messages.map((one) => ({ ...one, role: hide(one.role), content: hide(one.content) })),
    count,
    encode: (text) => text.split(separator).flatMap(encode),
    special,
    holdsSpecial,
  };
}

const textsOfTokenizers = new WeakMap<Tokenizer, readonly string[]>();

/** Returns the special tokens as texts, the longest first. */
function specialTexts(tokenizer: Tokenizer): readonly string[] {
  let texts = textsOfTokenizers.get(tokenizer);
  if (!texts) {
    texts = [...tokenizer.special]
      .flatMap((id) => tokenizer.tokenOf(id) ?? [])
      .filter((token) => [...token].length > 1)
      .sort((a, b) => b.length - a.length);
    textsOfTokenizers.set(tokenizer, texts);
  }
  return texts;
}
