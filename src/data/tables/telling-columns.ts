import { message, warningText } from "../../core/messages/message.js";
import type { Warning } from "../split/found.js";
import { isMissing, numberOf } from "./numbers.js";

/** A row of a table: its inputs as text, its class, and its numbers. */
interface Told {
  readonly cells: readonly string[];
  readonly label: number;
  readonly values: readonly number[];
}

/** Fewest training rows that show that a column tells the target. */
const fewestRows = 40;
/** Share of rows whose class, or share of the variance of a number, one column tells. */
const nearlyAll = 0.995;
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
  return columns.flatMap(({ name }, i) => {
    const told = classes.length > 0 ? shareOfClasses(train, i, classes.length) : shareOfVariance(train, i);
    if (told < nearlyAll) return [];
    const share = Math.floor(1000 * told) / 10;
    return [
      warningText("telling_column", message("column-tells-target", { column: name, target: target!, share })),
    ];
  });
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
    const value = isMissing(cells[column]!) ? undefined : numberOf(cells[column]!);
    return value === undefined ? [] : [{ value, label }];
  });
  if (numbered.length < rows.length) return 0;
  numbered.sort((a, b) => a.value - b.value);
  const changes = numbered.filter(({ label }, i) => i > 0 && label !== numbered[i - 1]!.label).length;
  return 1 - Math.max(0, changes - (classes - 1)) / rows.length;
}

const countsOf = (labels: readonly number[]): Map<number, number> => {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
};

/** r², the share of the target's variance that a line of the column explains. 0 for a column with a missing value. */
function shareOfVariance(rows: readonly Told[], column: number): number {
  const x = rows.map(({ cells }) =>
    isMissing(cells[column]!) ? Number.NaN : (numberOf(cells[column]!) ?? Number.NaN),
  );
  const y = rows.map(({ values }) => values[0]!);
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
