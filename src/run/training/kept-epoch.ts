import type { Effort } from "../../core/results/baseline.js";
import type { FitResult } from "../../train/fit-options.js";

/** Returns which epoch's weights a result has. @param fitted missing: nothing was trained by epochs */
export function keptEpoch(fitted: FitResult | undefined) {
  return {
    epochs: fitted?.epochs.length ?? 0,
    best_epoch: fitted?.bestEpoch ?? 0,
    ...(fitted?.kept && { kept: fitted.kept }),
    ...(fitted?.paced && { paced: fitted.paced }),
    ...(fitted?.stopped && { early_stopping: fitted.stopped }),
  };
}

/** Returns the steps and seconds of a training. Undefined if the head was solved. */
export const effortOf = (fitted: FitResult | undefined): Effort | undefined =>
  fitted && { steps: fitted.steps, seconds: fitted.seconds };
