// Measures the adaptation table again and compares it with the expected values in docs/adaptation.csv.
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The lines of the CSV: { shift, method, seeds, quantity, expected, tolerance }. */
export function expectedOf(text) {
  const [header, ...lines] = text.trim().split(/\r?\n/);
  if (header !== "shift,method,seeds,quantity,expected,tolerance")
    throw new Error(`docs/adaptation.csv begins with "${header}"`);
  return lines.map((line, i) => {
    const [shift, method, seeds, quantity, expected, tolerance] = line.split(",");
    const row = {
      shift,
      method,
      seeds: Number(seeds),
      quantity,
      expected: Number(expected),
      tolerance: Number(tolerance),
    };
    const numbers = [row.seeds, row.expected, row.tolerance];
    if (!Object.hasOwn(quantities, quantity) || !numbers.every(Number.isFinite) || row.tolerance <= 0)
      throw new Error(`docs/adaptation.csv, line ${i + 2} is no expected value: ${line}`);
    return row;
  });
}

/** Quantities of a run. */
export const quantities = {
  source_only: (run) => run.source_only,
  accuracy: (run) => run.accuracy,
  gain: (run) => run.accuracy - run.source_only,
};

/**
 * Returns each expected value with its mean over the runs of its shift and method, and whether it is within the
 * tolerance; `measured` is undefined without runs.
 */
export function compared(expected, runs) {
  return expected.map((row) => {
    const own = runs.filter((run) => run.shift === row.shift && run.method === row.method);
    if (own.length === 0) return { ...row, runs: 0, measured: undefined, holds: undefined };
    const of = quantities[row.quantity];
    const measured = own.reduce((sum, run) => sum + of(run), 0) / own.length;
    // Means are written with four digits.
    const holds = Math.abs(measured - row.expected) <= row.tolerance + 5e-5;
    return { ...row, runs: own.length, measured, holds };
  });
}

/**
 * Measures the expected values, or those that `only` selects, and prints each.
 * @param measure measures a row with a seed
 * @returns true if all are within tolerance
 */
export async function checkAdaptation(root, measure, { only = "", seeds }) {
  const expected = expectedOf(readFileSync(join(root, "docs/adaptation.csv"), "utf8"));
  const wanted = expected.filter(({ shift, method }) =>
    `${shift.replace(" → ", "/")}/${method}`.includes(only),
  );
  if (wanted.length === 0) throw new Error(`docs/adaptation.csv has no line for "${only}"`);
  const keys = new Map(wanted.map((row) => [`${row.shift}|${row.method}`, row]));
  const runs = [];
  for (const row of keys.values()) {
    // Default: as many seeds as the expected mean has.
    const some = seeds ?? Array.from({ length: row.seeds }, (_, i) => i);
    for (const seed of some) runs.push(await measure(row, seed));
  }
  const lines = compared(wanted, runs);
  for (const { shift, method, quantity, runs, measured, expected, tolerance, holds } of lines)
    console.log(
      `${holds ? "holds" : "FAILS"}  ${shift}, ${method}, ${quantity}: ${measured.toFixed(4)} over ${runs} seeds, expected ${expected} ± ${tolerance}`,
    );
  const bad = lines.filter(({ holds }) => !holds).length;
  console.log(`${lines.length - bad} of ${lines.length} expected values hold`);
  return bad === 0;
}
