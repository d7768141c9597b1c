import { EngraftError } from "../core/errors.js";
import type { Part } from "../core/events/events.js";
import { message, type WarningText, warningText } from "../core/messages/message.js";
import { type BaseClassification, classificationOf } from "../core/results/task.js";
import { splitOrigin, withSplitMessages } from "../data/split/split-origin.js";
import type { Platform } from "../platform/platform.js";
import { copySample } from "./copy-sample.js";
import type { ClassSample, Dataset, Opened, Sample } from "./dataset.js";
import { fingerprintsOf } from "./fingerprints.js";
import { defaultPlatform } from "./images/decode.js";
import type { DrawnPart } from "./split/copies.js";
import { divideTasks, drawnParts, inBoth, strictest } from "./split/divide-tasks.js";
import { byCodePoint, noLabel, quoted } from "./split/found.js";
import { joined } from "./split/groups.js";
import { groupNearTexts, wholeText } from "./texts/near-texts.js";

/** A sample with labels for several tasks. */
export interface TaskItem extends Sample {
  /** Class of each task; -1 for a task without a label. */
  readonly labels: readonly number[];
}

/** A sample while the tasks are opened. */
type OpenedItem = { -readonly [K in keyof TaskItem]: TaskItem[K] } & {
  labels: number[];
  print?: ClassSample["print"];
};

/** One of several tasks. */
export interface Task {
  readonly name: string;
  readonly classes: readonly string[];
}

/** The source of a task's labels. */
export interface TaskSource {
  readonly name: string;
  /** Folder or list. */
  readonly path: string;
  /** Column of labels in the list. */
  readonly column?: string;
}

/** The labels of several tasks, on the same or on different samples. */
export interface TaskData extends Omit<Opened<TaskItem>, "root"> {
  readonly tasks: readonly Task[];
}

/** How the samples of several tasks are opened. */
interface OpenTasksOptions {
  readonly seed?: number;
  readonly platform?: Platform;
  /** Name of a sample. Default "picture". */
  readonly sample?: string;
  /** Opens the samples of one task. */
  readonly open: (source: TaskSource) => Promise<Dataset>;
}

/** Returns the lowest position of each sample's copies and near copies, found like those of one task. */
const copiesOf: Readonly<Record<BaseClassification, (all: readonly OpenedItem[]) => Promise<Int32Array>>> = {
  [classificationOf.image]: async (all) => {
    const { groupDuplicates, thumbnailSide } = await import("./images/duplicate-groups.js");
    // A flat thumbnail has exact copies only.
    const flat = new Uint8Array(3 * thumbnailSide ** 2);
    const pictures = all.map(({ sha256, print }) => ({ sha256, thumbnail: (print as Uint8Array) ?? flat }));
    return groupDuplicates(pictures).near;
  },
  [classificationOf.audio]: async (all) =>
    (await import("./sounds/open-sounds.js")).findCopies(
      all.map(({ sha256, print }) => ({ sha256, print: print as Int8Array | undefined })),
    ).near,
  [classificationOf.text]: async (all) => nearTextsOf(all),
};

/** Warnings about copies that the division of one task could not keep together. The common division keeps them together. */
const dividedCopies = ["near_duplicates_divided", "near_duplicates_across_parts", "copies_across_parts"];

/**
 * Opens several tasks, and divides their samples at once: see {@link divideTasks}. Of different splits that folders or lists give one sample,
 * test precedes validation, and validation precedes train.
 *
 * @throws OptionError for fewer than two tasks and for repeated names; DataError as in `open`, with the task's name, and for a
 * class without a training sample
 */
