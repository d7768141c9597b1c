import { stopIf } from "../../core/errors.js";
import { ByteStore, type OpenScratch } from "../byte-store.js";
import type { ItemInputs } from "../item-inputs.js";
import type { Tokenizer } from "./tokenizer.js";

/**
 * Padded lengths of batches outside training, each at most a half above the one before. They are the same for all data, since a text's
 * features must not depend on other texts. The runtime plans each length once.
 */
const lengths = [
  4, 6, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384,
  448, 512, 640, 768, 896, 1024, 1280, 1536, 1792, 2048, 3072, 4096, 6144, 8192,
];

/** The tokens of all texts; equal texts share their tokens. */
export interface TokenTable extends ItemInputs {
  /** Number of tokens of all texts. */
  readonly tokens: number;
}

/** Number of texts between two garbage collections. */
const collectAfter = 8192;

/** Padding value of a token table. */
export const noToken = -1;

/** A text, a pair of texts, or their tokens. */
type TokenItem = { readonly sha256: string } & (
  | { readonly text: string; readonly pair?: string }
  | { readonly ids: readonly number[] }
);

/** Options of {@link tokenTable}. */
interface TokenTableOptions {
  /** Fixed input length of the model, in tokens. */
  readonly fixed?: number;
  /** Augments a text in training. Default: no augmentation. */
  readonly change?: (text: string, epoch: number, item: string) => string;
  readonly signal?: AbortSignal;
  /** Collects garbage; called during and after the tokenization of many texts. */
  readonly collect?: () => void;
  /** Opens the scratch file for many tokens. Default: memory. */
  readonly scratch?: OpenScratch;
}

/** A store of tokens. Equal texts are stored once. */
class StoredTokens {
  private readonly numbers = new HashPlaces();
  private readonly all: ByteStore;
  /** End of the tokens of text i, which is the start of those of text i + 1. */
  private ends = new Float64Array(1024);
  /** Number of tokens of all texts. */
  used = 0;
  /** Number of tokens of the longest text. */
  longest = 1;

  constructor(scratch: OpenScratch | undefined) {
    this.all = new ByteStore(scratch);
  }

  /** Number of different texts. */
  get size(): number {
    return this.numbers.size;
  }

  has(sha256: string): boolean {
    return this.numbers.get(sha256) !== undefined;
  }

  append(sha256: string, ids: readonly number[]): void {
    const number = this.numbers.size;
    this.all.append(new Uint8Array(Int32Array.from(ids).buffer));
    this.used += ids.length;
    if (number === this.ends.length) {
      const more = new Float64Array(2 * number);
      more.set(this.ends);
      this.ends = more;
    }
    this.ends[number] = this.used;
    this.numbers.set(sha256, number);
    this.longest = Math.max(this.longest, ids.length);
  }

  /** Returns the offset and the number of a text's tokens. */
  placeOf(sha256: string): readonly [first: number, count: number] {
    const number = this.numbers.get(sha256);
    if (number === undefined) return [0, 0];
    const first = number === 0 ? 0 : this.ends[number - 1]!;
    return [first, this.ends[number]! - first];
  }

  /** Writes the tokens of a text into row i of int32[n, size]. */
  read(sha256: string, data: Int32Array, i: number, size: number): void {
    const [first, count] = this.placeOf(sha256);
    this.all.read(4 * first, new Uint8Array(data.buffer, 4 * i * size, 4 * Math.min(count, size)));
  }
}

/**
 * Tokenizes texts. The table returns them as int32[n, length], padded with {@link noToken}.
 * @param items texts, pairs, or token ids
 */
export function tokenTable(
  items: readonly TokenItem[],
  tokenizer: Tokenizer,
  { fixed, change, signal, collect, scratch }: TokenTableOptions = {},
): TokenTable {
  const stored = new StoredTokens(scratch);
  let cut = 0;
  for (const item of items) {
    if (stored.has(item.sha256)) continue;
    stopIf(signal);
    if (stored.size > 0 && stored.size % collectAfter === 0) collect?.();
    const { ids, cut: isCut } = encoded(item, tokenizer);
    if (isCut) cut++;
    stored.append(item.sha256, ids);
  }
  if (stored.size >= collectAfter) collect?.();
  const { longest: most, joined = [tokenizer] } = tokenizer;
  const rounded = (n: number): number =>
    fixed ?? Math.min(lengths.find((l) => l >= n) ?? n, Math.max(n, most));
  return {
    changed: change && changedRows(tokenizer, change),
    unit: "texts",
    longest: rounded(stored.longest),
    fixed,
    fill: noToken,
    cut: { count: cut, of: stored.size, at: most / joined.length },
    lengthOf: ({ sha256 }) => stored.placeOf(sha256)[1],
    tokens: stored.used,
    sizeOf: ({ sha256 }) => rounded(stored.placeOf(sha256)[1]),
    tensor(rows, size) {
      const data = new Int32Array(rows.length * size).fill(noToken);
      rows.forEach(({ sha256 }, i) => {
        stored.read(sha256, data, i, size);
      });
      return { dtype: "int32", dims: [rows.length, size], data };
    },
  };
}

