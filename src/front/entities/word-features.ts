import { EngraftError, stopIf } from "../../core/errors.js";
import type { OnEvent } from "../../core/events.js";
import { permutation } from "../../core/random.js";
import type { WritableRows } from "../../core/rows.js";
import type { SentenceItem } from "../../data/entities/open-entities.js";
import type { TaggedTable } from "../../data/entities/tagged-table.js";
import { sizedBatches } from "../../data/index.js";
import type { Session } from "../../runtime/runtime.js";
import { featureBatch } from "../../train/features.js";
import { type OpenScratch, rowTable } from "../../train/row-table.js";
import { starts } from "./word-answers.js";

/** Features of words: float32[W, D], those of each sentence one after the other. */
export interface WordFeatures {
  readonly items: readonly SentenceItem[];
  readonly seen: Int32Array;
  readonly rows: WritableRows;
}

/** Run the frozen body over sentences, and keep the rows of their words. @throws NumericError naming a sentence */
export async function wordFeatures(
  items: readonly SentenceItem[],
  options: {
    readonly session: Session;
    readonly inputs: TaggedTable;
    readonly width: number;
    readonly scratch?: OpenScratch;
    readonly onEvent?: OnEvent;
    readonly signal?: AbortSignal;
  },
): Promise<WordFeatures> {
  const { session, inputs, width, onEvent, signal } = options;
  const seen = Int32Array.from(items, (item) => inputs.placesOf(item).length);
  const first = starts(seen);
  const rows = rowTable(first[items.length]!, width, options.scratch);
  const input = session.inputs[0]!.name;
  const begin = performance.now();
  let done = 0;
  for (const { x, indices } of sizedBatches(items, inputs, featureBatch, { whole: true })) {
    stopIf(signal);
    const length = x.dims[1]!;
    const out = Object.values(await session.run({ [input]: x }, undefined, { transfer: true }))[0]!
      .data as Float32Array;
    indices.forEach((index, i) => {
      const places = inputs.placesOf(items[index]!);
      const own = new Float32Array(places.length * width);
      places.forEach((place, word) => {
        const row = (i * length + place) * width;
        own.set(out.subarray(row, row + width), word * width);
      });
      const bad = own.findIndex((v) => !Number.isFinite(v));
      if (bad >= 0)
        throw new EngraftError("NumericError", `the base gives ${own[bad]} for "${items[index]!.id}"`, {
          at: `word ${Math.floor(bad / width) + 1}, feature ${bad % width} of ${width}`,
          help: "the weights of the base are broken, or its tokenizer is another model's",
        });
      rows.write(first[index]!, own);
    });
    done += indices.length;
    const seconds = (performance.now() - begin) / 1000;
    onEvent?.({
      event: "progress",
      phase: "features",
      done,
      total: items.length,
      unit: "texts",
      seconds_left: (seconds / done) * (items.length - done),
      per_second: done / seconds,
    });
  }
  return { items, seen, rows };
}

/** So many words of the training part solve a head that training starts from; more hardly move it. */
export const wordsToStart = 20_000;
/** And so many where the head is all that is learnt: some minutes of L-BFGS at 768 features. */
export const wordsToSolve = 200_000;

/** Whole sentences, in the seed's order, until there are so many words. */
export function fewerWords(
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