export async function openTasks(
  sources: readonly TaskSource[],
  { seed = 0, sample = "picture", open, ...options }: OpenTasksOptions,
): Promise<TaskData> {
  checkNames(sources);
  const columns = sources.every(({ column }) => column !== undefined);
  const opened: Dataset[] = [];
  for (const source of sources) opened.push(await namingTask(source.name, open(source)));
  const tasks = sources.map(({ name }, t) => ({ name, classes: opened[t]!.classes }));
  const drawnOf = opened.map(drawnIn);
  // The first recommends --class-names, which works for a single task only. The second names the columns of other tasks.
  const ofOneTask = ["numbered_classes", "columns_beside_pictures"];
  const warnings: WarningText[] = opened.flatMap((one, t) =>
    one.warnings
      .filter(
        ({ code }) => ![...ofOneTask, ...(drawnOf[t] === drawnParts ? dividedCopies : [])].includes(code),
      )
      .map((w) => ({ ...w, message: `${tasks[t]!.name}: ${w.message}` })),
  );
  const { all, given, drawn, contradicting } = joinSamples(opened, tasks, drawnOf, columns);
  const together = joined(
    await copiesOf[opened[0]!.task as BaseClassification](all),
    all.map(({ group }) => group),
  );
  const classes = tasks.map((task) => task.classes.length);
  const parts = divideTasks(all, given, drawn, together, classes, seed);
  for (const [i, item] of all.entries()) {
    item.part = parts[i]!;
    if (given[i] && given[i] !== item.part && !(drawn[i] as readonly Part[]).includes(item.part))
      contradicting.add(item);
    delete item.print;
  }
  if (contradicting.size > 0) {
    const test = [...contradicting].filter(({ part }) => part === "test").length;
    const found = { samples: contradicting.size, unit: sample, test };
    warnings.push(warningText("shared_samples", message("task-splits-differ", found)));
  }
  const fixed = given.map((part, i) => (drawn[i]!.includes("test") ? undefined : part));
  for (const [t, task] of tasks.entries())
    ensureTrainSamples(all, { t, task, sample, together, given: fixed });
  const platform = options.platform ?? (await defaultPlatform());
  const lines = all.map(({ id, sha256, labels, part }) =>
    JSON.stringify([id, sha256, labels.map((label, t) => tasks[t]!.classes[label] ?? null), part]),
  );
  return {
    tasks,
    items: all,
    seed,
    ...(columns
      ? withSplitMessages(opened[0]!, message("split-by-labels", { column: tasks[0]!.name }))
      : splitOrigin(
          tasks.flatMap(({ name }, t) => [
            message("split-of-task", { task: name }),
            ...(opened[t]!.splitMessages ?? []),
          ]),
        )),
    // In a list with several label columns, an empty cell is a missing label and no skipped row.
    skipped: opened
      .flatMap(({ skipped }) => skipped)
      .filter(({ reason }) => !(columns && reason === noLabel)),
    warnings,
    ...(await fingerprintsOf(platform, [JSON.stringify(tasks), ...lines], all)),
  };
}

/** Returns the splits that the program took out of train when it opened a task. {@link drawnParts}: no split is given. */
function drawnIn({ splitMessages = [] }: Dataset): readonly DrawnPart[] {
  if (splitMessages[0]?.code === "split-shares") return drawnParts;
  return drawnParts.filter((part) =>
    splitMessages.some(({ code }) => code === "validation-taken" && part === "validation"),
  );
}

/**
 * Joins the samples of all tasks: a sample of several tasks becomes one.
 * @param drawnOf splits of each task that are not given. @param columns true for label columns of one list
 * @returns the samples by id, the split that their data give each, the splits that the program draws for each, and the samples that are
 * given to several splits
 */
function joinSamples(
  opened: readonly Dataset[],
  tasks: readonly Task[],
  drawnOf: readonly (readonly DrawnPart[])[],
  columns: boolean,
) {
  const items = new Map<string, OpenedItem>();
  const givenTo = new Map<OpenedItem, Part | undefined>();
  const drawnFor = new Map<OpenedItem, readonly DrawnPart[]>();
  const contradicting = new Set<OpenedItem>();
  for (const [t, { items: taskItems }] of opened.entries())
    for (const item of taskItems) {
      // Copies within a task stay separate items.
      let key = item.sha256;
      for (let n = 2; (items.get(key)?.labels[t] ?? -1) >= 0; n++) key = `${item.sha256} ${n}`;
      const existing = items.get(key);
      const own = drawnOf[t]!;
      const isTaken = item.part === "train" || own.includes(item.part);
      const given = own === drawnParts ? undefined : isTaken ? "train" : item.part;
      const drawn = isTaken ? own : [];
      if (existing === undefined) {
        const labels = tasks.map((_, k) => (k === t ? item.label : -1));
        const id = columns ? item.id : `${tasks[t]!.name}/${item.id}`;
        const first = copySample(item, { id, labels });
        items.set(key, first);
        givenTo.set(first, given);
        drawnFor.set(first, drawn);
        continue;
      }
      existing.labels[t] = item.label;
      drawnFor.set(existing, inBoth(drawnFor.get(existing)!, drawn));
      const before = givenTo.get(existing);
      if (given && before && given !== before) contradicting.add(existing);
      givenTo.set(existing, strictest([before, given]));
    }
  const all = [...items.values()].sort((a, b) => byCodePoint(a.id, b.id));
  return {
    all,
    given: all.map((item) => givenTo.get(item)),
    drawn: all.map((item) => drawnFor.get(item)!),
    contradicting,
  };
}

