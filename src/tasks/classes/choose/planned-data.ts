import { type Message, message } from "../../../core/messages/message.js";
import { type BaseModality, modalities, type SampleWords } from "../../../core/modalities.js";
import type { BaseClassification } from "../../../core/results/task.js";
import {
  arePictures,
  areSounds,
  type ClassSample,
  type SampleInputs,
  type Samples,
} from "../../../data/index.js";
import type { OpenedBase } from "../../../run/setup.js";

/** Returns the word for the samples of a run on classes with a base. */
export const unitOf = (inputs: SampleInputs): SampleWords<BaseModality>["many"] =>
  modalities[arePictures(inputs) ? "image" : areSounds(inputs) ? "audio" : "text"].many;

/** Data of a plan, and a function that opens its bases. */
export interface PlannedData {
  readonly learns: BaseClassification;
  readonly unit: SampleWords<BaseModality>["many"];
  readonly dataset: Samples<ClassSample>;
  open(base: string): Promise<{ readonly opened: OpenedBase; readonly inputs: SampleInputs }>;
}

/** Most items that a plan uses. */
export const mostItems = 1000;

/** Fewest examples for a choice of strategy. */
const leastItems = 4;

/** Returns why there are too few items for a plan; undefined if there are enough. */
export function reasonTooFew({ dataset, unit }: Pick<PlannedData, "dataset" | "unit">): Message | undefined {
  const classes = dataset.classes.length;
  const train = partOfData(dataset, "train").length;
  const least = Math.max(leastItems, classes);
  if (train >= least) return undefined;
  return message("too-few-samples-to-plan", { samples: train, unit, classes, needed: least });
}

/** Returns the items of a split. */
export const partOfData = ({ items }: PlannedData["dataset"], part: ClassSample["part"]): ClassSample[] =>
  items.filter((item) => item.part === part);
