// The rows of another table, in the columns of the target table.
import { EngraftError } from "../../../core/errors.js";
import type { OnProgress } from "../../../core/events/progress-events.js";
import { firstOf } from "../../../core/messages/counted.js";
import { type Message, message, warningText } from "../../../core/messages/message.js";
import { isMissing, numberOf } from "../../../data/column.js";
import type { RowItem, TableDataset } from "../../../data/index.js";
import { type Row, textOf } from "../../../data/lists/columns.js";
import { count, quoted } from "../../../data/split/found.js";
import { groupIn } from "../../../data/split/named-groups.js";
import { derivedCell, sourcesOf } from "../../../data/tables/dates.js";
import { nearRowPairs } from "../../../data/tables/near-rows.js";
import { type ReadTable, readTable } from "../../../data/tables/read-table.js";
import { valuesOfRow } from "../../../data/tables/table-columns.js";
import { isWithoutBase } from "../../../methods/registry.js";
import { isOfSteps, type OptionName, optionTable } from "../../../options/option-table.js";
import type { RecipeOptions } from "../../../options/options.js";
import type { Platform } from "../../../platform/platform.js";

/** Another table whose rows a model learns from. They are in no split of the target, and are never scored. */
export interface SourceTable {
  /** Name of its file. */
  readonly name: string;
  readonly sha256: string;
  readonly items: readonly RowItem[];
  /** Rows that were left out: rows of the target, or of groups of its validation and test split. */
  readonly leftOut: number;
}

/** Fewest rows of a source. Twenty are the smallest leaf of a tree. */
const fewestRows = 30;
/** Largest share of cells of a source that may not fit the target's type, as for the target of a table. */
const mostUnfit = 0.05;

interface Opening {
  readonly platform: Platform;
  readonly options: RecipeOptions;
  readonly onEvent: OnProgress;
}

/**
 * Opens another table as a source of training rows. Rows of the target are left out, and so are groups of its validation and test split.
 * @throws DataError for other columns, another kind of target, other classes, the same rows, or too few rows
 */
export async function openSource(
  path: string,
  data: TableDataset,
  { platform, options, onEvent }: Opening,
): Promise<SourceTable> {
  refuseWithSource(options);
  const { files } = platform;
  const root = files.resolve(path);
  const name = root.split(/[\\/]/).at(-1)!;
  if (root === files.resolve(data.root)) throw sameRows(name);
  const { quotes, classNames } = options;
  const read = await readTable(platform, root, { quotes, classNames, classColumn: data.targets[0] });
  const warn = (code: string, sentence: Message): void =>
    onEvent({ event: "warning", ...warningText(code, sentence) });
  const unknown = checkColumns(read.list.columns, name, data, options);
  if (unknown.length > 0)
    warn("source_columns", message("source-columns-unknown", { source: name, ...firstOf(unknown) }));
  const rows = usableRows(read, name, data);
  const unusable = read.list.rows.length - rows.length;
  if (unusable > 0)
    warn(
      "source_rows",
      message("source-rows-unusable", { source: name, rows: unusable, ...firstOf(data.targets) }),
    );
  const items: RowItem[] = [];
  for (const row of rows)
    items.push({ ...row, sha256: await platform.sha256(valuesOfRow(row.cells, data.columns)) });
  const kept = withoutTarget(items, name, data, warn);
  if (kept.length < fewestRows)
    throw new EngraftError(
      "DataError",
      `the source ${JSON.stringify(name)} has ${count(kept.length, "row")} to learn from`,
      {
        help: `give at least ${fewestRows} rows besides those of the target, or leave --with out`,
      },
    );
  const sha256 = await platform.sha256(
    JSON.stringify(kept.map(({ sha256, label, values }) => [sha256, label, values])),
  );
  return { name, sha256, items: kept, leftOut: items.length - kept.length };
}