function checkNames(sources: readonly TaskSource[]): void {
  if (sources.length < 2)
    throw new EngraftError("OptionError", `${sources.length} task is not several`, {
      help: "give two or more label columns (--labels colour,shape) or two or more folders; for one task use engraft train",
    });
  const names = sources.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw new EngraftError("OptionError", `two tasks are named ${JSON.stringify(twice)}`, {
      help: sources.some(({ column }) => column !== undefined)
        ? `name each column once: --labels ${[...new Set(names)].join(",")}`
        : "give them names: colour=./a/labels.csv shape=./b/labels.csv",
      details: { names },
    });
}

/** Waits for the data of a task. @throws errors with the name of the task */
export async function namingTask<T>(name: string, opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    if (!(error instanceof EngraftError) || error.kind === "Interrupted") throw error;
    throw new EngraftError(error.kind, `task ${JSON.stringify(name)}: ${error.message}`, {
      at: error.at,
      help: error.help,
      details: error.details,
      cause: error,
    });
  }
}

/** Returns the lowest position of each text's near copies. Samples of another kind have none. */
function nearTextsOf(
  all: readonly (TaskItem & { readonly text?: string; readonly pair?: string })[],
): Int32Array {
  const arePairs = all[0]?.pair !== undefined;
  // A word may change the class only among the labels of one task.
  const labels = all.map((item) => firstTaskOf(item) * 1e6 + item.labels[firstTaskOf(item)]!);
  return groupNearTexts(all.length, (i) => wholeText(all[i]!), { labels, exactOnly: arePairs });
}

/** Returns the first task that labels a sample. */
const firstTaskOf = ({ labels }: TaskItem): number => labels.findIndex((label) => label >= 0);

/**
 * Gives every class a training sample, taken from validation, or from test if the split was not given. Its group and near copies move too.
 * @throws DataError for a class without a training sample, and for a task without a labelled test sample
 */
function ensureTrainSamples(
  all: { part: Part; labels: number[] }[],
  {
    t,
    task,
    sample,
    together,
    given,
  }: {
    readonly t: number;
    readonly task: Task;
    readonly sample: string;
    /** Lowest position of each sample's group and near copies. */
    readonly together: Int32Array;
    /** Split that the data give each sample. */
    readonly given: readonly (Part | undefined)[];
  },
): void {
  const isGiven = new Set([...together].filter((_, i) => given[i] !== undefined));
  const missing: string[] = [];
  for (const [label, name] of task.classes.entries()) {
    const labelled = all.filter(({ labels }) => labels[t] === label);
    if (labelled.some(({ part }) => part === "train")) continue;
    const from =
      labelled.find(({ part }) => part === "validation") ??
      labelled.find((one) => !isGiven.has(together[all.indexOf(one)]!));
    if (from === undefined) missing.push(name);
    const [part, root] = [from?.part, from && together[all.indexOf(from)]];
    for (const [i, one] of all.entries()) if (together[i] === root && one.part === part) one.part = "train";
  }
  if (!all.some(({ part, labels }) => part === "test" && labels[t]! >= 0))
    throw new EngraftError(
      "DataError",
      `task ${JSON.stringify(task.name)}: no ${sample} of the test part is labelled`,
      {
        help: `label more ${sample}s for it, or name it first: the first task of a sample decides its split`,
        details: { task: task.name },
      },
    );
  if (missing.length > 0)
    throw new EngraftError(
      "DataError",
      `task ${JSON.stringify(task.name)}: no training ${sample} of ${quoted(missing)}`,
      {
        help: `add training ${sample}s of it, or remove its labels from the other parts`,
        details: { task: task.name, missing },
      },
    );
}
