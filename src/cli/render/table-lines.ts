/**
 * Returns the lines of a table with aligned columns.
 * @param left number of columns, from the first, that are aligned at the left; the rest is aligned at the right
 */
export function tableLines(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  left: number,
): string[] {
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  return [header, ...rows].map((row) =>
    row
      .map((cell, i) => (i < left ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join("  ")
      .trimEnd(),
  );
}
