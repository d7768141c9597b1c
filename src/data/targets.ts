import { EngraftError } from "../core/errors.js";
import type { Part } from "../core/events/events.js";
import { inEnglish, type Message } from "../core/messages/message.js";
import type { SampleWords } from "../core/modalities.js";
import { cellOf, type TargetKind } from "./assemble-samples.js";
import type { FileUnit, FoundFiles } from "./found-files.js";
import { knownLabels, labelsOf } from "./label-data.js";
import { rarestLabels, requireLabelReader } from "./label-sets.js";
import { checkClassNames } from "./lists/class-names.js";
import { columnOf, splitColumnOf, textOf } from "./lists/columns.js";
import type { Table } from "./lists/csv.js";
import { listError } from "./lists/list-bytes.js";
import { manyTargets } from "./lists/target-column.js";
import { checkClasses } from "./split/class-checks.js";
import { binsOf } from "./split/divide.js";
import { byCodePoint, count, noLabel, quoted } from "./split/found.js";
import { requireNearlyAll } from "./split/nearly-all.js";
import { withDecimalPoints } from "./tables/decimal-commas.js";
import { doubtsOfNumbers } from "./tables/doubts.js";
import { numberOf, summarizeColumn, unusableCell } from "./tables/numbers.js";

type Named = { readonly name: string; readonly columns: readonly string[] };

/** Returns how classes are read. @throws DataError for missing columns, and for classes that cannot be learnt */
export function classTargets(
  found: FoundFiles,
  unit: FileUnit,
  {
    targetColumn,
    emptyParts,
    keepUnlabelled,
  }: {
    readonly targetColumn?: string;
    readonly emptyParts?: boolean;
    /** Keeps samples without a label, whose `label` is -1. Default false. */
    readonly keepUnlabelled?: boolean;
  },
): TargetKind<string, { readonly label: number }> {
  const column = targetColumnOf(found, "label", targetColumn);
  let classes: readonly string[] = [];
  return {
    read(file) {
      const label = cellOf(file, column).normalize("NFC");
      return label === "" && !keepUnlabelled ? { skip: noLabel } : { target: label };
    },
    strata(rows) {
      classes = [...new Set(rows.map(({ target }) => target))].filter((one) => one !== "").sort(byCodePoint);
      checkClassNames(classes, found.root);
      if (emptyParts !== true)
        checkClasses(
          rows.map(({ id, target, sha256, given }) => ({ id, label: target, sha256, part: given })),
          found.root,
          unit,
        );
      // Samples without a label have a stratum of their own, after those of the classes.
      const strata = keepUnlabelled ? [...classes, ""] : classes;
      return { bin: rows.map(({ target }) => strata.indexOf(target)), bins: strata.length };
    },
    fields: (target, bin) => ({ label: target === "" ? -1 : bin }),
    classes: () => classes,
  };
}

/** Returns how transcripts are read. @throws DataError without a column of them */
export function transcriptTargets(
  found: FoundFiles,
  chosen: string | undefined,
): TargetKind<string, { readonly label: number; readonly text: string }> {
  const column = targetColumnOf(found, "text", chosen);
  return {
    read(file) {
      const text = cellOf(file, column).normalize("NFC");
      return text === "" ? { skip: "has no transcript" } : { target: text };
    },
    strata: (rows) => ({ bin: rows.map(() => 0), bins: 1 }),
    fields: (text) => ({ label: 0, text }),
    classes: () => [],
  };
}

/** Which labels are read. */
export interface LabelColumns {
  /** The column of labels, or several of 0 and 1. Default: found by name. */
  readonly named?: readonly string[];
  /** Labels of a model, in its order. Columns with these names are label columns, and no label needs enough samples. */
  readonly known?: readonly string[];
}

/**
 * Returns how any number of labels is read, and the message about their columns. The `label` of an item is the position of its rarest label,
 * or the number of classes without labels.
 * @throws DataError for missing columns, and for labels that cannot be learnt
 */
