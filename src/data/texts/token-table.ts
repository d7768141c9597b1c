import { stopIf } from "../../core/errors.js";
import { ByteStore, type OpenScratch } from "../byte-store.js";
import type { ItemInputs } from "../item-inputs.js";
import { HashPlaces } from "./hash-places.js";
import type { Tokenizer } from "./tokenizer.js";

/**
 * Lengths that batches have which are only computed, each an eighth to a quarter above the one before: a text's features
 * must not depend on the others, so these are the same for all data. Each is a set of shapes that the runtime plans for.
 */
const lengths = [
  4, 6, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384,
  448, 512, 640, 768, 896, 1024, 1280, 1536, 1792, 2048, 3072, 4096, 6144, 8192,
];

/** The tokens of all texts, once, side by side. */
export interface TokenTable extends ItemInputs {
  /** Tokens of all texts. */
  readonly tokens: number;
}

/** Texts after which what tokenizing leaves behind is collected. */
const collectAfter = 8192;

/** Stands where no token is. */
export const noToken = -1;

/** A text, a pair of texts, or their tokens. */
type TokenItem = { readonly sha256: string } & (
  | { readonly text: string; readonly pair?: string }
  | { readonly ids: readonly number[] }
);

/** How texts become a table of tokens. */
interface TokenTableOptions {
  /** The only length that the model takes. */
  readonly fixed?: number;
  /** How a text is changed when it is learnt from. Default: it is not. */
  readonly change?: (text: string, epoch: number, item: string) => string;
  readonly signal?: AbortSignal;
  /** Called now and then while many texts leave something behind, and at their end. */
  readonly collect?: () => void;
  /** Where many tokens are kept. Default: in memory. */
  readonly scratch?: OpenScratch;
}

/** Tokens of texts, side by side. Equal texts are kept once. */
class StoredTokens {
  private readonly numbers = new HashPlaces();
  private readonly all: ByteStore;
  /** Where the tokens of text i end: those of the next begin there. */
  private ends = new Float64Array(1024);
  /** Tokens of all texts, and the most of one. */
  used = 0;
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

  /** Returns where a text's tokens begin, and how many there are. */
  placeOf(sha256: string): readonly [first: number, count: number] {
    const number = this.numbers.get(sha256);
    if (number === undefined) return [0, 0];
    const first = number === 0 ? 0 : this.ends[number - 1]!;
    return [first, this.ends[number]! - first];
  }

  /** Writes the tokens of a text into row `i` of rows of `size`. */
  read(sha256: string, data: Int32Array, i: number, size: number): void {
    const [first, count] = this.placeOf(sha256);
    this.all.read(4 * first, new Uint8Array(data.buffer, 4 * i * size, 4 * Math.min(count, size)));
  }
}

/**
 * Texts as numbers: int32[n, length], filled up with {@link noToken}. Equal texts are kept once.
 * @param items with their texts, or what the tokenizer made of them
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
  const { longest: at } = tokenizer;
  const rounded = (n: number): number => fixed ?? Math.min(lengths.find((l) => l >= n) ?? n, Math.max(n, at));
  return {
    ...(change && { changed: changedRows(tokenizer, change) }),
    unit: "texts",
    longest: rounded(stored.longest),
    ...(fixed !== undefined && { fixed }),
    fill: noToken,
    cut: { count: cut, of: stored.size, at },
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

/** Returns the function that makes tokens of texts as they are changed in an epoch. */
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
      // A slip may make more tokens of a word than there is room for: the marks at the end stay.
      const end = behind > 0 ? ids.slice(-behind) : [];
      data.set(ids.length <= size ? ids : [...ids.slice(0, size - behind), ...end], i * size);
    });
    return { dtype: "int32", dims: [rows.length, size], data };
  };
}
