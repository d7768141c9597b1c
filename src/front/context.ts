import type { OldHead } from "../bases/old-head.js";
import type { OnEvent } from "../core/events.js";
import type { InitReport } from "../core/task.js";
import type { Dataset, ItemInputs, PixelCache } from "../data/index.js";
import type { Platform } from "../platform/platform.js";
import type { Runtime } from "../runtime/runtime.js";
import type { Machine } from "./machine.js";
import type { TrainOptions } from "./options.js";
import type { RunFolder } from "./run-folder.js";
import type { OpenedBase } from "./setup.js";

/** Everything that the steps of a run share. */
export interface Context {
  readonly run: RunFolder;
  readonly options: TrainOptions;
  readonly machine: Machine;
  readonly platform: Platform;
  readonly runtime: Runtime;
  readonly dataset: Dataset;
  readonly opened: OpenedBase;
  /** What came from another model, and the classifier whose rows may be used again. */
  readonly init?: InitReport;
  readonly oldHead?: OldHead;
  readonly decoded: PixelCache;
  /** What feeds items that are no pictures. */
  readonly inputs?: ItemInputs;
  /** Peak rate where none was asked for and the strategy trains the base's own weights; default: the strategy's. */
  readonly usualRate?: number;
  readonly onEvent: OnEvent;
}

/** The same before there is a run: nothing is kept. */
export type Unrecorded = Omit<Context, "run"> & { readonly run?: RunFolder };
