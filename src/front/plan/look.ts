import { EngraftError } from "../../core/errors.js";
import type { OnEvent } from "../../core/events.js";
import type { Dataset, ImageItem, ItemInputs } from "../../data/index.js";
import type { Machine } from "../machine.js";
import { defaults } from "../options.js";
import { type OpenedBase, openBody, openData } from "../setup.js";
import type { PlanOptions } from "./result.js";

/** Data that a plan is for, and how its bases are opened. */
export interface PlannedData {
  readonly learns: "image-classification" | "text-classification";
  readonly unit: "pictures" | "texts";
  readonly dataset: Dataset;
  open(base: string): Promise<{ readonly opened: OpenedBase; readonly inputs?: ItemInputs }>;
}

/**
 * Look at data: which task it is, its classes and parts.
 * @throws OptionError for a task that no plan is made for, DataError for data that cannot be used
 */
export async function lookAtData(
  { platform }: Machine,
  data: string | Dataset,
  options: PlanOptions,
  onEvent: OnEvent,
): Promise<PlannedData> {
  const { taskOf } = await import("../tasks/detect.js");
  const { trials: _trials, bases: _bases, task = "auto", base: _base, ...told } = options;
  // A base is of pictures and of texts: which it is says the data.
  const learns =
    typeof data === "string" ? await taskOf(platform, data, { ...told, task }) : "image-classification";
  const seed = options.seed ?? defaults.seed;
  const given = { ...told, seed, onEvent };
  if (learns === "image-classification") {
    const dataset = await openData(data, given, platform);
    const open = async (base: string) => ({ opened: await openBody(base, given, platform) });
    return { learns, unit: "pictures", dataset, open };
  }
  if (learns === "text-classification") {
    const { openTextBody, openTextDataset, tokensOf } = await import("../texts/open-texts.js");
    const dataset = await openTextDataset(data as string, {
      seed,
      platform,
      onEvent,
      options,
    });
    const open = async (base: string) => {
      const opened = await openTextBody(base, options, { platform, onEvent });
      return { opened, inputs: tokensOf(dataset, opened, options.signal) };
    };
    return { learns, unit: "texts", dataset, open };
  }
  throw new EngraftError(
    "OptionError",
    `a plan is for pictures and texts with classes, and this is ${learns}`,
    {
      help: "train it without a plan: the strategies for it are few, and `engraft compare` tries them",
      details: { task: learns },
    },
  );
}

/** Items that a plan goes by. */
export const mostItems = 1000;

/** The fewest examples that say anything about a strategy. */
const leastItems = 4;

/** Why there is too little to plan by; undefined where there is enough. */
export function tooFew({ dataset, unit }: Pick<PlannedData, "dataset" | "unit">): string | undefined {
  const classes = dataset.classes.length;
  const train = partOfData(dataset, "train").length;
  const least = Math.max(leastItems, classes);
  if (train >= least) return undefined;
  return `${train} training ${unit} of ${classes} classes are too few to plan by: there must be ${least}`;
}

/** @throws DataError where there is too little to plan by */
export function requireEnough(looked: PlannedData): void {
  const { dataset, unit } = looked;
  const why = tooFew(looked);
  if (why === undefined) return;
  throw new EngraftError("DataError", why, {
    help: `label more ${unit}, or train without a plan: --strategy probe`,
    details: { train: partOfData(dataset, "train").length, classes: dataset.classes.length },
  });
}

/** How many of each class are trained on. */
export function countsOf(dataset: Dataset): { readonly name: string; readonly count: number }[] {
  const counts = dataset.classes.map((name) => ({ name, count: 0 }));
  for (const { part, label } of dataset.items) if (part === "train") counts[label]!.count++;
  return counts;
}

/** Items of a part. */
export const partOfData = ({ items }: Dataset, part: ImageItem["part"]): ImageItem[] =>
  items.filter((item) => item.part === part);
