import type { Draws } from "../../core/random.js";

/** What a token is when whole words are chosen: a further piece of a word, a Chinese character, or the begin of a word. */
export type TokenKind = "piece" | "chinese" | "other";

/** How places of a row are chosen, and what becomes of them. */
export interface Masking {
  /** Places to choose. */
  readonly count: number;
  /** `word`: all pieces of a word together, and of Chinese characters now and then the next one or two as well. */
  readonly unit: "token" | "word";
  readonly kind: (token: number) => TokenKind;
  /** Marks such as [CLS], [SEP] and [PAD]: they are not chosen. */
  readonly special: (token: number) => boolean;
  /** The number of [MASK]. */
  readonly mask: number;
  /** Tokens that may stand in for a chosen one. */
  readonly ordinary: { readonly length: number; readonly at: (index: number) => number };
  readonly random: Draws;
}

/** Shares of the chosen places that become [MASK], and [MASK] or another token. @see Devlin et al. 2019, appendix A.1 */
const [asMask, asOther] = [0.8, 0.9] as const;

/**
 * Choose places of a row and hide what stands there: 80 % become [MASK], 10 % another token, 10 % stay.
 *
 * @param row is changed; its first and last token are never chosen.
 * @param options.count at most the row's tokens without these two
 * @returns the places in order, and the tokens that stood there
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
  // A row of almost nothing but marks: what is left of the places falls on any.
  for (let i = 1; chosen.size < count; i++) chosen.add(i);
  const places = [...chosen].sort((a, b) => a - b);
  const tokens = places.map((i) => row[i]!);
  for (const i of places) {
    const draw = random.uniform();
    if (draw < asMask) row[i] = mask;
    else if (draw < asOther) row[i] = ordinary.at(random.integer(ordinary.length));
  }
  return { places, tokens };
}

/** What a token is, by how its vocabulary writes it: `##` goes on with a word, as WordPiece has it. */
export function kindOf(token: string): TokenKind {
  if (token.startsWith("##")) return "piece";
  return /^[\u3400-\u9fff]$/.test(token) ? "chinese" : "other";
}
