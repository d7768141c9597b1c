import type { OnEvent } from "../../core/events/events.js";
import { PixelCache } from "../../data/index.js";
import { defaults, type TrainOptions } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";
import type { Context } from "../../run/context.js";
import { type OpenedBase, openBody } from "../../run/setup.js";
import type { LabelDataset } from "./open-labels.js";

/** Opens the base of a run on several labels. */
export type OpenLabelInputs = (
  given: LabelDataset,
  options: TrainOptions,
  machine: {
    readonly platform: Platform;
    readonly onEvent: OnEvent;
    /** Long texts are read as a whole, although the encoder reads only their beginning. Default false. */
    readonly whole?: boolean;
  },
) => Promise<{
  readonly opened: OpenedBase;
  /** Returns the inputs of the base. */
  readonly inputs: () => Promise<Pick<Context, "decoded" | "inputs" | "taskDefaults">>;
}>;

/** Opens the base of images with several labels. */
export const openImageInputs: OpenLabelInputs = async (given, options, { platform, onEvent }) => {
  const opened = await openBody(options.base ?? defaults.base, { ...options, onEvent }, platform);
  const decoded = PixelCache.for(given.items.length, opened.base.preprocessing);
  return { opened, inputs: async () => ({ decoded }) };
};
