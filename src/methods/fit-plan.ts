import { optimizers, type Schedule, schedules, type Transform } from "../optim/index.js";
import type { FitOptions } from "../train/fit.js";
import { classification } from "../train/objectives/objective.js";
import type { TrainingPlan } from "./plan.js";

/** The options of a fit that come from a plan. */
export type PlannedFit = Pick<
  FitOptions,
  | "trainable"
  | "objective"
  | "optimizer"
  | "batchNorm"
  | "clipNorm"
  | "schedule"
  | "rates"
  | "fromEpochs"
  | "epochs"
  | "batch"
  | "ema"
  | "patience"
  | "plateau"
  | "keep"
  | "accumulate"
  | "sam"
  | "average"
>;

/**
 * Converts a plan to options of the training loop. @param features mix features instead of images, if the plan mixes
 */
export function fitOfPlan(plan: TrainingPlan, features = false): PlannedFit {
  const { name: schedule, ...shape } = plan.schedule;
  const { name: optimizer, weightDecay } = plan.optimizer;
  const { trainable, batchNorm, clipNorm, epochs, batch, ema, patience, plateau, keep } = plan;
  const { accumulate, sam, average } = plan;
  return {
    trainable,
    objective:
      plan.objective ??
      classification({
        ...plan.loss,
        penalties: plan.penalties,
        labels: plan.labels,
        soft: plan.mix?.classes,
        mixed: plan.mix && features ? plan.batch : undefined,
      }),
    optimizer: (optimizers[optimizer] as (o: { weightDecay: number }) => Transform)({ weightDecay }),
    batchNorm,
    clipNorm,
    schedule: heldFrom(
      (schedules[schedule] as (o: object) => Schedule)(shape),
      average?.kind === "swa" ? average.from : 1,
    ),
    rates: plan.groups.map((g) => g.rate),
    fromEpochs: plan.groups.map((g) => g.from ?? 0),
    epochs,
    batch,
    ema,
    patience,
    plateau,
    keep,
    accumulate,
    sam,
    average,
  };
}

/**
 * Keeps the rate constant from a position on: averaged weights must differ, which they do not if the rate goes to 0.
 * @see Izmailov et al., 2018, section 3.2: a constant rate while averaging
 */
function heldFrom(schedule: Schedule, position: number): Schedule {
  return (p) => schedule(Math.min(p, position));
}
