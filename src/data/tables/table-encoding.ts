import { median } from "../../linalg/quantile.js";
import { isMissing, numberOf } from "../column.js";
import { maxCategories, type TableColumn } from "./table-columns.js";

/** Encoding of a column of numbers: (x − mean) / deviation. The median replaces missing values. */
export interface NumberEncoding {
  readonly name: string;
  readonly median: number;
  readonly mean: number;
  readonly deviation: number;
  /** True if an extra input marks missing values; set if training rows have missing values. */
  readonly indicator: boolean;
}

/** Encoding of a column of categories: row i + 1 of its embedding is `values[i]`, row 0 is any other value. */
export interface CategoryEncoding {
  readonly name: string;
  readonly values: readonly string[];
  /** Training rows of each embedding row, beginning with row 0. */
  readonly counts: readonly number[];
  /** Embedding row for missing values: the most frequent value. */
  readonly mode: number;
  /** True if an extra input marks missing values. */
  readonly indicator: boolean;
  /** Width of the embedding. */
  readonly width: number;
}

/** Encoding of rows as inputs. It is fitted on the train split and stored with the model. */
export interface TableEncoding {
  readonly numbers: readonly NumberEncoding[];
  readonly categories: readonly CategoryEncoding[];
}

/** Smallest count of a value with its own embedding. Rarer values train the row of other values. */
const minCount = 2;

/** Returns the width of an embedding by fastai's rule, min(600, round(1.6 n^0.56)), at most 50 here. @see fastai tabular/model.py */
function embeddingWidth(values: number): number {
  return Math.min(50, Math.max(1, Math.round(1.6 * values ** 0.56)));
}

/**
 * Fits the encoding. Numbers: median, then mean and (population) deviation of the filled column. Categories: the most frequent value.
 * This equals scikit-learn's SimpleImputer(strategy, add_indicator=True) and StandardScaler.
 *
 * @param rows cells of the train split
 * @param known encoding of an earlier table; columns of the same name and kind keep its scaling and embedding widths, so that its
 * weights stay valid
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
    } else if (kind === "category") {
      const before = known?.categories.find((n) => n.name === name);
      categories.push(fitCategory(name, cells, before));
    }
  });
  return { numbers, categories };
}

function fitNumber(name: string, cells: readonly string[]): NumberEncoding {
  const values = cells.map(numberOf);
  const present = values.filter((v) => v !== undefined);
  const middle = median(present) ?? 0;
  const filled = values.map((v) => v ?? middle);
  const mean = filled.reduce((s, v) => s + v, 0) / filled.length;
  const variance = filled.reduce((s, v) => s + (v - mean) ** 2, 0) / filled.length;
  // A constant column has a variance of rounding errors only.
  const constant = variance <= (filled.length * mean * Number.EPSILON) ** 2;
  return {
    name,
    median: middle,
    mean,
    deviation: constant ? 1 : Math.sqrt(variance),
    indicator: present.length < values.length,
  };
}

function fitCategory(name: string, cells: readonly string[], before?: CategoryEncoding): CategoryEncoding {
  const counts = new Map<string, number>();
  let missing = 0;
  for (const cell of cells) {
    if (isMissing(cell)) missing++;
    else counts.set(cell, (counts.get(cell) ?? 0) + 1);
  }
  const ordered = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const chosen = ordered
    .filter(([value, n]) => n >= minCount || before?.values.includes(value))
    .slice(0, maxCategories);
  const other = ordered.reduce((s, [, n]) => s + n, 0) - chosen.reduce((s, [, n]) => s + n, 0);
  return {
    name,
    values: chosen.map(([value]) => value),
    counts: [other, ...chosen.map(([, n]) => n)],
    mode: chosen.length > 0 ? 1 : 0,
    indicator: missing > 0 || before?.indicator === true,
    width: before?.width ?? embeddingWidth(chosen.length + 1),
  };
}

/** Returns the number of inputs of a row: scaled numbers, indicators of missing values, and a row number for each category. */
export function encodedWidth({ numbers, categories }: TableEncoding): number {
  return scalarNames({ numbers, categories }).length + categories.length;
}

/** Returns the names of the scalar inputs: "number: age", "missing: age", "missing: color". */
export function scalarNames({ numbers, categories }: TableEncoding): string[] {
  return [
    ...numbers.map(({ name }) => `number: ${name}`),
    ...[...numbers, ...categories].filter((c) => c.indicator).map(({ name }) => `missing: ${name}`),
  ];
}

/** Encodes rows as float32[n, F]. @param columns names of the cells, in their order */
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
      x[out++] = ((numberOf(cellOf(name)) ?? median) - mean) / deviation;
    }
    for (const { name, indicator } of numbers)
      if (indicator) x[out++] = numberOf(cellOf(name)) === undefined ? 1 : 0;
    for (const { name, indicator } of categories) if (indicator) x[out++] = isMissing(cellOf(name)) ? 1 : 0;
    for (const [c, { name, mode }] of categories.entries()) {
      const cell = cellOf(name);
      x[out++] = isMissing(cell) ? mode : (codes[c]!.get(cell) ?? 0);
    }
  });
  return x;
}

/** One-hot encodes the categories of encoded rows, for linear models. @returns float32[n, width] */
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
