import { messageOf } from "../../core/errors.js";
import type { EngraftEvent, OnEvent } from "../../core/events/events.js";
import type { Platform } from "../../platform/platform.js";
import { tensorboardRecord, versionRecord } from "../../report/tensorboard.js";
import type { RunFolder } from "./run-folder.js";

/**
 * Writes TensorBoard's file of a run, `tensorboard/events.out.tfevents.TIME.engraft`: a new one each time the run is
 * resumed, as TensorBoard expects. A write error does not stop the run.
 */
export async function openTensorboard(run: RunFolder, { files }: Platform, onEvent: OnEvent | undefined) {
  const now = (): number => Date.now() / 1000;
  await files.ensureDir(run.file("tensorboard"));
  const path = run.file("tensorboard", `events.out.tfevents.${Math.floor(now())}.engraft`);
  let failed = false;
  let writing: Promise<void> = Promise.resolve();
  const append = (bytes: Uint8Array): void => {
    writing = writing
      .then(() => (failed ? undefined : files.append(path, bytes)))
      .catch((error: unknown) => {
        failed = true;
        onEvent?.({
          event: "warning",
          code: "tensorboard",
          message: `TensorBoard's file is not written any more: ${messageOf(error)}`,
        });
      });
  };
  append(versionRecord(now()));
  return {
    write(event: EngraftEvent): void {
      const bytes = tensorboardRecord(event, now());
      if (bytes) append(bytes);
    },
    end: () => writing,
  };
}
