import { firstOf } from "../../core/messages/counted.js";
import { message, warningText } from "../../core/messages/message.js";
import { isMissing, numberOf } from "../column.js";
import type { Warning } from "../split/found.js";
import { sourcesOf } from "./dates.js";

/** A row of a table: its inputs as text, its class, and its numbers. */
interface Told {
  readonly cells: readonly string[];
  readonly label: number;
  readonly values: readonly number[];
}

/** Fewest training rows that show that a column tells the target. */
const fewestRows = 40;
/** Share of rows whose class one column tells. */
const nearlyAll = 0.995;
/**
 * Share of the variance of a number: only a copy, or a number in another unit, tells so much. Of the variance of its ranks: only a copy in
 * other steps, such as its logarithm.
 */
const allVariance = 0.99995;
/** Share of rows whose class an empty cell tells, and the largest part of the errors of guessing that it leaves. */
const [mostlyEmpty, leftErrors] = [0.95, 0.1];
/** Largest part of the changes of class expected by chance that shows that classes follow the order of rows. */
const fewChanges = 0.5;
/** Number of rows that show whether a column may tell a number, and the share of variance in them from which on all rows are looked at. */
const [someRows, likely] = [500, 0.99];
/** Smallest share of rows with a value. */
const mostPresent = 0.9;
/** Fewest rows for each different value: a column of nearly different values tells everything of its own rows. */
const rowsPerValue = 4;

/**
 * Returns a warning for each column that alone tells the target of nearly all training rows: a copy of it, or something that is known
 * only afterwards. A model of it scores well and is of no use.
 */
export function tellingColumns({
  columns,
  classes,
  targets,
  train,
}: {
  readonly columns: readonly { readonly name: string }[];
  /** Empty for a number. */
  readonly classes: readonly string[];
  readonly targets: readonly string[];
  readonly train: readonly Told[];
}): Warning[] {
  const [target, ...more] = targets;
  if (train.length < fewestRows || more.length > 0) return [];
  const indicators = classes.length > 2 ? indicatorsOf(columns, classes, train) : undefined;
  if (indicators) {
    const found = { target: target!, ...firstOf(indicators) };
    return [warningText("telling_columns", message("columns-tell-classes", found))];
  }
  if (classes.length === 0) {
    const parts = partsOfSum(columns, train);
    if (parts) {
      const found = { target: target!, first: parts[0], second: parts[1] };
      return [warningText("telling_columns", message("columns-add-up", found))];
    }
  }
  const said = new Set<string>();
  const isOrdered = classes.length > 0 && followOrder(train);
  return columns.flatMap(({ name }, i) => {
    if (isOrdered && countsInOrder(train, i))
      return [
        warningText("counting_column", message("column-counts-in-order", { column: name, target: target! })),
      ];
    const empty = classes.length > 0 ? shareByEmptiness(train, i) : 0;
    const told = classes.length > 0 ? shareOfClasses(train, i, classes.length) : shareOfVariance(train, i);
    if (empty === 0 && told < (classes.length > 0 ? nearlyAll : allVariance)) return [];
    const share = Math.floor(1000 * Math.max(told, empty)) / 10;
    const [column] = sourcesOf(name);
    if (said.has(column!)) return [];
    said.add(column!);
    const facts = { column: column!, target: target!, share, ...(empty > 0 && { empty: true }) };
    return [warningText("telling_column", message("column-tells-target", facts))];
  });
}

/** Share of rows whose class follows from an empty cell; 0 if it is not much larger than that of the most frequent class. */
function shareByEmptiness(rows: readonly Told[], column: number): number {
  const [empty, filled] = [true, false].map((wanted) =>
    countsOf(rows.flatMap(({ cells, label }) => (isMissing(cells[column]!) === wanted ? [label] : []))),
  );
  if (empty!.size === 0 || filled!.size === 0) return 0;
  const largest = (counts: ReadonlyMap<number, number>) => Math.max(...counts.values());
  const share = (largest(empty!) + largest(filled!)) / rows.length;
  const guessed = largest(countsOf(rows.map(({ label }) => label))) / rows.length;
  return share >= mostlyEmpty && 1 - share <= leftErrors * (1 - guessed) ? share : 0;
}

/**
 * True if the class changes along the rows much less often than in a random order, n (1 − Σ p²) times, by six standard deviations of a
 * binomial number at least.
 */
function followOrder(rows: readonly Told[]): boolean {
  const n = rows.length;
  const same = [...countsOf(rows.map(({ label }) => label)).values()].reduce(
    (sum, k) => sum + (k / n) ** 2,
    0,
  );
  const changes = rows.filter(({ label }, i) => i > 0 && label !== rows[i - 1]!.label).length;
  const expected = n * (1 - same);
  return changes < fewChanges * expected && changes < expected - 6 * Math.sqrt(n * same * (1 - same));
}

/** True if a column counts the rows: whole numbers that rise, or fall, from row to row, with at most as many left out as are there. */
function countsInOrder(rows: readonly Told[], column: number): boolean {
  const values = rows.map(({ cells }) => numberOf(cells[column]!) ?? Number.NaN);
  const [first, last] = [values[0]!, values.at(-1)!];
  const sign = Math.sign(last - first);
  return (
    Math.abs(last - first) < 2 * values.length &&
    values.every((v, i) => Number.isInteger(v) && (i === 0 || sign * (v - values[i - 1]!) > 0))
  );
}

