import type { DistillOptions, TrainOptions } from "../../../options/options.js";

/** Options of a training by gradients: with one of them no plan is made. */
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
 * True if a plan chooses how classes of images or texts are learned: `auto` was given, or no option that decides it.
 */
export function isPlanned(options: TrainOptions & Partial<DistillOptions>): boolean {
  const { strategy, teacher } = options;
  if (teacher !== undefined) return false;
  if (strategy !== undefined) return strategy === "auto";
  return trainingOptions.every((name) => options[name] === undefined);
}