/** Refuses options of networks in a run with a source table, whose models are solved. @throws OptionError */
function refuseWithSource(options: RecipeOptions): void {
  const { strategy = "auto", option, seeds = 1 } = options;
  const isOfColumns = strategy === "auto" || isWithoutBase(strategy);
  const others: readonly (OptionName | false)[] = [
    options.initFrom !== undefined && "initFrom",
    !isOfColumns && "strategy",
    seeds > 1 && "seeds",
    option !== undefined && "option",
    ...(Object.keys(optionTable) as OptionName[]).filter((name) => isOfSteps(name, options[name])),
  ];
  const name = others.find((one) => one !== false);
  if (name === undefined) return;
  throw new EngraftError("OptionError", `the option ${name} cannot be used together with --with`, {
    help:
      name === "seeds"
        ? "linear models and trees draw nothing at random, so every seed gives the same model: leave it out"
        : "with another table as source, linear models and trees are solved: leave it out, or train a network on the source and start from it by --init-from",
    details: { option: name },
  });
}

/** Returns the columns that the target does not have. @throws DataError if the source lacks some of the target's */
function checkColumns(
  columns: readonly string[],
  name: string,
  { columns: inputs, targets, facts, groupColumn }: TableDataset,
  { splitBy }: RecipeOptions,
): string[] {
  const has = (column: string): boolean => columns.includes(column);
  if (groupColumn !== undefined && !has(groupColumn))
    throw new EngraftError(
      "DataError",
      `the source ${JSON.stringify(name)} has no column ${JSON.stringify(groupColumn)}, whose groups divide the target`,
      {
        help: "add the column to the source, so that rows of one group do not learn and test: other groups get other names",
        details: { missing: [groupColumn] },
      },
    );
  const needed = [
    ...new Set([...inputs.flatMap(({ name: one }) => (has(one) ? [one] : sourcesOf(one))), ...targets]),
  ];
  const known = new Set([...needed, ...facts.unused.map((one) => one.name), groupColumn, splitBy, "split"]);
  const [missing, unknown] = [needed.filter((one) => !has(one)), columns.filter((one) => !known.has(one))];
  if (missing.length === 0) return unknown;
  const others = unknown.length > 0 ? `, and has ${quoted(unknown, 12)}, which the target has not` : "";
  throw new EngraftError(
    "DataError",
    `the source ${JSON.stringify(name)} has no column ${quoted(missing, 12)}${others}`,
    {
      help: "name the columns of both tables alike, or leave those that one table lacks out of both: --ignore NAME,...",
      details: { missing, unknown },
    },
  );
}

/** Returns the rows with a target. @throws DataError for another kind of target or column, or for other classes */
function usableRows({ list, idOf }: ReadTable, name: string, data: TableDataset): Omit<RowItem, "sha256">[] {
  const { columns, targets, classes } = data;
  const areNumbers = classes.length === 0;
  const has = new Set(list.columns);
  const cellOf = (column: string, row: Row): string => {
    const textIn = (one: string): string => textOf(row, one, list);
    return has.has(column) ? textIn(column) : (derivedCell(column, textIn) ?? "");
  };
  const rows = list.rows.flatMap((row) => {
    const truth = targets.map((one) => textOf(row, one, list));
    if (truth.some((cell) => isMissing(cell) && !classes.includes(cell))) return [];
    return [{ row, truth, cells: columns.map((column) => cellOf(column.name, row)) }];
  });
  const numeric = columns.flatMap(({ name: column, kind }, c) =>
    kind === "number" ? [{ column, cells: rows.map(({ cells }) => cells[c]!) }] : [],
  );
  const ofTargets = targets.map((column, t) => ({ column, cells: rows.map(({ truth }) => truth[t]!) }));
  for (const one of [...numeric, ...(areNumbers ? ofTargets : [])]) requireNumbers(one, name);
  const labels = rows.map(({ truth }) => (areNumbers ? "" : truth[0]!.normalize("NFC")));
  if (!areNumbers) requireSameClasses(new Set(labels), name, data);
  return rows.flatMap(({ row, truth, cells }, i) => {
    const values = areNumbers ? truth.map(numberOf) : [];
    if (values.includes(undefined)) return [];
    const group = data.groupColumn === undefined ? undefined : groupIn(row, data.groupColumn, list);
    return [
      {
        id: `${name}, ${idOf(row)}`,
        part: "train" as const,
        cells,
        label: Math.max(0, classes.indexOf(labels[i]!)),
        values: values as number[],
        ...(group !== undefined && { group }),
      },
    ];
  });
}