/** Returns the tokens of an item. */
function encoded(item: TokenItem, tokenizer: Tokenizer): ReturnType<Tokenizer["encode"]> {
  if ("ids" in item) return { ids: item.ids, cut: false };
  return item.pair === undefined ? tokenizer.encode(item.text) : tokenizer.encodePair(item.text, item.pair);
}

/** Returns the function that tokenizes the augmented texts of an epoch. */
function changedRows(
  tokenizer: Tokenizer,
  change: NonNullable<TokenTableOptions["change"]>,
): NonNullable<TokenTable["changed"]> {
  const behind = tokenizer.marks.behind.length;
  return (rows, size, epoch) => {
    const data = new Int32Array(rows.length * size).fill(noToken);
    rows.forEach((row, i) => {
      const { text = "", pair, id = row.sha256 } = row as Partial<Record<"text" | "pair" | "id", string>>;
      const first = change(text, epoch, id);
      const { ids } =
        pair === undefined
          ? tokenizer.encode(first)
          : tokenizer.encodePair(first, change(pair, epoch, `${id} pair`));
      // A typing error may add tokens. Truncation keeps the special tokens at the end.
      const end = behind > 0 ? ids.slice(-behind) : [];
      data.set(ids.length <= size ? ids : [...ids.slice(0, size - behind), ...end], i * size);
    });
    return { dtype: "int32", dims: [rows.length, size], data };
  };
}

/** Returns 52 bits of a hash as a number, which a float64 represents exactly. */
const bitsOf = (sha256: string, from: number): number => Number.parseInt(sha256.slice(from, from + 13), 16);

const isHash = /^[0-9a-f]{64}$/;

/**
 * A hash table from sha256 to a number. An entry takes at least 40 bytes, less than its string in a Map: only the first 104 bits of
 * a hash are stored. Names that are no sha256 go into a Map.
 */
export class HashPlaces {
  readonly #others = new Map<string, number>();
  #count = 0;
  #high = new Float64Array(1024);
  #low = new Float64Array(1024);
  /** The number + 1; 0 for a free slot. */
  #numbers = new Int32Array(1024);

  get size(): number {
    return this.#count + this.#others.size;
  }

  get(name: string): number | undefined {
    if (!isHash.test(name)) return this.#others.get(name);
    const found = this.#numbers[this.#slot(bitsOf(name, 0), bitsOf(name, 13))]!;
    return found === 0 ? undefined : found - 1;
  }

  set(name: string, number: number): void {
    if (!isHash.test(name)) {
      this.#others.set(name, number);
      return;
    }
    if (2 * this.#count >= this.#numbers.length) this.#grow();
    this.#put(bitsOf(name, 0), bitsOf(name, 13), number + 1);
  }

  #put(high: number, low: number, number: number): void {
    const slot = this.#slot(high, low);
    if (this.#numbers[slot] === 0) this.#count++;
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#numbers[slot] = number;
  }

  #slot(high: number, low: number): number {
    const { length } = this.#numbers;
    let slot = high % length;
    while (this.#numbers[slot] !== 0 && (this.#high[slot] !== high || this.#low[slot] !== low))
      slot = (slot + 1) % length;
    return slot;
  }

  #grow(): void {
    const [high, low, numbers] = [this.#high, this.#low, this.#numbers];
    const length = 2 * numbers.length;
    [this.#high, this.#low] = [new Float64Array(length), new Float64Array(length)];
    this.#numbers = new Int32Array(length);
    this.#count = 0;
    numbers.forEach((number, i) => {
      if (number !== 0) this.#put(high[i]!, low[i]!, number);
    });
  }
}
