import { EngraftError } from "../core/errors.js";
import type { DataEvent, LeakedPair } from "../core/events/opening-events.js";
import type { Message, WarningText } from "../core/messages/message.js";
import type { SplitCounts } from "../core/results/counts.js";
import { isTaskWith, type ModelTask } from "../core/results/task.js";
import { splitColumnOf } from "../data/lists/columns.js";
import { type ListFile, readLists } from "../data/lists/read-list.js";
import { sourceOf } from "../data/source.js";
import type { TableColumn } from "../data/tables/table-columns.js";
import { defaults, type RecipeOptions } from "../options/options.js";
import { openMachine } from "../run/machine.js";
import { resolveTask, rowOf, type TaskMachine } from "./registry.js";
import type { InspectedSample } from "./task-run.js";

/** Options of {@link inspectData}: the options of `train` that describe the data. */
export type InspectDataOptions = Pick<
  RecipeOptions,
  | "task"
  | "target"
  | "labels"
  | "text"
  | "groupFrom"
  | "quotes"
  | "classNames"
  | "ignore"
  | "categories"
  | "inputs"
  | "seed"
  | "signal"
>;

/** Number of samples in each split. */
type Counts = Omit<SplitCounts, "seed">;

/** What a training would learn from data. */
export interface DataInspection {
  readonly task: ModelTask;
  /** Classes or labels, with the number of samples in each split; the most frequent first. Missing: other targets. */
  readonly classes?: readonly (Counts & { readonly name: string })[];
  /** Range of each number that is learnt. Missing: other targets. */
  readonly numbers?: readonly {
    readonly name: string;
    readonly least: number;
    readonly mean: number;
    readonly most: number;
  }[];
  /** Columns of a table, with their first values. Missing: no table. */
  readonly columns?: readonly {
    readonly name: string;
    readonly use: TableColumn["kind"] | "target" | "date" | "split" | "left out";
    /** Why it is left out. */
    readonly why?: string;
    /** The same for pages in other languages. */
    readonly message?: Message;
    readonly values: readonly string[];
  }[];
  readonly splits: Counts;
  /** Where the splits come from. */
  readonly split_words: string;
  /** Number of groups of samples that are never divided. Missing: no groups. */
  readonly groups?: number;
  readonly skipped: DataEvent["skipped"];
  /** Copies of other samples: exact ones, near ones, and those whose original is in another given split. */
  readonly duplicates: DataEvent["duplicates"];
  /** Pairs across the splits that show the same. */
  readonly leaks: readonly LeakedPair[];
  readonly warnings: readonly WarningText[];
  /** The first three training samples, with their targets as text. */
  readonly samples: readonly Pick<InspectedSample, "id" | "target">[];
  /** sha256: equal only for the same data and splits. */
  readonly fingerprint: string;
}

/** Number of samples and of first values that are shown. */
const shown = 3;

/**
 * Says what a training would learn from data, without a base and without training: the task, classes or numbers, columns, splits, what is
 * left out and why, copies, groups and the first samples.
 *
 * @param data a folder, a list or a table, as for `train`
 * @throws what `train` throws for data that it cannot use
 * @example
 * const { task, classes, warnings } = await inspectData("photos");
 * console.log(task, classes?.map(({ name, train }) => `${name}: ${train}`), warnings.length);
 */
export async function inspectData(data: string, options: InspectDataOptions = {}): Promise<DataInspection> {
  return inspectDataOn(await openMachine(), data, options);
}

