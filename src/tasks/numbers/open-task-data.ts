import type { OnWork } from "../../core/events/work-events.js";
import type { Modality } from "../../core/modalities.js";
import { isTaskWith, regressionOf, taskWith } from "../../core/results/task.js";
import type { TableDataset, TargetDataset } from "../../data/index.js";
import type { OpenSoundNumbersOptions } from "../../data/sounds/open-sounds.js";
import { withSplitMessages } from "../../data/split/split-origin.js";
import { chosenItems } from "../../data/split/train-subset.js";
import { openTable } from "../../data/tables/open-table.js";
import { columnNames } from "../../data/tables/table-columns.js";
import type { RecipeOptions } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";
import { dataEvent } from "../../run/setup.js";

interface Opening {
  readonly platform: Platform;
  readonly onEvent: OnWork;
  readonly signal?: AbortSignal | undefined;
  readonly seed: number;
}

type Columns = "target" | "ignore" | "categories" | "inputs";

/** Openers of lists with numbers. */
const listOpeners = {
  image: async (_platform, data, how) =>
    (await import("../../data/images/listed-samples.js")).openTargets(data, how),
  audio: openClipTargets,
} as const satisfies Readonly<Partial<Record<Modality, typeof openClipTargets>>>;

/** Modality of files with numbers. */
export type NumberInput = keyof typeof listOpeners;

/** Opens a list of pictures or sounds with numbers, and reports it. @throws DataError for unusable data */
export async function openNumbers(
  data: string,
  options: Pick<RecipeOptions, "target" | "quotes" | "groupFrom" | "trainSize">,
  {
    platform,
    onEvent,
    signal,
    seed,
    input,
    emptyParts,
  }: Opening & {
    readonly input: NumberInput;
    readonly emptyParts?: boolean;
  },
): Promise<TargetDataset> {
  const targets = columnsOf(options, "target");
  const how = {
    seed,
    platform,
    onEvent,
    targets,
    quotes: options.quotes,
    groupFrom: options.groupFrom,
    emptyParts,
    signal,
  };
  const whole = await listOpeners[input](platform, data, how);
  return reportData(withTrainSize(whole, options, seed), onEvent);
}

/** Opens a list of sounds with numbers. @throws DataError for unusable data */
export async function openClipTargets(
  platform: Platform,
  data: string,
  how: OpenSoundNumbersOptions,
): Promise<TargetDataset> {
  const { openSoundNumbers } = await import("../../data/sounds/open-sounds.js");
  return { ...(await openSoundNumbers(platform, data, how)), task: regressionOf.audio };
}

/** Opens a table, and reports it. @throws DataError for unusable data */
export async function openRows(
  data: string,
  options: Pick<
    RecipeOptions,
    Columns | "quotes" | "classNames" | "groupFrom" | "trainSize" | "shots" | "seed"
  >,
  task: TableDataset["task"],
  { platform, onEvent, signal, seed }: Opening,
): Promise<TableDataset> {
  const targets = columnsOf(options, "target");
  const ignore = columnsOf(options, "ignore");
  const categories = columnsOf(options, "categories");
  const head = isTaskWith(task, { head: "classes" }) ? "classes" : "numbers";
  const several = isTaskWith(task, { input: "several" });
  const whole = await openTable(data, {
    seed,
    platform,
    task: taskWith({ input: "table", head }),
    targets,
    ignore,
    categories,
    ...(several && { inputs: columnsOf(options, "inputs") ?? [] }),
    quotes: options.quotes,
    groupFrom: options.groupFrom,
    classNames: options.classNames,
    signal,
  });
  return reportData({ ...withTrainSize(whole, options, seed), task }, onEvent);
}

/** Returns the dataset with the training items that options choose. */
function withTrainSize<D extends TargetDataset | TableDataset>(
  whole: D,
  options: Pick<RecipeOptions, "trainSize" | "shots" | "seed">,
  seed: number,
): D {
  const of = (item: (typeof whole.items)[number]) => ("label" in item ? item.label : 0);
  const labelled = whole.items.map((item) => ({ item, part: item.part, label: of(item) }));
  const classes = "classes" in whole ? whole.classes : [];
  const chosen = chosenItems(labelled, classes, options, { split: seed, draw: options.seed ?? seed });
  if (!chosen) return whole;
  const items = chosen.items.map(({ item }) => item);
  return { ...whole, items, ...withSplitMessages(whole, chosen.because) };
}

function columnsOf(options: Pick<RecipeOptions, Columns>, name: Columns): string[] | undefined {
  const given = options[name];
  return given === undefined ? undefined : columnNames(name, given);
}

/** Emits the event of the data, and its warnings. */
function reportData<D extends TargetDataset | TableDataset>(dataset: D, onEvent: OnWork): D {
  onEvent({
    ...dataEvent({ ...dataset, classes: "classes" in dataset ? dataset.classes : [] }),
    targets: dataset.targets,
    ...("facts" in dataset && { table: dataset.facts }),
  });
  for (const one of dataset.warnings) onEvent({ event: "warning", ...one });
  return dataset;
}