export function labelTargets(
  { name, columns, files, root }: FoundFiles,
  { named, known }: LabelColumns,
): TargetKind<readonly string[], { readonly label: number; readonly labels: readonly number[] }> & {
  readonly source: Message;
  /** Returns the number of empty cells that were read as 0. */
  readonly empty: () => number;
} {
  const reader = requireLabelReader({ name, columns, rows: files }, { named, known });
  let classes: readonly string[] = [];
  const positions = (labels: readonly string[]): readonly number[] =>
    labels.map((label) => classes.indexOf(label)).sort((a, b) => a - b);
  return {
    source: reader.source,
    empty: () => reader.empty ?? 0,
    read: ({ values, file, line }) => ({ target: reader.of(values, file ?? name, line) }),
    strata(rows) {
      const sets = rows.map(({ target }) => target);
      classes = known
        ? knownLabels(sets, known, root)
        : labelsOf(sets, reader.labels, { name, from: inEnglish([reader.source]) });
      const labelled = rows.map(({ target, given }) => ({ labels: positions(target), given }));
      return { bin: rarestLabels(labelled, classes), bins: classes.length + 1 };
    },
    fields: (target, bin) => ({ label: bin, labels: positions(target) }),
    classes: () => classes,
  };
}

/**
 * Returns how numbers are read, and the files with decimal points instead of decimal commas. The split is stratified by the first number.
 * @param chosen names of the columns. Default: the column of numbers, or the one with a usual name
 * @throws DataError for missing columns, and for too few or too many unusable numbers
 */
export function numberTargets(
  found: FoundFiles,
  unit: FileUnit,
  chosen: readonly string[] | undefined,
  { emptyParts }: { readonly emptyParts?: boolean },
): TargetKind<readonly number[], { readonly label: number; readonly values: readonly number[] }> & {
  readonly targets: readonly string[];
} {
  const { name, columns, files, groupedBy } = found;
  const targets = numberColumnsOf({ name, columns, rows: files }, chosen, { unit, group: groupedBy });
  return {
    targets,
    warnings: targets.flatMap((column) =>
      doubtsOfNumbers(
        column,
        files.map((file) => cellOf(file, column)),
      ),
    ),
    read(file) {
      const cells = targets.map((column) => cellOf(file, column));
      const values = cells.flatMap((text) => numberOf(text) ?? []);
      const bad = cells.findIndex((text) => numberOf(text) === undefined);
      return bad < 0 ? { target: values } : { skip: unusableCell(targets[bad]!, cells[bad]!) };
    },
    check(usable, all, skipped) {
      requireUsable(usable, all, skipped, unit, name, emptyParts ? 1 : minItems);
    },
    strata: (rows) => binsOf(rows.map(({ target, given }) => ({ value: target[0]!, given }))),
    fields: (values) => ({ label: 0, values }),
    classes: () => [],
  };
}

/** Names of columns of transcripts, best first. */
const transcriptNames = ["text", "transcript", "transcription", "sentence"];

/** Returns the column of transcripts, found by its name. */
export const transcriptColumnOf = (columns: readonly string[]): string | undefined =>
  transcriptNames.flatMap((name) => columns.filter((column) => column.toLowerCase() === name)).at(0);

/** Returns the column of labels or transcripts. @throws DataError without one */
function targetColumnOf(
  { name, columns }: Named,
  what: "label" | "text",
  chosen: string | undefined,
): string {
  const usual = what === "label" ? columnOf("label", columns) : transcriptColumnOf(columns);
  const found = chosen === undefined ? usual : columns.find((column) => column === chosen);
  if (found !== undefined) return found;
  throw new EngraftError(
    "DataError",
    chosen === undefined
      ? `${JSON.stringify(name)} has no column of ${what === "label" ? "labels" : "transcripts"}`
      : `${JSON.stringify(name)} has no column ${JSON.stringify(chosen)}`,
    {
      help: `its columns are ${quoted(columns, 12)}; call it "${what}", or name it: --target NAME`,
      ...(chosen === undefined
        ? { code: "no-label-column", details: { list: name, columns } }
        : { code: "no-such-column", details: { list: name, columns, named: chosen } }),
    },
  );
}

