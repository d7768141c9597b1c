/** Returns a number with fixed decimals. A number that rounds to zero has no sign: "0.000", not "-0.000". */
export const fixed = (value: number, digits: number): string =>
  value.toFixed(digits).replace(/^-(?=0\.?0*$)/, "");

/** Returns both ends of a range with the same decimals: more than `digits`, at most four more, if different ends would look the same. */
export function fixedRange(low: number, high: number, digits: number): readonly [string, string] {
  let shown = digits;
  while (low !== high && shown < digits + 4 && fixed(low, shown) === fixed(high, shown)) shown++;
  return [fixed(low, shown), fixed(high, shown)];
}
