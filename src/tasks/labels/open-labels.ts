import { EngraftError } from "../../core/errors.js";
import type { OnWork } from "../../core/events/work-events.js";
import type { BaseModality } from "../../core/modalities.js";
import { classificationOf } from "../../core/results/task.js";
import type { Dataset } from "../../data/index.js";
import type { Quotes } from "../../data/lists/quotes.js";
import { columnNames } from "../../data/tables/table-columns.js";
import { scriptField } from "../../data/texts/script-of-texts.js";
import type { Platform } from "../../platform/platform.js";
import { dataEvent, withTrainSubset } from "../../run/setup.js";
import type { OpenHow } from "../task-run.js";
import type { LabelItem } from "./label-head.js";

/** Dataset whose items have several labels. */
export interface LabelDataset extends Omit<Dataset, "items"> {
  readonly modality: BaseModality;
  readonly items: readonly LabelItem[];
}

interface OpenItems {
  readonly platform: Platform;
  readonly seed: number;
  readonly named?: readonly string[];
  readonly known?: readonly string[];
  readonly texts?: readonly string[];
  readonly quotes?: Quotes | undefined;
  readonly classNames?: string | undefined;
  readonly groupFrom?: string;
  readonly emptyParts?: boolean;
  readonly onEvent?: OnWork;
  readonly signal?: AbortSignal;
}

/** Opens items of a modality; undefined if the data have none. The code of each is loaded on demand. @param given true if the caller requires it */
type OpenModality = (
  path: string,
  how: OpenItems,
  given: boolean,
) => Promise<Omit<LabelDataset, "modality" | "task"> | undefined>;

const openers: Readonly<Record<BaseModality, OpenModality>> = {
  async audio(path, { platform, ...how }, given) {
    const root = platform.files.resolve(path);
    const { soundsAt } = await import("../../data/sounds/sounds-at.js");
    if (!given && (await soundsAt(platform, root)) === undefined) return undefined;
    const { openSoundLabels } = await import("../../data/sounds/open-sounds.js");
    return openSoundLabels(platform, root, how);
  },
  async image(path, { platform, ...how }) {
    const { openLabelPictures, pictureList } = await import("../../data/images/listed-samples.js");
    const list = await pictureList(platform, platform.files.resolve(path), how);
    return list && openLabelPictures(list, { platform, ...how });
  },
  text: async (path, { platform, ...how }) =>
    (await import("../../data/texts/label-texts.js")).openLabelTexts(platform, path, how),
};

/**
 * Opens items with several labels: sounds or pictures if a list names some, otherwise texts.
 * @param how.modality required modality. Default: the data decide
 * @throws DataError for unusable data
 */
export async function openLabelItems(
  path: string,
  { modality: given, ...how }: OpenItems & { readonly modality?: BaseModality },
): Promise<LabelDataset> {
  const tried = given === undefined ? (["audio", "image", "text"] as const) : ([given, "text"] as const);
  for (const modality of tried) {
    const opened = await openers[modality](path, how, given !== undefined);
    if (opened) return { ...opened, modality, task: classificationOf[modality] };
  }
  throw new EngraftError("InternalError", "data without samples were opened");
}

/** Opens the data of a run on several labels, and reports them. */
export async function openLabelData(
  path: string,
  { platform, seed, options, onEvent, signal }: Omit<OpenHow, "run" | "whole">,
): Promise<LabelDataset> {
  const { labels, trainSize, text, quotes, classNames, groupFrom } = options;
  const named = labels === undefined ? undefined : columnNames("labels", labels);
  const texts = text === undefined ? undefined : columnNames("text", text);
  const how = { platform, seed, onEvent, signal, quotes, classNames, groupFrom, named, texts };
  const whole = await openLabelItems(path, how);
  const dataset = (await withTrainSubset(whole, { trainSize }, { split: seed, draw: seed })) as LabelDataset;
  onEvent({
    ...dataEvent(dataset),
    task: "multi-label-classification",
    ...scriptField(dataset.items),
  });
  for (const one of dataset.warnings) onEvent({ event: "warning", ...one });
  return dataset;
}
