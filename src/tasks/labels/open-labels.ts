import type { LabelsResultEvent, OnEvent } from "../../core/events/events.js";
import type { Dataset } from "../../data/index.js";
import type { Quotes } from "../../data/lists/quotes.js";
import { columnNames } from "../../data/tables/table-columns.js";
import { scriptField } from "../../data/texts/script-of-texts.js";
import type { TrainOptions } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";
import { dataEvent, withTrainSubset } from "../../run/setup.js";
import type { LabelItem } from "./label-head.js";

/** Dataset whose items have several labels. */
export interface LabelDataset extends Omit<Dataset, "items"> {
  readonly unit: LabelsResultEvent["unit"];
  readonly items: readonly LabelItem[];
}

/**
 * Opens items with several labels: sounds or pictures if a list names some, otherwise texts. The code of each is loaded on demand.
 * @throws DataError for unusable data
 */
export async function openLabelItems(
  path: string,
  {
    platform,
    unit,
    ...how
  }: {
    readonly platform: Platform;
    readonly seed: number;
    readonly named?: readonly string[];
    readonly known?: readonly string[];
    readonly texts?: readonly string[];
    /** Required kind of items. Default: the data decide. */
    readonly unit?: LabelsResultEvent["unit"];
    readonly quotes?: Quotes | undefined;
    readonly classNames?: string | undefined;
    readonly groupFrom?: string;
    readonly emptyParts?: boolean;
    readonly onEvent?: OnEvent;
    readonly signal?: AbortSignal;
  },
): Promise<LabelDataset> {
  const given = platform.files.resolve(path);
  if (await areSounds(platform, given, unit)) {
    const { openSoundLabels } = await import("../../data/sounds/open-sounds.js");
    return { ...(await openSoundLabels(platform, given, how)), unit: "clips", task: "audio-classification" };
  }
  const { openLabelPictures, pictureList } = await import("../../data/images/listed-samples.js");
  const list = unit === "texts" ? undefined : await pictureList(platform, given, how);
  if (list)
    return {
      ...(await openLabelPictures(list, { platform, ...how })),
      unit: "pictures",
      task: "image-classification",
    };
  const { openLabelTexts } = await import("../../data/texts/label-texts.js");
  return { ...(await openLabelTexts(platform, path, how)), unit: "texts", task: "text-classification" };
}

/** True if the items are sounds: the unit, or the data at a path. */
async function areSounds(
  platform: Platform,
  path: string,
  unit: LabelsResultEvent["unit"] | undefined,
): Promise<boolean> {
  if (unit !== undefined) return unit === "clips";
  const { soundsAt } = await import("../../data/sounds/sounds-at.js");
  return (await soundsAt(platform, path)) !== undefined;
}

/** Opens the data of a run on several labels, and reports them. */
export async function openLabelData(
  path: string,
  {
    platform,
    seed,
    options: { labels, trainSize, text, quotes, classNames, groupFrom },
    onEvent,
    signal,
  }: {
    readonly platform: Platform;
    readonly seed: number;
    readonly options: Pick<
      TrainOptions,
      "labels" | "trainSize" | "text" | "quotes" | "classNames" | "groupFrom"
    >;
    readonly onEvent: OnEvent;
    readonly signal: AbortSignal | undefined;
  },
): Promise<LabelDataset> {
  const named = labels === undefined ? undefined : columnNames("labels", labels);
  const texts = text === undefined ? undefined : columnNames("text", text);
  const whole = await openLabelItems(path, {
    platform,
    seed,
    onEvent,
    signal,
    quotes,
    classNames,
    groupFrom,
    named,
    texts,
  });
  const dataset = (await withTrainSubset(whole, { trainSize }, { split: seed, draw: seed })) as LabelDataset;
  onEvent({
    ...dataEvent(dataset),
    task: "multi-label-classification",
    ...scriptField(dataset.items),
  });
  for (const one of dataset.warnings) onEvent({ event: "warning", ...one });
  return dataset;
}