/**
 * Returns the columns of two values that together tell every class but one at most: each of them has one value in the rows of one class, and
 * the other value elsewhere. So are the columns that pandas' get_dummies makes of the target.
 */
function indicatorsOf(
  columns: readonly { readonly name: string }[],
  classes: readonly string[],
  train: readonly Told[],
): readonly string[] | undefined {
  const told = new Set<number>();
  const names: string[] = [];
  for (const [i, { name }] of columns.entries()) {
    const labels = new Map<string, Set<number>>();
    for (const { cells, label } of train) {
      const value = cells[i]!;
      if (labels.size > 2) break;
      labels.set(value, (labels.get(value) ?? new Set()).add(label));
    }
    const [a, b] = [...labels.values()];
    if (labels.size !== 2 || [...a!].some((label) => b!.has(label))) continue;
    const [one] = a!.size === 1 ? a! : b!.size === 1 ? b! : [];
    if (one === undefined) continue;
    told.add(one);
    names.push(name);
  }
  return told.size >= classes.length - 1 ? names : undefined;
}

/** Most columns whose sums of two are tried. */
const mostAdded = 60;

/** Returns two columns whose sum is the target of every row, such as those of registered and other customers. */
function partsOfSum(
  columns: readonly { readonly name: string }[],
  rows: readonly Told[],
): readonly [string, string] | undefined {
  const numberIn = ({ cells }: Told, i: number): number => numberOf(cells[i]!) ?? Number.NaN;
  const isSum = (row: Told, a: number, b: number): boolean => {
    const target = row.values[0]!;
    return Math.abs(numberIn(row, a) + numberIn(row, b) - target) <= 1e-9 * (1 + Math.abs(target));
  };
  const isConstant = (i: number): boolean => rows.every(({ cells }) => cells[i] === rows[0]!.cells[i]);
  const end = Math.min(columns.length, mostAdded);
  for (let a = 0; a < end; a++)
    for (let b = a + 1; b < end; b++)
      if (rows.every((row) => isSum(row, a, b)) && !isConstant(a) && !isConstant(b))
        return [columns[a]!.name, columns[b]!.name];
  return undefined;
}

/** Share of rows with the most frequent class of their value; of numbers, of their place in order. 0 if the column may tell it by chance. */
function shareOfClasses(rows: readonly Told[], column: number, classes: number): number {
  const largest = Math.max(...countsOf(rows.map(({ label }) => label)).values());
  if (largest / rows.length > nearlyAll) return 0;
  const byValue = new Map<string, number[]>();
  for (const { cells, label } of rows) {
    const value = cells[column]!;
    const labels = byValue.get(value);
    if (labels) labels.push(label);
    else byValue.set(value, [label]);
  }
  if (byValue.size * rowsPerValue <= rows.length) {
    const right = [...byValue.values()].reduce(
      (sum, labels) => sum + Math.max(...countsOf(labels).values()),
      0,
    );
    return right / rows.length;
  }
  // Thresholds between the classes: each further change of the class along the sorted values is a wrong row, at best.
  const numbered = rows.flatMap(({ cells, label }) => {
    const value = numberOf(cells[column]!);
    return value === undefined ? [] : [{ value, label }];
  });
  if (numbered.length < rows.length) return 0;
  numbered.sort((a, b) => a.value - b.value);
  const changes = numbered.filter(({ label }, i) => i > 0 && label !== numbered[i - 1]!.label).length;
  return 1 - Math.max(0, changes - (classes - 1)) / rows.length;
}

/** Returns how often each value occurs. */
export const countsOf = <Value>(values: Iterable<Value>): Map<Value, number> => {
  const counts = new Map<Value, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
};

/**
 * r², the share of the target's variance that a line of the column explains, or that of ranks if it is larger. 0 for a column with many
 * missing values.
 */
function shareOfVariance(rows: readonly Told[], column: number): number {
  // Some rows are enough for nearly all columns: sorting all of them takes long.
  const step = Math.ceil(rows.length / someRows);
  const some = shareOfVarianceIn(
    rows.filter((_, i) => i % step === 0),
    column,
  );
  return some < likely || step === 1 ? some : shareOfVarianceIn(rows, column);
}

function shareOfVarianceIn(rows: readonly Told[], column: number): number {
  const present = rows.filter(({ cells }) => !isMissing(cells[column]!));
  if (present.length < mostPresent * rows.length) return 0;
  const x = present.map(({ cells }) => numberOf(cells[column]!) ?? Number.NaN);
  if (x.some(Number.isNaN)) return 0;
  const y = present.map(({ values }) => values[0]!);
  return Math.max(squaredCorrelation(x, y), squaredCorrelation(ranksOf(x), ranksOf(y)));
}

function squaredCorrelation(x: readonly number[], y: readonly number[]): number {
  const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;
  const [mx, my] = [mean(x), mean(y)];
  let [xx, yy, xy] = [0, 0, 0];
  for (const [i, value] of x.entries()) {
    const [a, b] = [value - mx, y[i]! - my];
    xx += a * a;
    yy += b * b;
    xy += a * b;
  }
  const share = (xy * xy) / (xx * yy);
  return Number.isFinite(share) ? share : 0;
}

/** Ranks from 0. Equal values have the mean of theirs. */
function ranksOf(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Array<number>(values.length);
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (const i of order.slice(from, to)) ranks[i] = (from + to - 1) / 2;
  }
  return ranks;
}
