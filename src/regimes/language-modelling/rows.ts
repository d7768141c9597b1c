import { stopIf } from "../../core/errors.js";
import { draws } from "../../core/random.js";
import type { Tensor } from "../../core/tensor.js";
import { kindOf, maskRow, type TokenKind } from "../../data/texts/masking.js";
import { type Packing, packedCount, packedRows, type TokenStream } from "../../data/texts/packing.js";
import { noToken } from "../../data/texts/token-table.js";
import type { Tokenizer } from "../../data/texts/tokenizer.js";
import type { StepFeeds } from "../../train/loop.js";
import { feedNames } from "../../train/step/state-names.js";

/** Format of rows of tokens for a language model. */
export interface RowFormat {
  readonly objective: "masked" | "causal";
  readonly tokenizer: Tokenizer;
  /** Tokens per row. */
  readonly length: number;
  /** Share of hidden tokens in a row, 0 … 1. */
  readonly share: number;
  readonly wholeWords: boolean;
  readonly seed: number;
}

/** Returns the number of predicted places per row: all but the last, or the hidden ones. */
export function placesOf({ objective, length, share }: RowFormat): number {
  return objective === "causal" ? length - 1 : Math.max(1, Math.min(length - 2, Math.round(share * length)));
}

/** Joins texts to one stream of tokens. */
export function streamOf(
  texts: readonly string[],
  tokenizer: Tokenizer,
  signal?: AbortSignal,
): TokenStream<Int32Array> {
  let tokens = new Int32Array(1024);
  const starts = [0];
  let at = 0;
  for (const text of texts) {
    stopIf(signal);
    const pieces = tokenizer.pieces(text);
    if (pieces.length === 0) continue;
    if (at + pieces.length > tokens.length) {
      const larger = new Int32Array(Math.max(2 * tokens.length, at + pieces.length));
      larger.set(tokens);
      tokens = larger;
    }
    tokens.set(pieces, at);
    at += pieces.length;
    starts.push(at);
  }
  return { tokens: tokens.slice(0, at), starts };
}

/** Rows of a token stream in a format, pass after pass. */
export class LanguageRows {
  /** Rows per pass. */
  readonly count: number;
  readonly places: number;
  private readonly packing: Omit<Packing, "pass">;
  private readonly ordinary: readonly number[];
  private readonly kinds: readonly TokenKind[];
  private packed:
    | { readonly pass: number; readonly rows: ReturnType<typeof packedRows<Int32Array>> }
    | undefined;

  constructor(
    private readonly stream: TokenStream<Int32Array>,
    private readonly format: RowFormat,
    key: string,
  ) {
    const { tokenizer, length, seed } = format;
    const { marks, end, special, vocabulary } = tokenizer;
    const behind = marks.behind;
    const between = behind.length > 0 ? behind : end === undefined ? [] : [end];
    this.packing = { length, before: marks.before, behind, between, seed, key, rest: "kept" };
    this.count = packedCount(stream, this.packing);
    this.places = placesOf(format);
    const all = Array.from({ length: vocabulary }, (_, id) => id);
    this.ordinary = all.filter((id) => !special.has(id));
    this.kinds = format.wholeWords ? all.map((id) => kindOf(tokenizer.tokenOf(id) ?? "")) : [];
  }

  /** Returns the feeds of some rows of a pass, and a weight for each place: 0 for unused places. */
  batch(pass: number, rows: readonly number[]): { readonly x: Tensor; readonly weights: Float32Array } {
    const { length } = this.format;
    const { places: count } = this;
    const width = length + 2 * count;
    const data = new Int32Array(rows.length * width);
    const weights = new Float32Array(rows.length * count);
    rows.forEach((index, r) => {
      const { tokens, places, labels } = this.row(pass, index);
      const at = r * width;
      data.fill(noToken, at, at + length);
      data.set(tokens, at);
      for (let i = 0; i < count; i++) {
        data[at + length + i] = r * length + (places[i] ?? 0);
        data[at + length + count + i] = labels[i] ?? 0;
        if (i < places.length) weights[r * count + i] = 1;
      }
    });
    return { x: { dtype: "int32", dims: [rows.length, width], data }, weights };
  }

  /** Returns these rows with only the first ones of each pass, to measure time. */
  first(rows: number): LanguageRows {
    const some = Object.create(this) as LanguageRows;
    return Object.assign(some, { count: Math.min(rows, this.count) });
  }

  private row(pass: number, index: number) {
    if (this.packed?.pass !== pass)
      this.packed = { pass, rows: packedRows(this.stream, { ...this.packing, pass }) };
    const tokens = this.packed.rows.row(index);
    const { objective, share, seed, tokenizer, wholeWords } = this.format;
    if (objective === "causal") {
      const places = Array.from({ length: Math.max(0, tokens.length - 1) }, (_, i) => i);
      return { tokens, places, labels: places.map((i) => tokens[i + 1]!) };
    }
    const { places, tokens: labels } = maskRow(tokens, {
      count: Math.max(
        0,
        Math.min(this.places, tokens.length - 2, Math.max(1, Math.round(share * tokens.length))),
      ),
      unit: wholeWords ? "word" : "token",
      kind: (token) => this.kinds[token] ?? "other",
      special: (token) => tokenizer.special.has(token),
      mask: tokenizer.mask!,
      ordinary: { length: this.ordinary.length, at: (i) => this.ordinary[i]! },
      random: draws(seed, "masks", this.packing.key, pass, index),
    });
    return { tokens, places, labels };
  }

  /** Yields the feeds of an epoch from step `from` on. They depend only on seed, epoch and step. */
  async *feeds(epoch: number, from: number, batch: number, signal?: AbortSignal): AsyncGenerator<StepFeeds> {
    const names = feedNames("train");
    for (let first = from * batch; first < this.count; first += batch) {
      stopIf(signal);
      const filled = Array.from({ length: batch }, (_, i) => (first + i < this.count ? first + i : first));
      const { x, weights } = this.batch(epoch, filled);
      // The last batch is padded with its first row, whose copies have weight 0.
      weights.fill(0, (Math.min(this.count, first + batch) - first) * this.places);
      const dims = [weights.length];
      yield {
        [names.x]: x,
        [names.labels]: { dtype: "int64", dims, data: new BigInt64Array(weights.length) },
        [names.weights]: { dtype: "float32", dims, data: weights },
      };
    }
  }
}
