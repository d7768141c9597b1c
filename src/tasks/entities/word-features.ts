import { EngraftError, stopIf } from "../../core/errors.js";
import type { OnProgress } from "../../core/events/progress-events.js";
import { permutation } from "../../core/random.js";
import { concatenatedRows, type WritableRows } from "../../core/results/rows.js";
import type { SentenceItem } from "../../data/entities/open-entities.js";
import type { TaggedTable } from "../../data/entities/tagged-table.js";
import { sizedBatches } from "../../data/index.js";
import { withExpectedOutputs } from "../../runtime/output-shapes.js";
import type { Session } from "../../runtime/runtime.js";
import { type FeatureStore, featureBatch } from "../../train/features.js";
import { type OpenScratch, rowTable } from "../../train/objectives/row-table.js";
import { starts } from "./word-logits.js";

/** Features of words, float32[W, D], sentence after sentence. */
export interface WordFeatures {
  readonly items: readonly SentenceItem[];
  readonly seen: Int32Array;
  readonly rows: WritableRows;
}

/** Returns the name of a word's row in the store, from the hash of the sentence and the position of the word. */
const wordName = (sha256: string, word: number): string => `${sha256} word ${word}`;

/** Rows per read from the store, which limits memory. */
const mostQueued = 1024;

/**
 * Returns the positions of the sentences with a word that is not in the store, or all of them without a store.
 * @param found called with each stored row, by sentence and word
 */
export async function missingSentences(
  items: readonly SentenceItem[],
  inputs: Pick<TaggedTable, "placesOf">,
  store: FeatureStore | undefined,
  found: (item: number, word: number, row: Float32Array) => void = () => undefined,
): Promise<number[]> {
  if (!store) return [...items.keys()];
  const missing = new Set<number>();
  let queued: { readonly item: number; readonly word: number }[] = [];
  const runQueued = async (): Promise<void> => {
    const isFound = new Uint8Array(queued.length);
    const names = queued.map(({ item, word }) => wordName(items[item]!.sha256, word));
    await store.forEach(names, (row, i) => {
      isFound[i] = 1;
      found(queued[i]!.item, queued[i]!.word, row);
    });
    for (const [i, { item }] of queued.entries()) if (!isFound[i]) missing.add(item);
    queued = [];
  };
  for (const [item, sentence] of items.entries()) {
    for (const word of inputs.placesOf(sentence).keys()) queued.push({ item, word });
    if (queued.length >= mostQueued) await runQueued();
  }
  await runQueued();
  return [...missing].sort((a, b) => a - b);
}

/**
 * Returns the features of the words of sentences, from the store or from the frozen body.
 * @throws NumericError for a sentence whose features are not finite
 */
export async function wordFeatures(
  items: readonly SentenceItem[],
  options: {
    /** Opens the body. Called only if a sentence is not in the store. */
    readonly session: () => Promise<Session>;
    readonly inputs: TaggedTable;
    readonly width: number;
    readonly store?: FeatureStore;
    readonly scratch?: OpenScratch;
    readonly onEvent?: OnProgress;
    readonly signal?: AbortSignal;
  },
): Promise<WordFeatures> {
  const { inputs, width, store, onEvent, signal } = options;
  const seen = Int32Array.from(items, (item) => inputs.placesOf(item).length);
  const first = starts(seen);
  const rows = rowTable(first[items.length]!, width, options.scratch);
  const order = await missingSentences(items, inputs, store, (item, word, row) =>
    rows.write(first[item]! + word, row),
  );
  if (order.length === 0) return { items, seen, rows };
  const session = withExpectedOutputs(await options.session(), { shapes: [["tokens", width]] });
  const input = session.inputs[0]!.name;
  const begin = performance.now();
  let done = 0;
  const known = items.length - order.length;
  for (const { x, indices } of sizedBatches(items, inputs, featureBatch, { order, whole: true })) {
    stopIf(signal);
    const length = x.dims[1]!;
    const out = Object.values(await session.run({ [input]: x }, undefined, { transfer: true }))[0]!
      .data as Float32Array;
    const computed: Float32Array[] = [];
    indices.forEach((index, i) => {
      const places = inputs.placesOf(items[index]!);
      const sentenceRows = new Float32Array(places.length * width);
      places.forEach((place, word) => {
        const row = (i * length + place) * width;
        sentenceRows.set(out.subarray(row, row + width), word * width);
      });
      const bad = sentenceRows.findIndex((v) => !Number.isFinite(v));
      if (bad >= 0)
        throw new EngraftError(
          "NumericError",
          `the base gives ${sentenceRows[bad]} for "${items[index]!.id}"`,
          {
            at: `word ${Math.floor(bad / width) + 1}, feature ${bad % width} of ${width}`,
            help: "the weights of the base are broken, or its tokenizer is another model's",
          },
        );
      rows.write(first[index]!, sentenceRows);
      computed.push(sentenceRows);
    });
    await store?.put(
      indices.flatMap((index) =>
        Array.from({ length: seen[index]! }, (_, w) => wordName(items[index]!.sha256, w)),
      ),
      concatenatedRows(computed),
    );
    done += indices.length;
    const seconds = (performance.now() - begin) / 1000;
    onEvent?.({
      event: "progress",
      phase: "features",
      done: known + done,
      total: items.length,
      unit: "texts",
      seconds_left: (seconds / done) * (order.length - done),
      per_second: done / seconds,
    });
  }
  return { items, seen, rows };
}

/** Most training words for the start of a training; more hardly change the head. */
export const wordsToStart = 20_000;
/** Most training words if only the head is learned: some minutes of L-BFGS at 768 features. */
export const wordsToSolve = 200_000;

/** Returns whole sentences, in the seed's order, up to a number of words. */
export function sampleSentences(
  items: readonly SentenceItem[],
  inputs: TaggedTable,
  most: number,
  seed: number,
): readonly SentenceItem[] {
  const taken = new Set<number>();
  let words = 0;
  for (const i of permutation(items.length, seed, "words of the head")) {
    if (words >= most) break;
    taken.add(i);
    words += inputs.placesOf(items[i]!).length;
  }
  return items.filter((_, i) => taken.has(i));
}
