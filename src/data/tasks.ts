import { EngraftError } from "../core/errors.js";
import type { Part } from "../core/events/events.js";
import { message } from "../core/messages/message.js";
import { splitOrigin, withSplitMessages } from "../data/split/split-origin.js";
import type { Platform } from "../platform/platform.js";
import { copySample } from "./copy-sample.js";
import type { Dataset, Opened, Sample } from "./dataset.js";
import { fingerprintsOf } from "./fingerprints.js";
import { defaultPlatform } from "./images/decode.js";
import { byCodePoint, count, noLabel, quoted } from "./split/found.js";
import { joined } from "./split/groups.js";
import { groupNearTexts, wholeText } from "./texts/near-texts.js";

/** A sample with labels for several tasks. */
export interface TaskItem extends Sample {
  /** Class of each task; -1 for a task without a label. */
  readonly labels: readonly number[];
}

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

const rank: Readonly<Record<Part, number>> = { train: 0, validation: 1, test: 2 };

/**
 * Opens several tasks. A sample is in the same split for all tasks. For label columns of one list, the first column that labels the
 * sample decides. For several folders, test precedes validation, and validation precedes train.
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
  // The first recommends --class-names, which works for a single task only. The second names the columns of other tasks.
  const ofOneTask = ["numbered_classes", "columns_beside_pictures"];
  const warnings = opened.flatMap((one, t) =>
    one.warnings
      .filter(({ code }) => !ofOneTask.includes(code))
      .map((w) => ({ ...w, message: `${tasks[t]!.name}: ${w.message}` })),
  );
  const items = new Map<string, { -readonly [K in keyof TaskItem]: TaskItem[K] } & { labels: number[] }>();
  let moved = 0;
  for (const [t, { items: taskItems }] of opened.entries())
    for (const item of taskItems) {
      // Copies within a task stay separate items.
      let key = item.sha256;
      for (let n = 2; (items.get(key)?.labels[t] ?? -1) >= 0; n++) key = `${item.sha256} ${n}`;
      const existing = items.get(key);
      if (existing === undefined) {
        const labels = tasks.map((_, k) => (k === t ? item.label : -1));
        const id = columns ? item.id : `${tasks[t]!.name}/${item.id}`;
        items.set(key, copySample(item, { id, labels }));
        continue;
      }
      existing.labels[t] = item.label;
      if (existing.part !== item.part && !columns) moved++;
      if (!columns && rank[item.part] > rank[existing.part]) existing.part = item.part;
    }
  const all = [...items.values()].sort((a, b) => byCodePoint(a.id, b.id));
  if (moved > 0)
    warnings.push({
      code: "shared_pictures",
      message: `${count(moved, sample)} of several tasks had different parts: they are in the one that learns least from them`,
    });
  const chosen = opened[0]!.splitMessages?.[0]?.code === "split-shares";
  const together = joined(
    nearTextsOf(all),
    all.map(({ group }) => group),
  );
  if (columns && chosen) alignParts(all, together);
  for (const [t, task] of tasks.entries()) ensureTrainSamples(all, { t, task, chosen, sample, together });
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

/** Returns the first task that labels a sample. Its column decides the split. */
const firstTaskOf = ({ labels }: TaskItem): number => labels.findIndex((label) => label >= 0);

/**
 * Moves samples of later tasks to the split of their group or near copies. Each column divides only its own labelled samples.
 * @param together lowest position of each sample's group and near copies
 */
function alignParts(all: readonly (TaskItem & { part: Part })[], together: Int32Array): void {
  const partOf = new Map<string | number, Part>();
  const order = [...all.keys()].sort((a, b) => firstTaskOf(all[a]!) - firstTaskOf(all[b]!) || a - b);
  for (const i of order) {
    const item = all[i]!;
    const keys = [...(item.group === undefined ? [] : [item.group]), together[i]!];
    if (firstTaskOf(item) > 0)
      item.part = keys.map((key) => partOf.get(key)).find((part) => part !== undefined) ?? item.part;
    for (const key of keys) if (!partOf.has(key)) partOf.set(key, item.part);
  }
}

/**
 * Gives every class a training sample, taken from validation, or from test if the split was not given. Its group and near copies move too.
 * @throws DataError for a class without a training sample, and for a task without a labelled test sample
 */
function ensureTrainSamples(
  all: { part: Part; labels: number[] }[],
  {
    t,
    task,
    chosen,
    sample,
    together,
  }: {
    readonly t: number;
    readonly task: Task;
    readonly chosen: boolean;
    readonly sample: string;
    /** Lowest position of each sample's group and near copies. */
    readonly together: Int32Array;
  },
): void {
  const missing: string[] = [];
  for (const [label, name] of task.classes.entries()) {
    const labelled = all.filter(({ labels }) => labels[t] === label);
    if (labelled.some(({ part }) => part === "train")) continue;
    const from = labelled.find(({ part }) => part === "validation") ?? labelled[0]!;
    const { part } = from;
    const root = together[all.indexOf(from)];
    if (!chosen && part !== "validation") missing.push(name);
    else
      for (const [i, one] of all.entries()) if (together[i] === root && one.part === part) one.part = "train";
  }
  if (!all.some(({ part, labels }) => part === "test" && labels[t]! >= 0))
    throw new EngraftError(
      "DataError",
      `task ${JSON.stringify(task.name)}: no ${sample} of the test part is labelled`,
      {
        help: `label more ${sample}s for it, or name it first: the first column decides the split`,
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
