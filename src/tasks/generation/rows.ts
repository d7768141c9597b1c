import { stopIf } from "../../core/errors.js";
import { draws, permutation } from "../../core/random.js";
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

/** A row of tokens, the places whose token is predicted, and that token. */
interface Row {
  readonly tokens: ArrayLike<number>;
  readonly places: readonly number[];
  readonly labels: ArrayLike<number>;
}

/**
 * Returns rows as a language model takes them, and a weight for each place: 0 for unused places.
 * @param length tokens of each row @param count predicted places of each row
 */
export function feedOf(
  rows: readonly Row[],
  { length, places: count }: { readonly length: number; readonly places: number },
): { readonly x: Tensor; readonly weights: Float32Array } {
  const width = length + 2 * count;
  const data = new Int32Array(rows.length * width);
  const weights = new Float32Array(rows.length * count);
  rows.forEach(({ tokens, places, labels }, r) => {
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

/** Rows of tokens for a language model, pass after pass. */
export abstract class LanguageRows {
  /** Rows per pass. */
  abstract readonly count: number;
  /** Most predicted places of a row. */
  abstract readonly places: number;
  /** The texts that the rows are parts of. Missing: a row holds parts of several. */
  readonly texts?: TextsOfRows;

  protected constructor(protected readonly format: RowFormat) {}

  protected abstract row(pass: number, index: number): Row;

  /** Returns the feeds of some rows of a pass, and a weight for each place: 0 for unused places. */
  batch(pass: number, rows: readonly number[]): { readonly x: Tensor; readonly weights: Float32Array } {
    const { places, format } = this;
    return feedOf(
      rows.map((index) => this.row(pass, index)),
      { length: format.length, places },
    );
  }

  /** Yields the tokens that are predicted in the first pass, each with the number of its row. */
  *labels(): Generator<readonly [token: number, row: number]> {
    for (let index = 0; index < this.count; index++) {
      const { places, labels } = this.row(0, index);
      for (const i of places.keys()) yield [labels[i]!, index];
    }
  }

  /** Returns these rows with only the first ones of each pass, to measure time. */
  first(rows: number): LanguageRows {
    const some = Object.create(this) as LanguageRows;
    return Object.assign(some, { count: Math.min(rows, this.count) });
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

/** Rows of a token stream in a format: texts follow one another, and a row may hold parts of several. */
export class PackedTexts extends LanguageRows {
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
    format: RowFormat,
    key: string,
  ) {
    super(format);
    const { tokenizer, length, seed } = format;
    const { special, vocabulary } = tokenizer;
    const { before, behind } = marksAround(tokenizer);
    const packing = { length, before, behind: tokenizer.marks.behind, between: behind };
    this.packing = { ...packing, seed, key, rest: "kept" };
    this.count = packedCount(stream, this.packing);
    this.places = placesOf(format);
    const all = Array.from({ length: vocabulary }, (_, id) => id);
    this.ordinary = all.filter((id) => !special.has(id));
    this.kinds = format.wholeWords ? all.map((id) => kindOf(tokenizer.tokenOf(id) ?? "")) : [];
  }

  protected row(pass: number, index: number): Row {
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
}

/** Returns the tokens before a text, and those between texts: an end token, if the tokenizer marks none. */
function marksAround({ marks, end }: Tokenizer): Tokenizer["marks"] {
  const { before, behind } = marks;
  return { before, behind: behind.length > 0 || end === undefined ? behind : [end] };
}

/** A part of a text or chat. */
export interface Part {
  readonly ids: readonly number[];
  /** Whether each token is predicted, from those before it. The first one never is. */
  readonly isPredicted: (place: number) => boolean;
  /** Number of its text. */
  readonly text: number;
}

/** The texts or chats that rows are parts of. */
export interface TextsOfRows {
  /** Number of the text of each row. */
  readonly ofRow: readonly number[];
  /** Bytes of each text in UTF-8, of a chat those of its answers. */
  readonly bytes: readonly number[];
}

/** The beginning of a text as tokens, and what follows it there. */
export interface Beginning {
  /** Number of the text. */
  readonly text: number;
  readonly prompt: readonly number[];
  readonly data: readonly number[];
}

/** Rows that each hold a part of one text or chat. */
export class RowsOfTexts extends LanguageRows {
  readonly count: number;
  override readonly texts: TextsOfRows;
  private readonly rows: readonly Row[];
  private order: { readonly pass: number; readonly rows: readonly number[] } | undefined;

  /** @param key of their random order in a pass. Missing: they are in the order of the texts */
  constructor(
    parts: readonly Part[],
    bytes: readonly number[],
    format: RowFormat,
    readonly places: number,
    private readonly key?: string,
  ) {
    super(format);
    this.rows = parts.map(({ ids, isPredicted }) => {
      const places = ids.flatMap((_, i) => (i > 0 && isPredicted(i) ? [i - 1] : []));
      return { tokens: ids, places, labels: places.map((i) => ids[i + 1]!) };
    });
    this.count = parts.length;
    this.texts = { ofRow: parts.map(({ text }) => text), bytes };
  }

  /**
   * Returns beginnings of texts, each with what follows it: of a chat all before an answer, and the answer; of a text its first third, at
   * most `longest` tokens, and the rest of the word there.
   */
  beginnings(count: number, longest: number): readonly Beginning[] {
    const { ofRow } = this.texts;
    return this.rows.flatMap(({ tokens, places }, row) => {
      const ids = Array.from(tokens);
      const isFirst = row === 0 || ofRow[row] !== ofRow[row - 1];
      const isWhole = places.length === ids.length - 1;
      const third = Math.min(longest, Math.ceil(ids.length / 3));
      const at = isWhole ? endOfWord(ids, third, this.format.tokenizer) : places[0]! + 1;
      const other = places.findIndex((place, i) => place + 1 !== at + i);
      const end = isWhole ? ids.length : at + (other < 0 ? places.length : other);
      return isFirst && ofRow[row]! < count && at < ids.length
        ? [{ text: ofRow[row]!, prompt: ids.slice(0, at), data: ids.slice(at, end) }]
        : [];
    });
  }

  protected row(pass: number, index: number): Row {
    if (this.key === undefined) return this.rows[index]!;
    if (this.order?.pass !== pass)
      this.order = { pass, rows: permutation(this.rows.length, this.format.seed, this.key, pass) };
    return this.rows[this.order.rows[index]!]!;
  }
}

/** Most tokens of the rest of a word. */
const longestRest = 8;

/** Returns the first place from `from` on that begins a word; `from` if no word begins near it, as in Chinese. */
function endOfWord(ids: readonly number[], from: number, tokenizer: Tokenizer): number {
  const textOf = (count: number): string => tokenizer.text(ids.slice(0, count));
  for (let at = from; at < Math.min(ids.length - 1, from + longestRest); at++)
    if (/^\s/.test(textOf(at + 1).slice(textOf(at).length))) return at;
  return from;
}

/**
 * Returns texts for a decoder, each in rows of its own, none for a text without tokens, so that every token of a text is predicted once: the first from the tokenizer's
 * mark before a text, the first of a further row from the last of the row before.
 */
export function rowsOfTexts(texts: readonly string[], format: RowFormat): RowsOfTexts {
  const { tokenizer, length } = format;
  const { before, behind } = marksAround(tokenizer);
  const start = before.length > 0 ? before : behind;
  const parts: Part[] = [];
  const bytes: number[] = [];
  for (const text of texts) {
    const pieces = tokenizer.pieces(text);
    if (pieces.length === 0) {
      bytes.push(0);
      continue;
    }
    const ids = [...start, ...pieces, ...behind];
    // Without a mark before it, nothing predicts the first token.
    const seen = start.length > 0 ? "" : tokenizer.text(pieces.slice(0, 1));
    const isPredicted = (from: number) => (place: number) => from + place >= start.length;
    for (let from = 0; from < ids.length - 1; from += length - 1)
      parts.push({ ids: ids.slice(from, from + length), isPredicted: isPredicted(from), text: bytes.length });
    bytes.push(Math.max(1, utf8.encode(text).length - utf8.encode(seen).length));
  }
  return new RowsOfTexts(parts, bytes, format, placesOf(format));
}

const utf8 = new TextEncoder();
