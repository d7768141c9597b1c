/**
 * Returns the p value that belongs to an interval: the level at which the interval begins to leave out 0.
 * @param half half width of the interval at a confidence level; it grows with the level
 */
export function pOfHalfWidth(gain: number, half: (level: number) => number): number {
  const distance = Math.abs(gain);
  if (distance === 0) return 1;
  // By the logarithm of p, from 1 down to 1e-12.
  let [low, high] = [-12 * Math.LN10, 0];
  if (half(1 - Math.exp(low)) <= distance) return Math.exp(low);
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (half(1 - Math.exp(middle)) <= distance) high = middle;
    else low = middle;
  }
  return Math.exp((low + high) / 2);
}

/** Returns the smallest whole number from `low` to `high` for which something holds that holds for all larger ones. */
export function leastWhole(low: number, high: number, holds: (n: number) => boolean): number | undefined {
  if (!holds(high)) return undefined;
  if (holds(low)) return low;
  let [no, yes] = [low, high];
  while (yes - no > 1) {
    const middle = Math.floor((no + yes) / 2);
    if (holds(middle)) yes = middle;
    else no = middle;
  }
  return yes;
}
