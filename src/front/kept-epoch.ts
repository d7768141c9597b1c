import type { FitResult } from "../train/fit-options.js";

/** Which epoch's weights a result is of. @param fitted missing: nothing was trained by epochs */
export function keptEpoch(fitted: FitResult | undefined) {
  return {
    epochs: fitted?.epochs.length ?? 0,
    best_epoch: fitted?.bestEpoch ?? 0,
    ...(fitted?.kept && { kept: fitted.kept }),
    ...(fitted?.paced && { paced: fitted.paced }),
    ...(fitted?.stopped && { early_stopping: fitted.stopped }),
  };
}
