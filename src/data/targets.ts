import { EngraftError } from "../core/errors.js";
import type { Part } from "../core/events/events.js";
import { inEnglish, type Message, message, warningText } from "../core/messages/message.js";
import type { BaseModality, SampleWords } from "../core/modalities.js";
import { type Cells, cellOf, type TargetKind } from "./assemble-samples.js";
import { numberOf, unusableCell } from "./column.js";
import type { FileUnit, FoundFiles } from "./found-files.js";
import { knownLabels, labelsOf, labelWarnings } from "./label-data.js";
import { rarestLabels, requireLabelReader } from "./label-sets.js";
import { checkClassNames } from "./lists/class-names.js";
import { columnOf, readColumn, splitColumnOf } from "./lists/columns.js";
import type { Table } from "./lists/csv.js";
import { listError } from "./lists/list-bytes.js";
import { manyTargets } from "./lists/target-column.js";
import { checkClasses } from "./split/class-checks.js";
import { binsOf } from "./split/divide.js";
import { byCodePoint, count, noLabel, quoted, type Warning } from "./split/found.js";
import { requireNearlyAll } from "./split/nearly-all.js";
import { type SplitOrigin, withSplitMessages } from "./split/split-origin.js";
import { withDecimalPoints } from "./tables/decimal-commas.js";
import { doubtsOfNumbers } from "./tables/doubts.js";

type Named = { readonly name: string; readonly columns: readonly string[] };

/** A list whose targets are read: all rows of files, or the first rows of texts. */
export interface TargetList extends Named {
  readonly root: string;
  readonly unit: SampleWords<BaseModality>["one"];
  readonly rows: readonly Cells[];
  /** Column that gives the groups. */
  readonly group?: string | undefined;
  /** True if a list with one label for each sample may be meant for classes, which is a warning. Default false. */
  readonly mayHoldClasses?: boolean;
}

/** How the targets of one list are read, divided and kept. */
export interface ListTargets<Target, Fields> extends TargetKind<Target, Fields> {
  /** Names of the numbers. Missing: the targets are classes or labels. */
  readonly targets?: readonly string[];
  /** Returns a 0 or 1 for each label, as the fingerprint of pictures has them. Missing: the targets are no labels. */
  bits?(target: Target): readonly number[];
  /** Says what the divided samples show. @throws DataError for targets that cannot be learnt */
  finish?(
    items: readonly (Fields & { readonly part: Part })[],
    name: string,
  ): { readonly split?: Message; readonly warnings: readonly Warning[] };
}

/** A kind of targets in any list. */
export interface TargetSource<Target, Fields> {
  /** Columns that are learnt, which are no groups. Missing: found by name or content. */
  readonly columns?: readonly string[] | undefined;
  /** Decimal commas are read as points. Default false. */
  readonly decimals?: true;
  open(list: TargetList): ListTargets<Target, Fields>;
}

/** Returns the list of found files. */
export const listOf = ({ files, groupedBy: group, ...found }: FoundFiles, unit: FileUnit): TargetList => ({
  ...{ ...found, rows: files, unit, group },
});

/** Returns opened samples with what their targets show. */
export function finished<
  Target,
  Fields,
  D extends SplitOrigin & {
    readonly items: readonly (Fields & { readonly part: Part })[];
    readonly warnings: readonly Warning[];
  },
>(data: D, kind: ListTargets<Target, Fields>, name: string) {
  const { targets } = kind;
  const { split, warnings = [] } = kind.finish?.(data.items, name) ?? {};
  return {
    ...data,
    ...(split && withSplitMessages(data, split)),
    ...(targets && { targets }),
    warnings: [...data.warnings, ...warnings],
  };
}

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
  readonly named?: readonly string[] | undefined;
  /** Labels of a model, in its order. Columns with these names are label columns, and no label needs enough samples. */
  readonly known?: readonly string[] | undefined;
}

/** Fields of a sample with any number of labels. */
export interface LabelFields {
  /** Position of the rarest label, or the number of classes without labels. */
  readonly label: number;
  readonly labels: readonly number[];
}

