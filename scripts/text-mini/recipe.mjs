// How `text-mini` is pretrained: everything that decides the result, in one place. The card prints it.
export const recipe = {
  seed: 20261120,
  /** Entries of the vocabulary in all, `words` Chinese words of several characters among them; rarer characters are [UNK]. */
  tokens: {
    size: 15_000,
    rare: { chinese: 100, other: 100 },
    words: { size: 4000, rare: 60, cohesion: 2, company: 1.5 },
  },
  /** Words' vectors, and what small layers find added to them. */
  network: { vectors: 320, width: 192, layers: 1, heads: 4, inner: 768, positions: 256 },
  /**
   * The words' vectors start from counts of neighbouring words: PPMI, factored, of length 1, times a / (a + p) for a word
   * of frequency p.
   */
  vectors: { window: 5, a: 1e-3 },
  /**
   * Two texts that belong together among the pairs of a step: neighbours, parts of a line, translations. Here a text is
   * the mean of its words' vectors.
   */
  words: {
    batch: 256,
    length: 24,
    /** English, Chinese, translations: all pairs of a step are of one of them. */
    shares: [0.5, 0.3, 0.2],
    /** Cut a line instead of taking the next one; tokens that a text must have; tokens that are left out. */
    split: 0.25,
    fewest: 5,
    dropped: 0.1,
    /** Chinese words that are given by their characters. */
    spelled: 0.15,
    temperature: 0.05,
    steps: 459,
    scheduled: 600,
    vectorRate: 2e-3,
    rate: 0,
    warmup: 0.04,
  },
  /**
   * The layers learn to tell masked words; the words' vectors stay. Not run for the weights that ship: 400 steps would take
   * some minutes of a free processor.
   */
  masked: { rows: 32, length: 128, share: 0.15, spelled: 0.25, steps: 0, rate: 1.5e-3, warmup: 0.05 },
  /** Pairs again, now with the layers. Not run either: 500 steps. */
  pairs: {
    batch: 192,
    length: 32,
    shares: [0.5, 0.3, 0.2],
    split: 0.25,
    fewest: 5,
    dropped: 0.1,
    spelled: 0.15,
    temperature: 0.05,
    steps: 0,
    rate: 6e-4,
    vectorRate: 2e-4,
    warmup: 0.05,
  },
  optimizer: { name: "adamw", beta2: 0.98, weightDecay: 0.01, clipNorm: 1 },
};
