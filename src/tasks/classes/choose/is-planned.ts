import type { DistillOptions, TrainOptions } from "../../../options/options.js";

/** Options of training steps. A run with one of them has no plan. */
const trainingOptions = [
  "option",
  "optimizer",
  "schedule",
  "epochs",
  "lr",
  "accumulate",
  "sam",
  "average",
  "sampling",
  "batchNorm",
  "batchSize",
  "augment",
  "trainable",
  "adapterOnly",
  "initFrom",
  "initHead",
] as const satisfies readonly (keyof TrainOptions)[];

/**
 * True if a plan chooses the strategy of a classification run: with `auto`, or without any option that decides it.
 */
export function isPlanned(options: TrainOptions & Partial<DistillOptions>): boolean {
  const { strategy, teacher } = options;
  if (teacher !== undefined) return false;
  if (strategy !== undefined) return strategy === "auto";
  return trainingOptions.every((name) => options[name] === undefined);
}
