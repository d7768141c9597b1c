/** What is looked at of a `tokenizer.json`. */
interface TokenizerJson {
  readonly model?: { readonly type?: unknown };
  readonly normalizer?: { readonly type?: unknown; readonly handle_chinese_chars?: unknown } | null;
  readonly pre_tokenizer?: { readonly type?: unknown } | null;
  readonly added_tokens?: readonly { readonly content?: unknown }[];
}

/** Parts of texts whose tokens are kept; a part that is longer is not one that comes again. */
const most = { parts: 100_000, length: 24 };

/** Runs of ASCII letters and digits; signs and Chinese characters one by one. */
const part = /[A-Za-z0-9]+|[!-~\u4e00-\u9fff\u3001\u3002\uff01\uff0c\uff1f]/g;

/**
 * Tokens of texts, those of a part that was met before without looking again.
 *
 * BERT's tokenizers part a text at spaces, around every punctuation mark and around every Chinese character, and then look at each
 * word alone: the tokens of a text are those of its words, one after the other. Words of ASCII letters and digits, its signs and
 * Chinese characters are parted here in the same way; a word with other letters is given to the tokenizer with all that
 * touches it, up to the next space.
 *
 * @param encode tokens of a text without marks
 * @returns undefined for tokenizers of other kinds, where words are not apart: `room` is how many tokens are asked for at most,
 * and one more says that there are more
 * @see bench/texts.mjs
 */
export function cachedPieces(
  tokenizer: Readonly<Record<string, unknown>>,
  encode: (text: string) => readonly number[],
): ((text: string, room: number) => number[]) | undefined {
  const { model, normalizer, pre_tokenizer: pre, added_tokens: added = [] } = tokenizer as TokenizerJson;
  const apart =
    model?.type === "WordPiece" &&
    normalizer?.type === "BertNormalizer" &&
    normalizer.handle_chinese_chars !== false &&
    pre?.type === "BertPreTokenizer";
  if (!apart) return undefined;
  const marks = added.flatMap(({ content }) =>
    typeof content === "string" && content !== "" ? [content] : [],
  );
  if (marks.some((mark) => mark.includes(" "))) return undefined;
  const known = new Map<string, readonly number[]>();
  const tokensOf = (word: string): readonly number[] => {
    const before = known.get(word);
    if (before) return before;
    const tokens = encode(word);
    if (word.length > most.length) return tokens;
    if (known.size >= most.parts) known.clear();
    known.set(word, tokens);
    return tokens;
  };
  return (text, room) => {
    const out: number[] = [];
    const add = (word: string): boolean => {
      for (const token of tokensOf(word)) out.push(token);
      return out.length > room;
    };
    for (const chunk of text.split(" ")) {
      if (chunk === "") continue;
      // A mark like [MASK] is one token, whatever signs it has; so is what touches other scripts than these.
      if (plain.test(chunk) && !marks.some((mark) => chunk.includes(mark))) {
        for (const [word] of chunk.matchAll(part)) if (add(word)) return out;
      } else if (add(chunk)) return out;
    }
    return out;
  };
}

/** All of it is ASCII, Chinese characters, or the commonest signs that Chinese is written with. */
const plain = /^[!-~\u4e00-\u9fff\u3001\u3002\uff01\uff0c\uff1f]+$/;
