import { message } from "../../core/messages/message.js";
import { type GenerationData, openGenerationData } from "../../data/chats/generation-data.js";
import { withSplitMessages } from "../../data/split/split-origin.js";
import { trainSubset } from "../../data/split/train-subset.js";
import type { RecipeOptions } from "../../options/options.js";
import { dataEvent, splitCounts } from "../../run/setup.js";
import type { OpenHow } from "../task-run.js";

/** Opens texts or chats, and reports them. @throws DataError for unusable data */
export async function openReported(
  path: string,
  {
    platform,
    seed,
    options,
    onEvent,
    emptyParts,
  }: Pick<OpenHow, "platform" | "seed" | "onEvent" | "emptyParts"> & {
    readonly options: Pick<RecipeOptions, "groupFrom" | "quotes" | "text" | "trainSize">;
  },
  form?: GenerationData["form"],
): Promise<GenerationData> {
  const { groupFrom, quotes, text, trainSize } = options;
  const opened = await openGenerationData(platform, path, {
    ...{ seed, groupFrom, quotes, text, emptyParts },
    ...(form && { form }),
  });
  const data: GenerationData =
    trainSize === undefined
      ? opened
      : {
          ...opened,
          items: trainSubset(opened.items, trainSize, seed),
          ...withSplitMessages(
            opened,
            message("training-subset", { some: trainSize, all: splitCounts(opened).train }),
          ),
        };
  onEvent(dataEvent({ ...data, task: "text-generation" }));
  for (const one of data.warnings) onEvent({ event: "warning", ...one });
  return data;
}
