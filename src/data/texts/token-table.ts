import { stopIf } from "../../core/errors.js";
import type { ItemInputs } from "../item-inputs.js";
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
  }: {
    readonly fixed?: number;
    /** How a text is changed when it is learnt from. Default: it is not. */
    readonly change?: (text: string, epoch: number, item: string) => string;
    readonly signal?: AbortSignal;
  } = {},
): TokenTable {
  const places = new Map<string, readonly [first: number, count: number]>();
  let all = new Int32Array(1024);
  let [used, cut, longest] = [0, 0, 1];
  for (const item of items) {
    const { sha256 } = item;
    if (places.has(sha256)) continue;
    stopIf(signal);
    const { ids, cut: isCut } =
      "ids" in item
        ? { ids: item.ids, cut: false }
        : item.pair === undefined
          ? tokenizer.encode(item.text)
          : tokenizer.encodePair(item.text, item.pair);
    if (isCut) cut++;
    if (used + ids.length > all.length) {
      const larger = new Int32Array(Math.max(2 * all.length, used + ids.length));
      larger.set(all.subarray(0, used));
      all = larger;
    }
    all.set(ids, used);
    places.set(sha256, [used, ids.length]);
    used += ids.length;
    longest = Math.max(longest, ids.length);
  }
  const rounded = (n: number): number =>
    fixed ?? Math.min(lengths.find((l) => l >= n) ?? n, Math.max(n, tokenizer.longest));
  const { longest: at } = tokenizer;
  const placeOf = (sha256: string) => places.get(sha256) ?? ([0, 0] as const);
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
    cut: { count: cut, of: places.size, at },
    lengthOf: ({ sha256 }) => placeOf(sha256)[1],
    tokens: used,
    sizeOf: ({ sha256 }) => rounded(placeOf(sha256)[1]),
    tensor(rows, size) {
      const data = new Int32Array(rows.length * size).fill(noToken);
      rows.forEach(({ sha256 }, i) => {
        const [first, count] = placeOf(sha256);
        data.set(all.subarray(first, first + Math.min(count, size)), i * size);
      });
      return { dtype: "int32", dims: [rows.length, size], data };
    },
  };
}
