// Scores as text.
import { fixedRange } from "../../src/core/fixed.js";

/** Writes a value of a score: R² as a number, others in percent. A value below 100 % is never written as 100 %. */
export const writtenValue = (name: string, value: number): string =>
  name === "r2" ? value.toFixed(2) : `${fixedRange(100 * value, 100, 0)[0]}\u00a0%`;

/** Writes the ends of an interval, with so many decimals that they differ: "75", "99 %". */
export function writtenInterval(
  name: string,
  [low, high]: readonly [number, number],
): readonly [string, string] {
  if (name === "r2") return fixedRange(low, high, 2);
  const [first, last] = fixedRange(100 * low, 100 * high, 0);
  return [first, `${last}\u00a0%`];
}