/** Returns how any number of labels is read. @throws DataError for missing columns, and for labels that cannot be learnt */
export const labelTargets = ({
  named,
  known,
}: LabelColumns): TargetSource<readonly string[], LabelFields> => ({
  columns: named,
  open({ name, columns, rows, root, mayHoldClasses = false }) {
    const reader = requireLabelReader({ name, columns, rows }, { named, known });
    const { source, labels: given } = reader;
    let classes: readonly string[] = [];
    let single = false;
    const positions = (labels: readonly string[]): readonly number[] =>
      labels.map((label) => classes.indexOf(label)).sort((a, b) => a - b);
    return {
      read: ({ values, file, line }) => ({ target: reader.of(values, file ?? name, line) }),
      strata(found) {
        const sets = found.map(({ target }) => target);
        classes = known
          ? knownLabels(sets, known, root)
          : labelsOf(sets, given, { name, from: inEnglish([source]) });
        single = mayHoldClasses && !known && !given && sets.every((set) => set.length === 1);
        const labelled = found.map(({ target, given: part }) => ({ labels: positions(target), given: part }));
        return { bin: rarestLabels(labelled, classes), bins: classes.length + 1 };
      },
      fields: (target, bin) => ({ label: bin, labels: positions(target) }),
      bits: (own) => classes.map((label) => (own.includes(label) ? 1 : 0)),
      classes: () => classes,
      finish: (items) => ({
        split: source,
        warnings: [...(single ? [oneLabelEach] : []), ...labelWarnings(items, classes, reader.empty ?? 0)],
      }),
    };
  },
});

const oneLabelEach = warningText("one_label_each", message("one-label-each"));

/** Fields of a sample with numbers. */
export interface NumberFields {
  readonly label: 0;
  readonly values: readonly number[];
}

/**
 * Returns how numbers are read. The split is stratified by the first number.
 * @param chosen names of the columns. Default: the column of numbers, or the one with a usual name
 * @throws DataError for missing columns, for too few or too many unusable numbers, and for a constant number
 */
export const numberTargets = (
  chosen: readonly string[] | undefined,
  { emptyParts = false }: { readonly emptyParts?: boolean | undefined } = {},
): TargetSource<readonly number[], NumberFields> => ({
  columns: chosen,
  decimals: true,
  open({ name, columns, rows, unit, group }) {
    const targets = numberColumnsOf({ name, columns, rows }, chosen, { unit, group });
    return {
      targets,
      warnings: targets.flatMap((column) =>
        doubtsOfNumbers(
          column,
          rows.map((row) => cellOf(row, column)),
        ),
      ),
      read(row) {
        const cells = targets.map((column) => cellOf(row, column));
        const values = cells.flatMap((text) => numberOf(text) ?? []);
        const bad = cells.findIndex((text) => numberOf(text) === undefined);
        return bad < 0 ? { target: values } : { skip: unusableCell(targets[bad]!, cells[bad]!) };
      },
      check(usable, all, skipped) {
        requireUsable(usable, all, skipped, unit, name, emptyParts ? 1 : minItems);
      },
      strata: (found) => binsOf(found.map(({ target, given }) => ({ value: target[0]!, given }))),
      fields: (values) => ({ label: 0, values }),
      classes: () => [],
      finish(items) {
        if (!emptyParts) requireSpread(targets, items, name);
        return { warnings: [] };
      },
    };
  },
});

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
    return readColumn(list, column).areNumbers;
  });

/**
 * Returns the target columns: the chosen ones, or the column of numbers. Of several, one with a usual name is the target.
 * @param list without its column of files
 * @throws DataError without a column of numbers, and for several that could be the target
 */
export function numberColumnsOf(
  list: Named & Pick<Table, "rows">,
  chosen: readonly string[] | undefined,
  { unit, group }: { readonly unit: TargetList["unit"]; readonly group?: string | undefined },
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
export function withPoints({ files, ...found }: FoundFiles): FoundFiles {
  const { rows, warnings } = withDecimalPoints({ ...found, rows: files });
  return {
    ...found,
    files: files.map((file, i) => ({ ...file, values: rows[i]!.values })),
    warnings: warnings!,
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
