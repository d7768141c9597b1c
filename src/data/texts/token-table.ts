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

/**
 * Texts as numbers: int32[n, length], filled up with {@link noToken}. Equal texts are kept once.
 * @param items with their texts, or what the tokenizer made of them @param options.fixed the only length that the model takes
 */
export function tokenTable(
  items: readonly ({ readonly sha256: string } & (
    | { readonly text: string; readonly pair?: string }
    | { readonly ids: readonly number[] }
  ))[],
  tokenizer: Tokenizer,
  {
    fixed,
    change,
    signal,
    collect,
    scratch,
  }: {
    readonly fixed?: number;
    /** How a text is changed when it is learnt from. Default: it is not. */
    readonly change?: (text: string, epoch: number, item: string) => string;
    readonly signal?: AbortSignal;
    /** Called now and then while many texts leave something behind, and at their end. */
    readonly collect?: () => void;
    /** Where many tokens are kept. Default: in memory. */
    readonly scratch?: OpenScratch;
  } = {},
): TokenTable {
  const numbers = new HashPlaces();
  const all = new ByteStore(scratch);
  /** Where the tokens of text i end: those of the next begin there. */
  let ends = new Float64Array(1024);
  let [used, cut, longest] = [0, 0, 1];
  for (const item of items) {
    const { sha256 } = item;
    if (numbers.get(sha256) !== undefined) continue;
    stopIf(signal);
    const number = numbers.size;
    if (number > 0 && number % collectAfter === 0) collect?.();
    const { ids, cut: isCut } =
      "ids" in item
        ? { ids: item.ids, cut: false }
        : item.pair === undefined
          ? tokenizer.encode(item.text)
          : tokenizer.encodePair(item.text, item.pair);
    if (isCut) cut++;
    all.append(new Uint8Array(Int32Array.from(ids).buffer));
    used += ids.length;
    if (number === ends.length) {
      const more = new Float64Array(2 * number);
      more.set(ends);
      ends = more;
    }
    ends[number] = used;
    numbers.set(sha256, number);
    longest = Math.max(longest, ids.length);
  }
  if (numbers.size >= collectAfter) collect?.();
  const rounded = (n: number): number =>
    fixed ?? Math.min(lengths.find((l) => l >= n) ?? n, Math.max(n, tokenizer.longest));
  const { longest: at } = tokenizer;
  const placeOf = (sha256: string): readonly [first: number, count: number] => {
    const number = numbers.get(sha256);
    if (number === undefined) return [0, 0];
    const first = number === 0 ? 0 : ends[number - 1]!;
    return [first, ends[number]! - first];
  };
  const behind = tokenizer.marks.behind.length;
  return {
    ...(change && {
      changed: (rows, size, epoch) => {
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
      },
    }),
    unit: "texts",
    longest: rounded(longest),
    ...(fixed !== undefined && { fixed }),
    fill: noToken,
    cut: { count: cut, of: numbers.size, at },
    lengthOf: ({ sha256 }) => placeOf(sha256)[1],
    tokens: used,
    sizeOf: ({ sha256 }) => rounded(placeOf(sha256)[1]),
    tensor(rows, size) {
      const data = new Int32Array(rows.length * size).fill(noToken);
      rows.forEach(({ sha256 }, i) => {
        const [first, count] = placeOf(sha256);
        all.read(4 * first, new Uint8Array(data.buffer, 4 * i * size, 4 * Math.min(count, size)));
      });
      return { dtype: "int32", dims: [rows.length, size], data };
    },
  };
}
