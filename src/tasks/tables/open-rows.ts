import type { OnWork } from "../../core/events/work-events.js";
import { isTaskWith, taskWith } from "../../core/results/task.js";
import type { TableDataset } from "../../data/index.js";
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
function withTrainSize(
  whole: TableDataset,
  options: Pick<RecipeOptions, "trainSize" | "shots" | "seed">,
  seed: number,
): TableDataset {
  const chosen = chosenItems(whole.items, whole.classes, options, {
    split: seed,
    draw: options.seed ?? seed,
  });
  if (!chosen) return whole;
  return { ...whole, items: chosen.items, ...withSplitMessages(whole, chosen.because) };
}

function columnsOf(options: Pick<RecipeOptions, Columns>, name: Columns): string[] | undefined {
  const given = options[name];
  return given === undefined ? undefined : columnNames(name, given);
}

/** Emits the event of the data, and its warnings. */
function reportData(dataset: TableDataset, onEvent: OnWork): TableDataset {
  onEvent({ ...dataEvent(dataset), targets: dataset.targets, table: dataset.facts });
  for (const one of dataset.warnings) onEvent({ event: "warning", ...one });
  return dataset;
}
