import type { TrainResultEvent } from "../core/events.js";

/** "15 epochs, best epoch 8 (by validation)", or that the last was asked for. @param by what chose it */
export function epochsKept(
  { epochs, best_epoch, kept }: Pick<TrainResultEvent, "epochs" | "best_epoch" | "kept">,
  by: string,
): string {
  return kept === "last"
    ? `${epochs} epochs, the last one kept, as asked`
    : `${epochs} epochs, best epoch ${best_epoch} (by ${by})`;
}
