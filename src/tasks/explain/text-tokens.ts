import type { Tokenizer } from "../../data/texts/tokenizer.js";
import { pieces } from "../../explain/index.js";

/** Piece of a text with its number of tokens. */
export interface TokenPiece {
  readonly text: string;
  /** Number of tokens; 0 for text between words. */
  readonly tokens: number;
}

/** Prefixes and suffixes by which vocabularies mark the middle, the beginning or the end of a word. */
const marks = /^(##|▁|Ġ)|<\/w>$/gu;

/**
 * Splits a text into pieces that have tokens of their own: words if possible, otherwise single tokens.
 * @returns the token ids that the model reads, and the pieces. Their tokens follow the leading special tokens
 */
export function tokenPieces(
  tokenizer: Tokenizer,
  text: string,
): { readonly ids: readonly number[]; readonly pieces: readonly TokenPiece[] } {
  const { ids } = tokenizer.encode(text);
  const { before, behind } = tokenizer.marks;
  const inner = ids.slice(before.length, ids.length - behind.length);
  const words = wordPieces(tokenizer, text);
  const all = words.flatMap((piece) => piece.ids);
  // A long text is truncated, so the model's tokens are the first ones.
  const agrees = all.length >= inner.length && inner.every((id, i) => id === all[i]);
  if (!agrees)
    return {
      ids,
      pieces: inner.map((id) => ({ text: (tokenizer.tokenOf(id) ?? "?").replace(marks, ""), tokens: 1 })),
    };
  let left = inner.length;
  return {
    ids,
    pieces: words.map((piece) => {
      const tokens = Math.min(left, piece.ids.length);
      left -= tokens;
      return { text: piece.text, tokens };
    }),
  };
}

/** Returns words with their token ids. Adjacent words become one piece if their joint tokens differ from their separate ones. */
function wordPieces(tokenizer: Tokenizer, text: string) {
  const found: { readonly text: string; readonly ids: readonly number[] }[] = [];
  for (const [whole, space = "", joined = ""] of text.matchAll(/(\s*)(\S+)|\s+$/gu)) {
    if (joined === "") {
      found.push({ text: whole, ids: [] });
      continue;
    }
    if (space !== "") found.push({ text: space, ids: [] });
    const lead = tokenizer.spaceInToken && found.length > 0 ? " " : "";
    const ids = tokenizer.pieces(lead + joined);
    const parts = pieces(joined).map((piece, i) => ({
      text: piece.text,
      ids: tokenizer.pieces((i === 0 ? lead : "") + piece.text),
    }));
    const same = parts.flatMap((part) => part.ids).join() === ids.join();
    found.push(...(same ? parts : [{ text: joined, ids }]));
  }
  return found;
}
