import { type Message, message } from "../../../core/messages/message.js";
import type { BaseClassification } from "../../../core/results/task.js";
import type { ClassSample, SampleInputs, Samples } from "../../../data/index.js";
import type { OpenedBase } from "../../../run/setup.js";

/** Samples of a plan. */
export type PlannedUnit = "pictures" | "texts" | "clips";

/** Returns the name of the samples of a run on classes with a base. */
export const unitOf = ({ unit }: Pick<SampleInputs, "unit">): PlannedUnit =>
  unit === "pictures" || unit === "clips" ? unit : "texts";

/** Data of a plan, and a function that opens its bases. */
export interface PlannedData {
  readonly learns: BaseClassification;
  readonly unit: PlannedUnit;
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
