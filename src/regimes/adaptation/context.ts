import type { OnEvent } from "../../core/events/events.js";
import type { Platform } from "../../platform/platform.js";
import type { RunFolder } from "../../run/folder/run-folder.js";
import type { Machine } from "../../run/machine.js";
import type { Runtime } from "../../runtime/runtime.js";
import type { AdaptOptions } from "./options.js";

/** Everything that the steps of an adaptation share. */
export interface AdaptContext {
  readonly run: RunFolder;
  readonly options: AdaptOptions;
  readonly machine: Machine;
  readonly platform: Platform;
  readonly runtime: Runtime;
  readonly unit: "picture" | "text";
  readonly seed: number;
  readonly onEvent: OnEvent;
}
