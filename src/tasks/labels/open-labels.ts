import type { LabelsResultEvent, OnEvent } from "../../core/events/events.js";
import { message, warningText } from "../../core/messages/message.js";
import { openLabelPictures, pictureList } from "../../data/images/label-pictures.js";
import type { Dataset } from "../../data/index.js";
import { findLists } from "../../data/lists/find-lists.js";
import type { Quotes } from "../../data/lists/quotes.js";
import { openSoundLabels } from "../../data/sounds/open-sound-labels.js";
import { soundsAt } from "../../data/sounds/sounds-at.js";
import { columnNames } from "../../data/tables/table-columns.js";
import { openLabelTexts } from "../../data/texts/label-texts.js";
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

/** Opens items with several labels: sounds or pictures if a list names some, otherwise texts. @throws DataError for unusable data */
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
  const root = (await findLists(platform.files, given))?.root ?? given;
  const { named, known, quotes, groupFrom } = how;
  if (unit === "clips" || (unit === undefined && (await soundsAt(platform, given, { quotes }))))
    return {
      ...(await openSoundLabels(platform, given, {
        ...{ seed: how.seed, quotes, classNames: how.classNames },
        ...(named && { named }),
        ...(known && { known }),
        ...(groupFrom !== undefined && { groupFrom }),
        ...(how.emptyParts && { emptyParts: true }),
        ...(how.onEvent && { onEvent: how.onEvent }),
        ...(how.signal && { signal: how.signal }),
      })),
      unit: "clips",
      task: "audio-classification",
    };
  const list = unit === "texts" ? undefined : await pictureList(platform, given, how);
  if (list)
    return {
      ...(await openLabelPictures(list, root, { platform, ...how })),
      unit: "pictures",
      task: "image-classification",
    };
  const opened = await openLabelTexts(platform, path, how);
  const { exact, acrossParts } = opened.duplicates;
  const copies = warningText(
    "exact_duplicates",
    message("repeated-samples", { samples: exact, unit: "text", across: acrossParts }),
  );
  return {
    ...opened,
    warnings: [...(exact > 0 ? [copies] : []), ...opened.warnings],
    unit: "texts",
    task: "text-classification",
  };
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
    readonly signal: AbortSignal;
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
    ...(groupFrom !== undefined && { groupFrom }),
    ...(named && { named }),
    ...(texts && { texts }),
  });
  const dataset =
    trainSize === undefined ? whole : ((await withTrainSubset(whole, trainSize, seed)) as LabelDataset);
  onEvent({
    ...dataEvent(dataset),
    task: "multi-label-classification",
    ...scriptField(dataset.items),
  });
  for (const one of dataset.warnings) onEvent({ event: "warning", ...one });
  return dataset;
}
