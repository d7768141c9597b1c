import type { Tokenizer } from "../../data/texts/tokenizer.js";
import { pieces } from "../../explain/index.js";

/** A piece of a text with its tokens. */
export interface TokenPiece {
  readonly text: string;
  /** Number of tokens; 0 for what stands between words. */
  readonly tokens: number;
}

/** How vocabularies mark the middle, or the beginning, of a word. */
const marks = /^(##|▁|Ġ)|<\/w>$/gu;

/**
 * Parts a text into pieces that have tokens of their own: words, else the tokens themselves.
 * @returns the numbers of all tokens that the model sees, and the pieces; their tokens follow the marks in front
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
  // A long text is cut: its tokens are the first of all.
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

/** Words with the numbers that the tokenizer gives them alone: of a word that is joined to others, as a whole. */
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
