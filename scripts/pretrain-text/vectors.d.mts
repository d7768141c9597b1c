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
