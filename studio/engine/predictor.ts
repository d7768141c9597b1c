/** A prediction as text and probability: a class, or a number without a probability. */
export interface ShownAnswer {
  readonly label: string;
  readonly score?: number;
  /** True for a text that the model wrote: a transcript, or an answer. It may have several lines, and may be empty. */
  readonly isText?: true;
  /** Number of tokens of a text that stopped at the limit. */
  readonly cutAt?: number;
}

/** What the Try page asks: the quick model or the model of a run. */
export interface Predictor {
  /** Probability below which the model of a run is unsure, from its validation split. Missing: the page's own threshold. */
  readonly unsureBelow?: number | undefined;
  /** Predicts one input: a picture, a sound, a text or a row. Returns the most probable answers first. */
  predict(input: unknown): Promise<readonly ShownAnswer[]>;
  /** Whole prediction as data, for kinds without a display of their own. */
  predictRaw(input: unknown): Promise<unknown>;
  close(): void;
}
