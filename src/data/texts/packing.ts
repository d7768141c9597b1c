import { permutation } from "../../core/random.js";

/** Concatenated tokens of texts: text i has the tokens from `starts[i]` up to `starts[i + 1]`. */
export interface TokenStream<Tokens extends Uint16Array | Int32Array = Uint16Array | Int32Array> {
  readonly tokens: Tokens;
  readonly starts: { readonly length: number; readonly [text: number]: number };
}

/** Options of {@link packedRows}. */
export interface Packing {
  /** Tokens of a row, including special tokens. */
  readonly length: number;
  /** Special tokens at the beginning of a row, such as [CLS]; may be empty. */
  readonly before: readonly number[];
  /** Special tokens at the end of a row, such as [SEP]; may be empty. */
  readonly behind: readonly number[];
  /** Special tokens between texts. Default: `behind`. */
  readonly between?: readonly number[];
  readonly seed: number;
  /** Purpose of the random order; streams with different keys get different orders. */
  readonly key: string;
  readonly pass: number;
  /** Treatment of the last tokens, which fill no row: `kept` returns them as a shorter row. Default "dropped". */
  readonly rest?: "dropped" | "kept";
}

/** The rows of one pass. */
export interface PackedRows<Tokens> {
  readonly count: number;
  /** Returns a new copy of row i. */
  row(i: number): Tokens;
}

/** Returns the number of rows of a stream, which is the same in every pass. */
export function packedCount(
  { tokens, starts }: TokenStream,
  { length, before, behind, between = behind, rest }: Omit<Packing, "seed" | "key" | "pass">,
): number {
  const all = tokens.length + (starts.length - 1) * between.length;
  const inner = length - before.length - behind.length;
  return rest === "kept" ? Math.ceil(all / inner) : Math.floor(all / inner);
}

/**
 * Packs texts into rows of `length` tokens: [CLS] … [SEP]. Texts are concatenated in a random order, and the rows are shuffled, so
 * that two rows of one text rarely follow each other. No text is truncated, and no row is padded.
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
