/** Returns a number with fixed decimals. A number that rounds to zero has no sign: "0.000", not "-0.000". */
export const fixed = (value: number, digits: number): string =>
  value.toFixed(digits).replace(/^-(?=0\.?0*$)/, "");
