import type { Draws } from "../../core/random.js";

/** The role of a token in whole-word masking: a continuation of a word, a Chinese character, or the beginning of a word. */
export type TokenKind = "piece" | "chinese" | "other";

/** Options of {@link maskRow}. */
export interface Masking {
  /** Number of places to mask. */
  readonly count: number;
  /** `word` masks all pieces of a word, and one to three neighbouring Chinese characters. */
  readonly unit: "token" | "word";
  readonly kind: (token: number) => TokenKind;
  /** True for special tokens such as [CLS], [SEP] and [PAD], which are never masked. */
  readonly special: (token: number) => boolean;
  /** Token id of [MASK]. */
  readonly mask: number;
  /** Ids of tokens that may replace a chosen one. */
  readonly ordinary: { readonly length: number; readonly at: (index: number) => number };
  readonly random: Draws;
}

/** Cumulative shares of the chosen places: [MASK], then another token. @see Devlin et al. 2019, appendix A.1 */
const [maskShare, replacedShare] = [0.8, 0.9] as const;

/**
 * Masks random places of a row: 80 % become [MASK], 10 % another token, 10 % stay.
 *
 * @param row token ids, changed in place; its first and last token are never chosen
 * @param options.count at most the row's tokens without these two
 * @returns the places in ascending order, and their original tokens
 * @see Devlin et al., "BERT", 2019, section 3.1; whole words: Cui et al., "Pre-Training with Whole Word Masking for
 * Chinese BERT", 2021
 * @example maskRow(row, { count: 19, unit: "token", kind, special, mask: 4, ordinary, random: draws(seed, "masks", i) })
 */
export function maskRow(
  row: { readonly length: number; [place: number]: number },
  { count, unit, kind, special, mask, ordinary, random }: Masking,
): { readonly places: number[]; readonly tokens: number[] } {
  const chosen = new Set<number>();
  const free = (i: number): boolean => i > 0 && i < row.length - 1 && !special(row[i]!) && !chosen.has(i);
  for (let tries = 0; chosen.size < count && tries < 50 * count; tries++) {
    let from = 1 + random.integer(row.length - 2);
    if (!free(from)) continue;
    let to = from + 1;
    if (unit === "word" && kind(row[from]!) === "chinese") {
      while (to - from < 3 && random.chance(0.4) && free(to) && kind(row[to]!) === "chinese") to++;
    } else if (unit === "word") {
      while (from > 1 && kind(row[from]!) === "piece" && free(from - 1)) from--;
      while (free(to) && kind(row[to]!) === "piece") to++;
    }
    for (let i = from; i < to && chosen.size < count; i++) chosen.add(i);
  }
  // A row of almost only special tokens has too few free places, so special tokens are masked too.
  for (let i = 1; chosen.size < count; i++) chosen.add(i);
  const places = [...chosen].sort((a, b) => a - b);
  const tokens = places.map((i) => row[i]!);
  for (const i of places) {
    const draw = random.uniform();
    if (draw < maskShare) row[i] = mask;
    else if (draw < replacedShare) row[i] = ordinary.at(random.integer(ordinary.length));
  }
  return { places, tokens };
}

/** Returns the kind of a WordPiece token: `##` marks a continuation of a word. */
export function kindOf(token: string): TokenKind {
  if (token.startsWith("##")) return "piece";
  return /^[\u3400-\u9fff]$/.test(token) ? "chinese" : "other";
}