/** Runs {@link inspectData} on a given machine. */
export async function inspectDataOn(
  machine: TaskMachine,
  data: string,
  options: InspectDataOptions = {},
): Promise<DataInspection> {
  const source = sourceOf(machine.platform, data);
  const task = await resolveTask(machine, source, options);
  // Read before the samples, whose reader forgets what was read.
  const head = isTaskWith(task, { sample: "row" })
    ? await readLists(source.platform, source.path, {
        quotes: options.quotes,
        most: shown,
        reserved: reservedIn(options),
      })
    : undefined;
  let event: DataEvent | undefined;
  const warnings: WarningText[] = [];
  const samples = await rowOf(machine, task).openSamples(machine, source, {
    ...options,
    task: task as never,
    seed: options.seed ?? defaults.seed,
    onEvent: (one) => {
      if (one.event === "data") event = one;
      if (one.event === "warning") {
        const { event: _, ...text } = one;
        warnings.push(text);
      }
    },
  });
  if (event === undefined) throw new EngraftError("InternalError", `${task} reported no data`);
  const groups = new Set(samples.flatMap(({ group }) => group ?? []));
  return {
    task,
    ...targetsOf(event, samples),
    ...(event.table && head && { columns: await columnsOf(head, event.table) }),
    splits: event.split,
    split_words: event.split_words,
    ...(groups.size > 0 && { groups: groups.size }),
    skipped: event.skipped,
    duplicates: event.duplicates,
    leaks: event.leaks ?? [],
    warnings,
    samples: samples
      .filter(({ part }) => part === "train")
      .slice(0, shown)
      .map(({ id, target }) => ({ id, target })),
    fingerprint: event.fingerprint,
  };
}

/** Returns the columns that options name. */
const reservedIn = ({ target, ignore, categories, groupFrom }: InspectDataOptions): string[] =>
  [target, ignore, categories, groupFrom]
    .flatMap((names) => names?.split(",") ?? [])
    .map((name) => name.trim());

/** Counts the classes of samples, and ranges of numbers. A target with other names, such as boxes, has neither. */
function targetsOf(
  event: DataEvent,
  samples: readonly InspectedSample[],
): Pick<DataInspection, "classes" | "numbers"> {
  const names = event.classes.length === 0 ? (event.targets ?? event.table?.target) : undefined;
  if (names) return { numbers: rangesOf(names, samples) };
  const counts = new Map(event.classes.map((name) => [name, { name, train: 0, validation: 0, test: 0 }]));
  let known = 0;
  for (const { target, part, labels = [target] } of samples)
    for (const name of labels) {
      const count = counts.get(name);
      if (!count || !(part === "train" || part === "validation" || part === "test")) continue;
      count[part]++;
      known++;
    }
  const all = ({ train, validation, test }: Counts) => train + validation + test;
  return known === 0 ? {} : { classes: [...counts.values()].sort((a, b) => all(b) - all(a)) };
}

function rangesOf(names: readonly string[], samples: readonly InspectedSample[]): DataInspection["numbers"] {
  const rows = samples.map(({ target }) => target.split(" ").map(Number));
  return names.map((name, i) => {
    let [least, most, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
    for (const row of rows) {
      const value = row[i]!;
      [least, most, sum] = [Math.min(least, value), Math.max(most, value), sum + value];
    }
    return { name, least, mean: sum / rows.length, most };
  });
}

/** Returns the columns of a table with their use and first values. */
async function columnsOf(
  list: ListFile,
  { target, numbers, categories, pictures, texts, unused }: NonNullable<DataEvent["table"]>,
): Promise<DataInspection["columns"]> {
  const { derivedSources } = await import("../data/tables/dates.js");
  const dates = derivedSources([...numbers, ...categories]);
  return list.columns.map((name) => {
    const values = list.rows.map((row) => String(row.values[name] ?? ""));
    const left = unused.find((one) => one.name === name);
    if (target.includes(name)) return { name, use: "target", values };
    if (dates.has(name)) return { name, use: "date", values };
    if (numbers.includes(name)) return { name, use: "number", values };
    if (pictures?.includes(name)) return { name, use: "picture", values };
    if (texts?.includes(name)) return { name, use: "text", values };
    if (categories.includes(name)) return { name, use: "category", values };
    if (name === splitColumnOf(list)) return { name, use: "split", values };
    return { name, use: "left out", ...(left && { why: left.why, message: left.message }), values };
  });
}
