import { numberOf } from "../column.js";
import type { TableColumn } from "./table-columns.js";

/** Largest difference of two measurements of one thing, as a share of the range from the 5th to the 95th percentile of their column. */
const tolerance = 0.002;
/** Share of different values from which on a column of numbers is a measurement. Other columns have to be equal. */
const continuous = 0.5;
/** Largest number of pairs that may be near by chance. With too few measurements, near rows are natural. */
const mostByChance = 0.1;
/** Rows before it that each row is compared with, in the order of one column. It bounds the time if that column has few values. */
const mostCompared = 100;

/**
 * Returns the pairs of rows whose numbers are nearly the same, as if one thing was measured again. The other columns are equal. Rows that are equal
 * in all columns are pairs, too.
 *
 * If columns were independent, n² / 2 · (2 · 0.002)^k pairs of n rows with k measurements were near by chance. Above 0.1, none is returned.
 */
export function nearRowPairs(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
): readonly (readonly [number, number])[] {
  const n = rows.length;
  const measurements = columns.flatMap(({ kind }, c) => {
    if (kind !== "number") return [];
    const values = Float64Array.from(rows, (cells) => numberOf(cells[c]!) ?? Number.NaN);
    const sorted = values.filter((v) => !Number.isNaN(v)).sort();
    const distinct = sorted.filter((v, i) => i === 0 || v !== sorted[i - 1]).length;
    const range = sorted[Math.floor(0.95 * sorted.length)]! - sorted[Math.floor(0.05 * sorted.length)]!;
    return distinct >= continuous * n && range > 0 ? [{ c, values, most: tolerance * range }] : [];
  });
  const [first] = measurements;
  if (!first || ((n * n) / 2) * (2 * tolerance) ** measurements.length > mostByChance) return [];
  const isMeasured = new Set(measurements.map(({ c }) => c));
  const others = rows.map((cells) => JSON.stringify(cells.filter((_, c) => !isMeasured.has(c))));
  const isNear = (i: number, j: number): boolean =>
    others[i] === others[j] &&
    measurements.every(
      ({ values, most }) =>
        Math.abs(values[i]! - values[j]!) <= most || (Number.isNaN(values[i]!) && Number.isNaN(values[j]!)),
    );
  const order = rows
    .map((_, i) => i)
    .filter((i) => !Number.isNaN(first.values[i]!))
    .sort((a, b) => first.values[a]! - first.values[b]! || a - b);
  const pairs: (readonly [number, number])[] = [];
  for (const [k, i] of order.entries())
    for (let m = k - 1; m >= Math.max(0, k - mostCompared); m--) {
      const j = order[m]!;
      if (first.values[i]! - first.values[j]! > first.most) break;
      if (isNear(i, j)) pairs.push([Math.min(i, j), Math.max(i, j)]);
    }
  return pairs;
}
