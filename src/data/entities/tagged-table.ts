import type { ItemInputs } from "../item-inputs.js";
import { tokenTable } from "../texts/token-table.js";
import type { Tokenizer } from "../texts/tokenizer.js";
import type { SentenceItem } from "./open-entities.js";
import { encodeWords } from "./words.js";

type Sentence = Pick<SentenceItem, "sha256" | "words" | "tags"> & {
  /** True for each word after a space. Default: derived from the script of the neighbouring words. */
  readonly spaced?: readonly boolean[];
};

/** The tokens of sentences, with the places of their words. */
export interface TaggedTable extends ItemInputs {
  /** Number of words that were truncated. */
  readonly unseen: number;
  /** Returns the place of the first token of each word that was not truncated. */
  placesOf(item: Pick<Sentence, "sha256">): Int32Array;
  /** Returns the tags of sentences, int64[n · size], and weights that are 1 at the first token of a word and 0 elsewhere. */
  tagsOf(
    items: readonly Sentence[],
    size: number,
  ): { readonly labels: BigInt64Array; readonly weights: Float32Array };
}

/** Tokenizes sentences. @param options.fixed fixed input length of the model, in tokens */
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

/** Returns the concatenated tags of the words that were not truncated. @param seen number of such words in each sentence */
export function tagsSeen(items: readonly Pick<Sentence, "tags">[], seen: Int32Array): Int32Array {
  return Int32Array.from(items.flatMap(({ tags }, i) => tags.slice(0, seen[i])));
}
