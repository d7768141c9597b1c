import { permutation } from "../../core/random.js";

/** Tokens of texts one behind the other: text i begins at `starts[i]`, the last one ends at the last of `starts`. */
export interface TokenStream<Tokens extends Uint16Array | Int32Array = Uint16Array | Int32Array> {
  readonly tokens: Tokens;
  readonly starts: { readonly length: number; readonly [text: number]: number };
}

export interface Packing {
  /** Tokens of a row, the marks among them. */
  readonly length: number;
  /** What a row begins with, [CLS], and what a text and a row end with, [SEP]; either may be empty. */
  readonly before: readonly number[];
  readonly behind: readonly number[];
  /** What stands between texts, where that is something else. Default: `behind`. */
  readonly between?: readonly number[];
  readonly seed: number;
  /** Different for streams that must not come in the same order. */
  readonly key: string;
  readonly pass: number;
  /** What becomes of the tokens that fill no row: `kept` gives a last, shorter one. Default "dropped". */
  readonly rest?: "dropped" | "kept";
}

/** The rows of one pass. */
export interface PackedRows<Tokens> {
  readonly count: number;
  /** The i-th row, a new one on each call; the rest's is shorter. */
  row(i: number): Tokens;
}

/** How many rows a stream gives: the same in every pass. */
export function packedCount(
  { tokens, starts }: TokenStream,
  { length, before, behind, between = behind, rest }: Omit<Packing, "seed" | "key" | "pass">,
): number {
  const all = tokens.length + (starts.length - 1) * between.length;
  const inner = length - before.length - behind.length;
  return rest === "kept" ? Math.ceil(all / inner) : Math.floor(all / inner);
}

/**
 * Texts in a random order, one behind the other with a mark between, cut into rows of `length`: [CLS] … [SEP]. Rows are
 * in a random order too, so that neighbours of one text lie apart. No text is cut off, and no place is padding.
 * @see Liu et al., "RoBERTa", 2019, section 4.2, FULL-SENTENCES
 */
export function packedRows<Tokens extends Uint16Array | Int32Array>(
  stream: TokenStream<Tokens>,
  packing: Packing,
): PackedRows<Tokens> {
  const { tokens, starts } = stream;
  const { length, before, behind, between = behind, seed, key, pass } = packing;
  const order = permutation(starts.length - 1, seed, `${key} documents`, pass);
  const make = (size: number): Tokens =>
    (tokens instanceof Uint16Array ? new Uint16Array(size) : new Int32Array(size)) as Tokens;
  const all = make(tokens.length + (starts.length - 1) * between.length);
  let at = 0;
  for (const text of order) {
    const [from, to] = [starts[text]!, starts[text + 1]!];
    all.set(tokens.subarray(from, to), at);
    all.set(between, at + to - from);
    at += to - from + between.length;
  }
  const inner = length - before.length - behind.length;
  const count = packedCount(stream, packing);
  const rows = permutation(count, seed, `${key} rows`, pass);
  return {
    count,
    row(i) {
      const part = all.subarray(rows[i]! * inner, Math.min(all.length, (rows[i]! + 1) * inner));
      const out = make(before.length + part.length + behind.length);
      out.set(before);
      out.set(part, before.length);
      out.set(behind, before.length + part.length);
      return out;
    },
  };
}
