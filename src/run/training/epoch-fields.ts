import { message } from "../../core/messages/message.js";
import type { Effort, ScratchFacts } from "../../core/results/baseline.js";
import type { TrainingPlan } from "../../methods/plan.js";
import type { FitResult } from "../../train/fit-options.js";
import type { RunFolder } from "../folder/run-folder.js";

/** Returns the recipe of a plan. That of a run that was trained further names all epochs that were made. */
export const recipeMade = (
  { recipe }: Pick<TrainingPlan, "recipe">,
  { epochs }: Pick<FitResult, "epochs">,
  { manifest }: Pick<RunFolder, "manifest">,
): TrainingPlan["recipe"] =>
  manifest.extensions === undefined
    ? recipe
    : recipe.map((one) =>
        one.code === "epochs-of-batches"
          ? message("epochs-of-batches", { ...one.values, epochs: epochs.length })
          : one,
      );

/** Returns which epoch's weights a result has. @param fitted missing: nothing was trained by epochs */
export function epochFields(fitted: FitResult | undefined) {
  return {
    epochs: fitted?.epochs.length ?? 0,
    best_epoch: fitted?.bestEpoch ?? 0,
    ...(fitted?.kept && { kept: fitted.kept }),
    ...(fitted?.paced && { paced: fitted.paced }),
    ...(fitted?.stopped && { early_stopping: fitted.stopped }),
  };
}

/** Returns the same fields of a result whose model is the one from scratch. @param total number of its weights */
export const scratchEpochFields = (
  { epochs = 0, report }: { readonly epochs?: number; readonly report: { readonly training?: ScratchFacts } },
  total: number,
) => ({
  epochs,
  best_epoch: report.training?.best_epoch ?? 0,
  ...{ kept: undefined, paced: undefined, early_stopping: undefined, average: undefined },
  rate_found: undefined,
  trainable: { parameters: total, total },
});

/** Returns the steps and seconds of a training. Undefined if the head was solved. */
export const effortOf = (fitted: FitResult | undefined): Effort | undefined =>
  fitted && { steps: fitted.steps, seconds: fitted.seconds };
