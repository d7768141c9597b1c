import type { Corpus } from "./masking.mjs";

export function wordVectors(
  corpora: readonly Corpus[],
  options: {
    readonly size: number;
    readonly width: number;
    readonly window: number;
    readonly deviation: number;
    readonly seed: number;
    readonly iterations?: number;
  },
): Float32Array;
export function weighByFrequency(
  table: Float32Array,
  counts: ArrayLike<number>,
  options: { readonly width: number; readonly a: number },
): Float32Array;
export function tokenCounts(corpora: readonly Pick<Corpus, "tokens">[], size: number): Float64Array;
