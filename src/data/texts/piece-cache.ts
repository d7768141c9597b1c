/** The fields of a `tokenizer.json` that are read here. */
interface TokenizerJson {
  readonly model?: {
    readonly type?: unknown;
    readonly vocab?: Readonly<Record<string, number>>;
    readonly unk_token?: string;
    readonly continuing_subword_prefix?: string;
    readonly max_input_chars_per_word?: number;
  };
  readonly normalizer?: {
    readonly type?: unknown;
    readonly handle_chinese_chars?: unknown;
    readonly lowercase?: unknown;
  } | null;
  readonly pre_tokenizer?: { readonly type?: unknown } | null;
  readonly added_tokens?: readonly { readonly content?: unknown }[];
}

/** Limits of the cache: number of words, and characters of a word. Longer words rarely occur twice. */
const limits = { words: 100_000, length: 24 };

/** A run of ASCII letters and digits, one punctuation mark or one Chinese character. */
const part = /[A-Za-z0-9]+|[!-~\u4e00-\u9fff\u3001\u3002\uff01\uff0c\uff1f]/g;

/**
 * Returns a fast tokenization function for BERT's tokenizers, which caches the tokens of words.
 *
 * These tokenizers split a text at spaces, punctuation marks and Chinese characters, and tokenize each word independently. Words of
 * ASCII letters and digits, punctuation and Chinese characters are matched here, the longest piece first. A word with other letters
 * goes to the tokenizer, together with everything up to the next space.
 *
 * @param encode returns the tokens of a text without special tokens
 * @returns undefined for other kinds of tokenizers. The function may stop after more than `room` tokens, so a longer result means
 * that the text was truncated.
 * @see bench/texts.mjs
 */
export function cachedPieces(
  tokenizer: Readonly<Record<string, unknown>>,
  encode: (text: string) => readonly number[],
): ((text: string, room: number) => number[]) | undefined {
  const { model, normalizer, pre_tokenizer: pre, added_tokens: added = [] } = tokenizer as TokenizerJson;
  const isBertTokenizer =
    model?.type === "WordPiece" &&
    normalizer?.type === "BertNormalizer" &&
    normalizer.handle_chinese_chars !== false &&
    pre?.type === "BertPreTokenizer";
  const match = isBertTokenizer ? matchPieces(model, normalizer.lowercase !== false) : undefined;
  if (!match) return undefined;
  const marks = added.flatMap(({ content }) =>
    typeof content === "string" && content !== "" ? [content] : [],
  );
  if (marks.some((mark) => mark.includes(" "))) return undefined;
  const holdsMark = finder(marks);
  const known = new Map<string, readonly number[]>();
  const remember = (word: string, tokens: readonly number[]): readonly number[] => {
    if (word.length > limits.length) return tokens;
    if (known.size >= limits.words) known.clear();
    known.set(word, tokens);
    return tokens;
  };
  const wordOf = (word: string): readonly number[] => known.get(word) ?? remember(word, match(word));
  // A special token like [MASK] is one token, in spite of its punctuation marks.
  const tokensOf = (chunk: string): readonly number[] =>
    !plain.test(chunk) || holdsMark(chunk) ? encode(chunk) : (chunk.match(part) ?? []).flatMap(wordOf);
  return (text, room) => {
    const out: number[] = [];
    for (let from = 0; from < text.length && out.length <= room; ) {
      const space = text.indexOf(" ", from);
      const end = space < 0 ? text.length : space;
      if (end > from) {
        const chunk = text.slice(from, end);
        const tokens = known.get(chunk) ?? remember(chunk, tokensOf(chunk));
        for (let i = 0; i < tokens.length; i++) out.push(tokens[i]!);
      }
      from = end + 1;
    }
    return out;
  };
}

/** Returns a function that is true for texts with one of the words. The words are indexed by their first character. */
function finder(words: readonly string[]): (text: string) => boolean {
  const byFirst = new Map<string, string[]>();
  for (const word of words) byFirst.set(word[0]!, [...(byFirst.get(word[0]!) ?? []), word]);
  return (text) => {
    for (let i = 0; i < text.length; i++)
      if (byFirst.get(text[i]!)?.some((word) => text.startsWith(word, i))) return true;
    return false;
  };
}

/** Text of only ASCII, Chinese characters and common Chinese punctuation. */
const plain = /^[!-~\u4e00-\u9fff\u3001\u3002\uff01\uff0c\uff1f]+$/;

/**
 * Returns a function that splits a word into word pieces, w = p₁ p₂ …: each is the longest one that fits. A word that cannot be split, or one
 * that is too long, becomes the token for unknown words.
 * @returns undefined for a model without a vocabulary
 */
function matchPieces(
  model: NonNullable<TokenizerJson["model"]>,
  lower: boolean,
): ((word: string) => readonly number[]) | undefined {
  const { vocab, unk_token: mark = "[UNK]" } = model;
  const { continuing_subword_prefix: prefix = "##", max_input_chars_per_word: longest = 100 } = model;
  const unknown = vocab?.[mark];
  if (typeof vocab !== "object" || unknown === undefined) return undefined;
  const ids = new Map(Object.entries(vocab));
  return (word) => {
    if (word.length > longest) return [unknown];
    const text = lower ? word.toLowerCase() : word;
    const out: number[] = [];
    for (let from = 0; from < text.length; ) {
      let end = text.length;
      let id: number | undefined;
      for (; end > from; end--) {
        id = ids.get(from === 0 ? text.slice(0, end) : prefix + text.slice(from, end));
        if (id !== undefined) break;
      }
      if (id === undefined) return [unknown];
      out.push(id);
      from = end;
    }
    return out;
  };
}
