// The recipe of `text-mini`'s pretraining: everything that determines the result. The card prints it.
export const recipe = {
  seed: 20261120,
  /** Size of the vocabulary, including `words` Chinese words of several characters; rarer characters are [UNK]. */
  tokens: {
    size: 15_000,
    rare: { chinese: 100, other: 100 },
    words: { size: 4000, rare: 60, cohesion: 2, company: 1.5 },
  },
  /** Words' vectors, and the output of small layers added to them. */
  network: { vectors: 320, width: 192, layers: 1, heads: 4, inner: 768, positions: 256 },
  /**
   * Initial words' vectors from counts of neighbouring words: PPMI, factored, of length 1, times a / (a + p) for a word
   * of frequency p.
   */
  vectors: { window: 5, a: 1e-3 },
  /**
   * Contrastive stage: find the related text among the pairs of a step (neighbours, parts of a line, translations).
   * Here a text is the mean of its words' vectors.
   */
  words: {
    batch: 256,
    length: 24,
    /** Shares of English, Chinese and translations: all pairs of a step are of one of them. */
    shares: [0.5, 0.3, 0.2],
    /** Share of split lines instead of neighbours; fewest tokens of a text; share of dropped tokens. */
    split: 0.25,
    fewest: 5,
    dropped: 0.1,
    /** Share of Chinese words given by their characters. */
    spelled: 0.15,
    temperature: 0.05,
    steps: 459,
    scheduled: 600,
    vectorRate: 2e-3,
    rate: 0,
    warmup: 0.04,
  },
  /**
   * Masked-language stage for the layers, with fixed words' vectors. Not run for the published weights: 400 steps would
   * take some minutes of a free processor.
   */
  masked: { rows: 32, length: 128, share: 0.15, spelled: 0.25, steps: 0, rate: 1.5e-3, warmup: 0.05 },
  /** Contrastive stage with the layers. Not run either: 500 steps. */
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
