import type { TrainResultEvent } from "../../core/events/events.js";

const causes = {
  "no improvement": "no improvement",
  "perfect validation": "every validation item is right",
} as const;

/** "15 epochs; the weights after epoch 8 are kept (best on validation)". @param by the rule that chose the epoch */
export function epochsLine(
  {
    epochs,
    best_epoch,
    kept,
    early_stopping: stopped,
    paced,
  }: Pick<TrainResultEvent, "epochs" | "best_epoch" | "kept" | "early_stopping" | "paced">,
  by: string,
): string {
  const count = `${epochs} ${epochs === 1 ? "epoch" : "epochs"}`;
  const made = stopped
    ? `${epochs} of ${stopped.of} epochs (early stopping: ${causes[stopped.because]})`
    : paced
      ? `${count} (${paced.steps} steps instead of ${paced.planned}, to ${paced.steps > paced.planned ? "use" : "end within"} the budget)`
      : count;
  if (kept === "last") return `${made}; the weights after the last epoch are kept (keep=last)`;
  const which = best_epoch === 0 ? "before the first epoch" : `after epoch ${best_epoch}`;
  return `${made}; the weights ${which} are kept (best on ${by})`;
}
