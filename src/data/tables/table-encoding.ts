import { median } from "../../linalg/quantile.js";
import { isMissing, numberOf } from "./numbers.js";
import { mostCategories, type TableColumn } from "./table-columns.js";

/** A column of numbers as the model sees it: (x − mean) / deviation, the median where there is none. */
export interface NumberEncoding {
  readonly name: string;
  readonly median: number;
  readonly mean: number;
  readonly deviation: number;
  /** Is there a second column that says whether the value was missing? Where training rows had missing ones. */
  readonly indicator: boolean;
}

/** A column of categories: row i + 1 of its embedding is `values[i]`, row 0 any other value. */
export interface CategoryEncoding {
  readonly name: string;
  readonly values: readonly string[];
  /** Training rows of each; first those of any other value. */
  readonly counts: readonly number[];
  /** What stands in for a missing value: the most frequent one, by its row. */
  readonly mode: number;
  readonly indicator: boolean;
  /** Numbers that a category becomes. */
  readonly width: number;
}

/** How rows become inputs; fitted on the training part alone, and kept with the model. */
export interface TableEncoding {
  readonly numbers: readonly NumberEncoding[];
  readonly categories: readonly CategoryEncoding[];
}

/** A category seen less often than this counts as "any other value", which so is trained. */
const leastSeen = 2;

/** fastai's rule for the width of an embedding: min(600, round(1.6 n^0.56)), at most 50 here. @see fastai tabular/model.py */
function embeddingWidth(values: number): number {
  return Math.min(50, Math.max(1, Math.round(1.6 * values ** 0.56)));
}

/**
 * Fit the encoding: median, then mean and (population) deviation of the filled column; the most frequent category.
 * As scikit-learn's SimpleImputer(strategy, add_indicator=True) and StandardScaler do.
 *
 * @param rows cells of the training part. @param known columns of an earlier table: those of the same name and kind keep
 * its scaling and the widths of its embeddings, so that weights that moved from there still mean the same.
 */
export function fitEncoding(
  rows: readonly (readonly string[])[],
  columns: readonly TableColumn[],
  known?: TableEncoding,
): TableEncoding {
  const numbers: NumberEncoding[] = [];
  const categories: CategoryEncoding[] = [];
  columns.forEach(({ name, kind }, c) => {
    const cells = rows.map((row) => row[c]!);
    if (kind === "number") {
      const before = known?.numbers.find((n) => n.name === name);
      const fitted = fitNumber(name, cells);
      numbers.push(before ? { ...before, indicator: fitted.indicator || before.indicator } : fitted);
    } else {
      const before = known?.categories.find((n) => n.name === name);
      categories.push(fitCategory(name, cells, before));
    }
  });
  return { numbers, categories };
}

function fitNumber(name: string, cells: readonly string[]): NumberEncoding {
  const values = cells.map((cell) => (isMissing(cell) ? undefined : numberOf(cell)));
  const there = values.filter((v) => v !== undefined);
  const middle = median(there) ?? 0;
  const filled = values.map((v) => v ?? middle);
  const mean = filled.reduce((s, v) => s + v, 0) / filled.length;
  const variance = filled.reduce((s, v) => s + (v - mean) ** 2, 0) / filled.length;
  // A column that never changes, but for rounding.
  const constant = variance <= (filled.length * mean * Number.EPSILON) ** 2;
  return {
    name,
    median: middle,
    mean,
    deviation: constant ? 1 : Math.sqrt(variance),
    indicator: there.length < values.length,
  };
}

function fitCategory(name: string, cells: readonly string[], before?: CategoryEncoding): CategoryEncoding {
  const seen = new Map<string, number>();
  let missing = 0;
  for (const cell of cells) {
    if (isMissing(cell)) missing++;
    else seen.set(cell, (seen.get(cell) ?? 0) + 1);
  }
  const ordered = [...seen].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const kept = ordered
    .filter(([value, n]) => n >= leastSeen || before?.values.includes(value))
    .slice(0, mostCategories);
  const other = ordered.reduce((s, [, n]) => s + n, 0) - kept.reduce((s, [, n]) => s + n, 0);
  return {
    name,
    values: kept.map(([value]) => value),
    counts: [other, ...kept.map(([, n]) => n)],
    mode: kept.length > 0 ? 1 : 0,
    indicator: missing > 0 || before?.indicator === true,
    width: before?.width ?? embeddingWidth(kept.length + 1),
  };
}

/** Numbers of the model's input: scaled ones, indicators of missing values, then the row of each category. */
export function encodedWidth({ numbers, categories }: TableEncoding): number {
  return scalarNames({ numbers, categories }).length + categories.length;
}

/** What the first numbers of an input are, by name: "age", "missing: age", "missing: color". */
export function scalarNames({ numbers, categories }: TableEncoding): string[] {
  return [
    ...numbers.map(({ name }) => `number: ${name}`),
    ...[...numbers, ...categories].filter((c) => c.indicator).map(({ name }) => `missing: ${name}`),
  ];
}

/** Rows as float32[n, F]. @param columns the order of the cells */
export function encodeRows(
  encoding: TableEncoding,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): Float32Array {
  const { numbers, categories } = encoding;
  const width = encodedWidth(encoding);
  const at = new Map(columns.map((name, i) => [name, i]));
  const codes = categories.map(({ values }) => new Map(values.map((value, i) => [value, i + 1])));
  const x = new Float32Array(rows.length * width);
  rows.forEach((cells, r) => {
    let out = r * width;
    const cellOf = (name: string): string => cells[at.get(name) ?? -1] ?? "";
    for (const { name, median, mean, deviation } of numbers) {
      const cell = cellOf(name);
      const value = isMissing(cell) ? undefined : numberOf(cell);
      x[out++] = ((value ?? median) - mean) / deviation;
    }
    for (const { name, indicator } of numbers)
      if (indicator) x[out++] = isMissing(cellOf(name)) || numberOf(cellOf(name)) === undefined ? 1 : 0;
    for (const { name, indicator } of categories) if (indicator) x[out++] = isMissing(cellOf(name)) ? 1 : 0;
    for (const [c, { name, mode }] of categories.entries()) {
      const cell = cellOf(name);
      x[out++] = isMissing(cell) ? mode : (codes[c]!.get(cell) ?? 0);
    }
  });
  return x;
}

/** The same rows with a column for each category: what a linear model takes. float32[n, D] and D. */
export function oneHotRows(
  encoding: TableEncoding,
  x: Float32Array,
): { readonly rows: Float32Array; readonly width: number } {
  const from = encodedWidth(encoding);
  const scalars = from - encoding.categories.length;
  const sizes = encoding.categories.map(({ values }) => values.length + 1);
  const width = scalars + sizes.reduce((a, b) => a + b, 0);
  const n = x.length / from;
  const rows = new Float32Array(n * width);
  for (let i = 0; i < n; i++) {
    rows.set(x.subarray(i * from, i * from + scalars), i * width);
    let offset = i * width + scalars;
    sizes.forEach((size, c) => {
      rows[offset + x[i * from + scalars + c]!] = 1;
      offset += size;
    });
  }
  return { rows, width };
}
