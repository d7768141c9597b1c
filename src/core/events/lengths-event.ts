/** How long the texts are that the run computes with. */
export interface LengthsEvent {
  readonly event: "lengths";
  /** Different texts of all parts, and those that were longer than the limit: what comes behind it is not seen. */
  readonly texts: number;
  readonly cut: number;
  /** The limit, tokens. */
  readonly limit: number;
  /** Tokens of a batch's rows, ascending. */
  readonly batches: readonly number[];
  /** Share of the places in a pass over the training part that hold no token, 0 to 1. */
  readonly padding: number;
}
