/** What is looked at of a `tokenizer.json`. */
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

/** Parts of texts whose tokens are kept; a part that is longer is not one that comes again. */
const most = { parts: 100_000, length: 24 };

/** Runs of ASCII letters and digits; signs and Chinese characters one by one. */
const part = /[A-Za-z0-9]+|[!-~\u4e00-\u9fff\u3001\u3002\uff01\uff0c\uff1f]/g;

/**
 * Tokens of texts, those of a part that was met before without looking again.
 *
 * BERT's tokenizers part a text at spaces, around every punctuation mark and around every Chinese character, and then look at each
 * word alone: the tokens of a text are those of its words, one after the other. Words of ASCII letters and digits, its signs and
 * Chinese characters are parted and matched here in the same way, the longest piece first; a word with other letters is given to the
 * tokenizer with all that touches it, up to the next space.
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
  const isBertTokenizer =
    model?.type === "WordPiece" &&
    normalizer?.type === "BertNormalizer" &&
    normalizer.handle_chinese_chars !== false &&
    pre?.type === "BertPreTokenizer";
  const match = isBertTokenizer ? matching(model, normalizer.lowercase !== false) : undefined;
  if (!match) return undefined;
  const marks = added.flatMap(({ content }) =>
    typeof content === "string" && content !== "" ? [content] : [],
  );
  if (marks.some((mark) => mark.includes(" "))) return undefined;
  const holdsMark = finder(marks);
  const known = new Map<string, readonly number[]>();
  const keep = (word: string, tokens: readonly number[]): readonly number[] => {
    if (word.length > most.length) return tokens;
    if (known.size >= most.parts) known.clear();
    known.set(word, tokens);
    return tokens;
  };
  const wordOf = (word: string): readonly number[] => known.get(word) ?? keep(word, match(word));
  /** What stands between two spaces. A mark like [MASK] is one token, whatever signs it has. */
  const tokensOf = (chunk: string): readonly number[] =>
    !plain.test(chunk) || holdsMark(chunk) ? encode(chunk) : (chunk.match(part) ?? []).flatMap(wordOf);
  return (text, room) => {
    const out: number[] = [];
    for (let from = 0; from < text.length && out.length <= room; ) {
      const space = text.indexOf(" ", from);
      const end = space < 0 ? text.length : space;
      if (end > from) {
        const chunk = text.slice(from, end);
        const tokens = known.get(chunk) ?? keep(chunk, tokensOf(chunk));
        for (let i = 0; i < tokens.length; i++) out.push(tokens[i]!);
      }
      from = end + 1;
    }
    return out;
  };
}

/** Does a text hold one of the words? There may be thousands, so they are looked up by their first sign. */
function finder(words: readonly string[]): (text: string) => boolean {
  const byFirst = new Map<string, string[]>();
  for (const word of words) byFirst.set(word[0]!, [...(byFirst.get(word[0]!) ?? []), word]);
  return (text) => {
    for (let i = 0; i < text.length; i++)
      if (byFirst.get(text[i]!)?.some((word) => text.startsWith(word, i))) return true;
    return false;
  };
}

/** All of it is ASCII, Chinese characters, or the commonest signs that Chinese is written with. */
const plain = /^[!-~\u4e00-\u9fff\u3001\u3002\uff01\uff0c\uff1f]+$/;

/**
 * Word pieces of a word, the longest first: w = p₁ p₂ …, each the longest of the vocabulary that the rest begins with; of a word that
 * cannot be written so, or is too long, the one for unknown words.
 * @returns undefined for a model that does not say its pieces
 */
function matching(
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
