import type { OnWork } from "../../core/events/work-events.js";
import type { Sample } from "../../data/index.js";
import type { RecipeOptions } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";
import type { Context, TaskTraining } from "../../run/context.js";
import type { OpenedBase } from "../../run/setup.js";

/** Opens the base of a run, and then the inputs of its samples. */
export type InputOpener = (
  given: { readonly items: readonly Sample[] },
  options: RecipeOptions,
  machine: {
    readonly platform: Platform;
    readonly onEvent: OnWork;
    /** Path of the run. Temporary files of many samples are there. */
    readonly run: string;
    /** Long texts are read as a whole, although the encoder reads only their beginning. Default false. */
    readonly whole?: boolean;
  },
) => Promise<{
  readonly opened: OpenedBase;
  /** Returns the inputs of the base. @param of samples. Default: those that the base was opened for */
  readonly inputs: (of?: {
    readonly items: readonly Sample[];
  }) => Promise<Pick<Context, "inputs"> & Pick<TaskTraining, "defaults">>;
}>;
