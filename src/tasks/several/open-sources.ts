import { EngraftError } from "../../core/errors.js";
import { type BaseClassification, classificationOf, factsOf } from "../../core/results/task.js";
import type { TaskData, TaskSource } from "../../data/index.js";
import { namingTask, openTasks } from "../../data/tasks.js";
import { defaults, type RecipeOptions } from "../../options/options.js";
import { refuseUnusable } from "../../options/refuse-unusable.js";
import type { Platform } from "../../platform/platform.js";
import { dataEvent } from "../../run/setup.js";
import { openClassData } from "../inputs/open-class-data.js";
import { recognize } from "../recognition/recognize.js";
import type { OpenHow } from "../task-run.js";

/** Task of each kind of samples; a table is opened as a list of pictures, which names the missing column. */
const taskOfSamples = {
  ...classificationOf,
  several: classificationOf.image,
  table: classificationOf.image,
} as const;

/**
 * Returns the task of each head: classes of pictures, of texts or of sounds.
 * @throws OptionError for different kinds of samples, and for options of another kind
 */
export async function taskOfSources(
  sources: readonly TaskSource[],
  options: RecipeOptions,
  platform: Platform,
): Promise<BaseClassification> {
  // With a base, the data are no table: its columns of texts are read.
  const { text, quotes, base = defaults.base } = options;
  const found: { readonly name: string; readonly task: BaseClassification }[] = [];
  for (const { name, path, column } of sources) {
    const form = recognize({ platform, path }, { text, quotes, base, ...(column && { target: column }) });
    found.push({ name, task: taskOfSamples[(await namingTask(name, form)).input] });
  }
  const [first] = found;
  const other = found.find(({ task }) => task !== first!.task);
  if (other === undefined) {
    refuseUnusable(options, first!.task);
    return first!.task;
  }
  const has = ({ name, task }: typeof other): string =>
    `${JSON.stringify(name)} has ${factsOf(task).sample}s`;
  throw new EngraftError("OptionError", `the tasks have different samples: ${has(first!)}, ${has(other)}`, {
    help: "one network reads one kind of samples: train the others by a run of their own",
    details: { tasks: found },
  });
}

/** Opens the samples of several tasks, and reports them. @throws DataError for unusable data, with the name of the task */
export async function openSources(
  sources: readonly TaskSource[],
  task: BaseClassification,
  how: OpenHow,
): Promise<TaskData> {
  const { seed, platform, onEvent } = how;
  const quiet: OpenHow["onEvent"] = (event) => (event.event === "progress" ? onEvent(event) : undefined);
  const data = await openTasks(sources, {
    seed,
    platform,
    sample: factsOf(task).sample,
    open: ({ path, column }) => {
      const options = { ...how.options, ...(column !== undefined && { target: column }) };
      return openClassData(task, path, {
        ...how,
        options,
        onEvent: quiet,
        prints: true,
        taskColumns: column === undefined ? undefined : sources.flatMap((one) => one.column ?? []),
      });
    },
  });
  const labelled = (t: number): number => data.items.filter(({ labels }) => labels[t]! >= 0).length;
  onEvent({
    ...dataEvent({
      ...data,
      task,
      classes: classesOf(data),
      duplicates: { exact: 0, near: 0, acrossParts: 0 },
    }),
    tasks: data.tasks.map(({ name, classes }, t) => ({ name, classes, labelled: labelled(t) })),
  });
  for (const one of data.warnings) onEvent({ event: "warning", ...one });
  return data;
}

/** Returns the classes of all tasks, one after the other. */
export const classesOf = ({ tasks }: TaskData): string[] =>
  tasks.flatMap(({ name, classes }) => classes.map((label) => `${name}/${label}`));
