/** Pairs of an epoch: `iterations` of its own class for each text, and as many of another class. */
export interface PairPlan {
  /** R: pairs of either kind per text. */
  readonly iterations: number;
  /** Pairs per step; a batch holds twice as many texts: all first ones, then all second ones. */
  readonly perStep: number;
}

/** Steps of an epoch of `pairOrder` over N texts. */
export function stepsOfPairs(texts: number, { iterations, perStep }: PairPlan): number {
  return Math.max(1, Math.ceil((2 * iterations * texts) / perStep));
}
