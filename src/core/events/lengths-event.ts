/** Lengths of a run's texts. */
export interface LengthsEvent {
  readonly event: "lengths";
  /** Distinct texts of all splits, and how many exceed the limit: tokens beyond it are not used. */
  readonly texts: number;
  readonly cut: number;
  /** The limit, tokens. */
  readonly limit: number;
  /** Padded lengths of batches in tokens, ascending. */
  readonly batches: readonly number[];
  /** Share of padding in an epoch, 0 to 1. */
  readonly padding: number;
}