/** Checks that columns exist. @throws DataError for unknown names */
export function requireColumns({ name, columns }: Named, names: readonly string[]): void {
  const unknown = names.filter((one) => !columns.includes(one));
  if (unknown.length > 0)
    throw listError(
      name,
      `has no column ${quoted(unknown)}`,
      undefined,
      `its columns are ${quoted(columns, 30)}`,
    );
}

/** Returns the columns of numbers of a list, without its split and its groups. */
export const numbersAmong = (list: Named & Pick<Table, "rows">, group?: string): string[] =>
  list.columns.filter((column) => {
    if (splitColumnOf({ columns: [column] }) !== undefined || column === group) return false;
    const { numbers, others } = summarizeColumn(list.rows.map((row) => textOf(row, column, list)));
    return numbers > 0 && others.length === 0;
  });

/**
 * Returns the target columns: the chosen ones, or the column of numbers. Of several, one with a usual name is the target.
 * @param list without its column of files
 * @throws DataError without a column of numbers, and for several that could be the target
 */
export function numberColumnsOf(
  list: Named & Pick<Table, "rows">,
  chosen: readonly string[] | undefined,
  { unit, group }: { readonly unit: FileUnit; readonly group?: string | undefined },
): string[] {
  if (chosen) {
    requireColumns(list, chosen);
    return [...chosen];
  }
  const found = numbersAmong(list, group);
  const usual = columnOf("label", found);
  if (usual !== undefined) return [usual];
  if (found.length > 1) throw manyTargets(list.name, "columns of numbers", found);
  if (found.length === 1) return found;
  throw listError(
    list.name,
    `has no column of numbers beside its ${unit}s`,
    undefined,
    "name the columns to learn: --target NAME,…",
  );
}

/** Returns the files with decimal points instead of decimal commas in their values. */
export function withPoints(found: FoundFiles): FoundFiles {
  const { columns, files, separator } = found;
  const table: Table = { columns, rows: files, ...(separator !== undefined && { separator }) };
  const { rows, warnings = [] } = withDecimalPoints(table);
  return {
    ...found,
    files: files.map((file, i) => ({ ...file, values: rows[i]!.values })),
    warnings: [...found.warnings, ...warnings],
  };
}

/** Smallest number of samples for regression. */
export const minItems = 10;

/** Checks the number of usable samples. @throws DataError for too few, or for over 10 % unusable ones */
export function requireUsable(
  usable: number,
  all: number,
  skipped: readonly { readonly item: string; readonly reason: string }[],
  what: SampleWords["one"],
  name: string,
  least = minItems,
): void {
  const at = skipped
    .slice(0, 3)
    .map(({ item, reason }) => `${item}: ${reason}`)
    .join("; ");
  const out = skipped.filter(({ reason }) => !reason.startsWith("names ")).length;
  if (usable < least)
    throw new EngraftError("DataError", `${JSON.stringify(name)} has ${count(usable, `usable ${what}`)}`, {
      at: at || undefined,
      help: `give at least ${least}: some to learn from, some to choose by, some to test`,
      details: { skipped },
    });
  requireNearlyAll(out, { all, unit: what, where: name, skipped });
}

/** Checks that every target varies in the train split. @throws DataError for a constant target */
export function requireSpread(
  targets: readonly string[],
  items: readonly { readonly part: Part; readonly values: readonly number[] }[],
  name: string,
): void {
  const train = items.filter(({ part }) => part === "train");
  for (const [t, target] of targets.entries())
    if (new Set(train.map(({ values }) => values[t])).size < 2)
      throw new EngraftError(
        "DataError",
        `${JSON.stringify(target)} of ${JSON.stringify(name)} is ${train[0]?.values[t]} in the whole train part`,
        { help: "a constant number cannot be learnt: choose another --target" },
      );
}
