import type { DistillOptions, RecipeOptions } from "./options.js";

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
  "hidden",
  "adapterOnly",
  "initFrom",
  "initHead",
] as const satisfies readonly (keyof RecipeOptions)[];

/**
 * True if a plan chooses the strategy of a classification run: with `auto`, or without any option that decides it.
 */
export function isPlanned(options: RecipeOptions & Partial<DistillOptions>): boolean {
  const { strategy, teacher } = options;
  if (teacher !== undefined) return false;
  if (strategy !== undefined) return strategy === "auto";
  return trainingOptions.every((name) => options[name] === undefined);
}

/** True if the run chooses its strategy, because the user asked for none. A plan's strategy has reasons. */
export const choosesStrategy = (options: RecipeOptions): boolean =>
  options.reasons !== undefined || isPlanned(options);

/** True if the run keeps the best of its models by validation: the user asked for this (`safe`), or for no strategy. */
export const keepsBest = (options: RecipeOptions): boolean =>
  options.safe === true || choosesStrategy(options);

/** Returns options without those of training steps, as a run that solves a head takes them. */
export function withoutTraining(options: RecipeOptions): RecipeOptions {
  const left: Record<string, unknown> = { ...options };
  for (const name of trainingOptions) if (name !== "initFrom" && name !== "initHead") delete left[name];
  return left;
}
