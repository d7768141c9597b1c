import type { OnWork } from "../../core/events/work-events.js";
import { message } from "../../core/messages/message.js";
import type { Task } from "../../core/results/task.js";
import { withSplitMessages } from "../../data/split/split-origin.js";
import { trainSubset } from "../../data/split/train-subset.js";
import type { RecipeOptions } from "../../options/options.js";
import { dataEvent, splitCounts } from "../../run/setup.js";
import type { DenseItem, PictureData } from "./as-dataset.js";

/** How data of a run are reported. */
export interface ReportData<Item> {
  readonly task: Task;
  /** A class of each picture, by which a smaller training split is stratified. */
  readonly labelOf: (item: Item) => number;
  readonly seed: number;
  readonly options: Pick<RecipeOptions, "trainSize" | "groupFrom">;
  readonly onEvent: OnWork;
}

/** Returns pictures with the requested number of training pictures, and reports them. @throws DataError for more than there are */
export function reportData<Item extends DenseItem, Data extends PictureData<Item>>(
  whole: Data & PictureData<Item>,
  { task, labelOf, seed, options: { trainSize }, onEvent }: ReportData<Item>,
): Data {
  const data = trainSize === undefined ? whole : withTrainSize<Item, Data>(whole, trainSize, seed, labelOf);
  onEvent(dataEvent({ ...data, task, duplicates: { exact: 0, near: 0, acrossParts: 0 } }));
  for (const one of data.warnings) onEvent({ event: "warning", ...one });
  return data;
}

function withTrainSize<Item extends DenseItem, Data extends PictureData<Item>>(
  whole: Data & PictureData<Item>,
  some: number,
  seed: number,
  labelOf: (item: Item) => number,
): Data {
  const labelled = whole.items.map((item) => ({ item, label: labelOf(item), part: item.part }));
  const all = splitCounts(whole).train;
  return {
    ...whole,
    items: trainSubset(labelled, some, seed).map(({ item }) => item),
    ...withSplitMessages(whole, message("training-subset", { some, all })),
  };
}