/** @throws DataError if a column of numbers in the target holds texts in the source */
function requireNumbers(
  { column, cells }: { readonly column: string; readonly cells: readonly string[] },
  name: string,
): void {
  const present = cells.filter((cell) => !isMissing(cell));
  const texts = present.filter((cell) => numberOf(cell) === undefined);
  if (texts.length <= mostUnfit * present.length) return;
  throw new EngraftError(
    "DataError",
    `${JSON.stringify(column)} holds numbers in the target, and ${JSON.stringify(texts[0])} in the source ${JSON.stringify(name)}`,
    {
      help: "write the column in both tables alike, with the same unit",
      details: { column, texts: texts.length },
    },
  );
}

/** @throws DataError for other classes than those of the target */
function requireSameClasses(
  labels: ReadonlySet<string>,
  name: string,
  { classes, targets }: TableDataset,
): void {
  const unknown = [...labels].filter((label) => !classes.includes(label));
  const missing = classes.filter((label) => !labels.has(label));
  if (unknown.length + missing.length === 0) return;
  const wrong = [
    ...(unknown.length > 0 ? [`has ${quoted(unknown, 12)}, which the target has not`] : []),
    ...(missing.length > 0 ? [`has no row of ${quoted(missing, 12)}`] : []),
  ];
  throw new EngraftError(
    "DataError",
    `other classes in ${JSON.stringify(targets[0])}: the source ${JSON.stringify(name)} ${wrong.join(", and ")}`,
    {
      help: "give both tables the same classes, spelt alike: remove or rename the others",
      details: { unknown, missing },
    },
  );
}

/** Returns the rows that are not the target's. A row of a group of the target may tell the target's values, too. */
function withoutTarget(
  items: readonly RowItem[],
  name: string,
  data: TableDataset,
  warn: (code: string, sentence: Message) => void,
): readonly RowItem[] {
  const held = data.items.filter(({ part }) => part !== "train");
  const [known, tested] = [data.items, held].map((rows) => new Set(rows.map(({ sha256 }) => sha256)));
  const same = items.filter(({ sha256 }) => known!.has(sha256));
  // In a table of few categories, equal rows are natural: they are no copies.
  const areCopies = !data.warnings.some(({ code }) => code === "equal_rows");
  if (areCopies && same.length > items.length / 2) throw sameRows(name, same.length, items.length);
  if (areCopies && same.length > 0) {
    const ofHeld = same.filter(({ sha256 }) => tested!.has(sha256)).length;
    warn("source_rows", message("source-rows-of-target", { source: name, rows: same.length, held: ofHeld }));
  }
  const unequal = areCopies ? items.filter(({ sha256 }) => !known!.has(sha256)) : items;
  const others = withoutNear(unequal, name, data, warn);
  // Folds score each group of the training split, too.
  const groups = new Set(data.items.flatMap(({ group }) => group ?? []));
  const kept = others.filter(({ group }) => group === undefined || !groups.has(group));
  const ofGroups = others.length - kept.length;
  if (ofGroups > 0)
    warn(
      "source_rows",
      message("source-rows-of-groups", { source: name, rows: ofGroups, column: data.groupColumn! }),
    );
  return kept;
}

/** Returns the rows of a source that are not nearly equal to one of the target: another measurement of the same thing gives its answer away. */
function withoutNear(
  items: readonly RowItem[],
  name: string,
  data: TableDataset,
  warn: (code: string, sentence: Message) => void,
): readonly RowItem[] {
  const own = data.items.length;
  const nearOf = new Map<number, Set<number>>();
  for (const [i, j] of nearRowPairs(
    data.columns,
    [...data.items, ...items].map(({ cells }) => cells),
  ))
    if (i < own && j >= own) nearOf.set(j - own, (nearOf.get(j - own) ?? new Set()).add(i));
  if (nearOf.size === 0) return items;
  const held = [...nearOf.values()].filter((all) => [...all].some((i) => data.items[i]!.part !== "train"));
  warn(
    "source_rows",
    message("source-rows-of-target", { source: name, rows: nearOf.size, held: held.length, nearly: true }),
  );
  return items.filter((_, i) => !nearOf.has(i));
}

const sameRows = (name: string, same?: number, of?: number): EngraftError =>
  new EngraftError(
    "DataError",
    same === undefined
      ? `the source ${JSON.stringify(name)} is the target itself`
      : `the source ${JSON.stringify(name)} holds the rows of the target: ${count(same, "row")} of ${of} are the same`,
    { help: "give another table: rows of another place, time or group, without those of the target" },
  );
