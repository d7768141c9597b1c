import type { ItemInputs } from "../item-inputs.js";
import { tokenTable } from "../texts/token-table.js";
import type { Tokenizer } from "../texts/tokenizer.js";
import type { SentenceItem } from "./open-entities.js";
import { encodeWords } from "./words.js";

type Sentence = Pick<SentenceItem, "sha256" | "words" | "tags"> & {
  /** Whether a space stands before each word. Default: by the script of the words around it. */
  readonly spaced?: readonly boolean[];
};

/** Sentences as rows of tokens, with the places of their words. */
export interface TaggedTable extends ItemInputs {
  /** Words that were cut off with the sentences that are longer than the model takes. */
  readonly unseen: number;
  /** Places of the words that are seen, in a row of tokens: one for each word from the first on. */
  placesOf(item: Pick<Sentence, "sha256">): Int32Array;
  /** Tags of sentences side by side, int64[n · size]; weight 0 for all but the first token of a word. */
  tagsOf(
    items: readonly Sentence[],
    size: number,
  ): { readonly labels: BigInt64Array; readonly weights: Float32Array };
}

/** The tokens of all sentences, once. @param options.fixed the only length that the model takes */
export function taggedTable(
  items: readonly Sentence[],
  tokenizer: Tokenizer,
  options: { readonly fixed?: number; readonly signal?: AbortSignal } = {},
): TaggedTable {
  const bySha = new Map(items.map((item) => [item.sha256, item]));
  const places = new Map<string, Int32Array>();
  let unseen = 0;
  const encode = (sha256: string) => {
    const { words, spaced } = bySha.get(sha256)!;
    const { ids, cut, places: all } = encodeWords(tokenizer, words, spaced && ((i) => spaced[i]!));
    const seen = all.indexOf(-1);
    places.set(sha256, seen < 0 ? all : all.subarray(0, seen));
    if (seen >= 0) unseen += words.length - seen;
    return { ids, cut };
  };
  const table = tokenTable(
    [...bySha.keys()].map((sha256) => ({ sha256, text: sha256 })),
    { ...tokenizer, encode },
    options,
  );
  const placesOf = ({ sha256 }: Pick<Sentence, "sha256">): Int32Array => places.get(sha256)!;
  return {
    ...table,
    unseen,
    placesOf,
    tagsOf(sentences, size) {
      const labels = new BigInt64Array(sentences.length * size);
      const weights = new Float32Array(sentences.length * size);
      sentences.forEach((item, i) => {
        placesOf(item).forEach((place, word) => {
          labels[i * size + place] = BigInt(item.tags[word]!);
          weights[i * size + place] = 1;
        });
      });
      return { labels, weights };
    },
  };
}

/** Tags of the words that are seen, those of each sentence one after the other. @param seen words of each */
export function tagsSeen(items: readonly Pick<Sentence, "tags">[], seen: Int32Array): Int32Array {
  return Int32Array.from(items.flatMap(({ tags }, i) => tags.slice(0, seen[i])));
}
