import type { Draws } from "../../src/core/random.js";
import type { StepFeeds } from "../../src/train/loop.js";
import type { Corpus } from "./masking.mjs";

export interface PairOptions {
  readonly batch: number;
  readonly length: number;
  readonly shares: readonly number[];
  readonly split: number;
  readonly fewest: number;
  readonly dropped: number;
  readonly spelled?: number;
}
export function neighbours(
  corpus: Corpus,
  documentOf: Uint32Array,
  line: number,
  random: Draws,
  options: Pick<PairOptions, "split" | "fewest">,
): [Uint16Array, Uint16Array] | undefined;
export function documentsOf(corpus: Pick<Corpus, "lines" | "documents">): Uint32Array;
export function pairRow(
  text: ArrayLike<number>,
  options: Pick<PairOptions, "length" | "dropped" | "spelled"> & {
    readonly parts?: ReadonlyMap<number, readonly number[]>;
  },
  random: Draws,
): BigInt64Array;
export function sourceOf(shares: readonly number[], random: Pick<Draws, "uniform">): number;
export function pairBatches(
  corpora: readonly Corpus[],
  translations: readonly (readonly [number[], number[]])[],
  options: {
    readonly seed: number;
    readonly pairs: PairOptions;
    readonly key?: string;
    readonly parts?: ReadonlyMap<number, readonly number[]>;
  },
  from: number,
  to: number,
): AsyncGenerator<StepFeeds>;
