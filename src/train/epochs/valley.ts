/** Share of the old value in the smoothed one. @see fastai `AvgSmoothLoss` */
const beta = 0.98;

/**
 * Exponential average with bias correction:
 *
 * s ← β s + (1 - β) x,   the n-th value is s / (1 - βⁿ)
 */
export function smoothed(values: readonly number[]): number[] {
  let s = 0;
  return values.map((x, i) => {
    s = beta * s + (1 - beta) * x;
    return s / (1 - beta ** (i + 1));
  });
}

/**
 * Returns the position of the suggested rate: in the longest falling run of losses (not necessarily of neighbours), a
 * third and a sixth of its length after its start.
 * @param losses one for each rate, rates growing
 * @returns a position in them
 * @see fastai callback/schedule.py `valley`; a run is counted from its end, as there
 */
export function longestValley(losses: readonly number[]): number {
  const lengths = losses.map(() => 1);
  let [from, to] = [0, 0];
  for (let i = 1; i < losses.length; i++)
    for (let j = 0; j < i; j++) {
      if (losses[i]! < losses[j]! && lengths[i]! < lengths[j]! + 1) lengths[i] = lengths[j]! + 1;
      if (lengths[to]! < lengths[i]!) {
        to = i;
        from = to - lengths[to]!;
      }
    }
  const third = Math.trunc((to - from) / 3);
  return Math.max(0, from + third + Math.trunc(third / 2));
}
