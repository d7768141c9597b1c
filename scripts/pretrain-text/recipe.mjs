// How `text-mini` is pretrained: everything that decides the result, in one place. The card prints it.
export const recipe = {
  seed: 20261120,
  /** Entries of the vocabulary in all; rarer characters are [UNK]. */
  tokens: { size: 13_200, rare: { chinese: 40, other: 100 } },
  network: { width: 256, layers: 2, heads: 4, inner: 1024, positions: 256 },
  /** The word embedding starts from counts of neighbouring words: PPMI, factored. */
  vectors: { window: 6, deviation: 0.05 },
  masked: { rows: 32, length: 128, share: 0.15, steps: 1500, scheduled: 2500, rate: 1e-3, warmup: 0.03 },
  /** Two texts that belong together among the pairs of a step: neighbours, parts of a line, translations. */
  pairs: {
    batch: 128,
    length: 48,
    /** English, Chinese, translations: all pairs of a step are of one of them. */
    shares: [0.45, 0.25, 0.3],
    /** Cut a line instead of taking the next one; tokens that a text must have; tokens that are left out. */
    split: 0.25,
    fewest: 5,
    dropped: 0.1,
    temperature: 0.05,
    steps: 1000,
    rate: 3e-4,
    warmup: 0.05,
  },
  optimizer: { name: "adamw", beta2: 0.98, weightDecay: 0.01, clipNorm: 1 },
};
