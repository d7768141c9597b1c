/** Pairs of an epoch: for each text so many of its own class, and as many of another one. */
export interface PairPlan {
  /** R: pairs of either kind for each text. */
  readonly iterations: number;
  /** Pairs of a step; a batch holds twice as many texts: first all first ones, then all second ones. */
  readonly perStep: number;
}

/** Steps of an epoch of `pairOrder` over N texts. */
export function stepsOfPairs(texts: number, { iterations, perStep }: PairPlan): number {
  return Math.max(1, Math.ceil((2 * iterations * texts) / perStep));
}
