import type { DistillOptions, TrainOptions } from "../../../options/options.js";

/** What is said of a training by gradients: with one of these it is asked for, whatever a plan would say. */
const howItTrains = [
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

/** Whether a plan says how classes of pictures or texts are learnt: `auto` was asked for, or nothing that decides it. */
export function isPlanned(options: TrainOptions & Partial<DistillOptions>): boolean {
  const { strategy, teacher } = options;
  if (teacher !== undefined) return false;
  if (strategy !== undefined) return strategy === "auto";
  return howItTrains.every((name) => options[name] === undefined);
}
