import type { ScoreName } from "../../core/events/run-outcome.js";
import type { Validation } from "../../core/results/metric.js";
import type { AverageReport } from "../../train/epochs/average-weights.js";

/** A validation in a result: its score has the metric's name. */
export type NamedValidation<M extends "accuracy" | "f1" | "r2"> = Readonly<Record<M | "loss", number>>;

/** Returns a validation for a result: `{ accuracy, loss }`, `{ f1, loss }` or `{ r2, loss }`. */
export function namedValidation<M extends "accuracy" | "f1" | "r2">(
  metric: M,
  { score, loss }: Validation,
): NamedValidation<M> {
  return { [metric]: score, loss } as NamedValidation<M>;
}

/** Returns the average of several epochs as a result holds it. */
export const averageFields = (metric: ScoreName, average: AverageReport | undefined) =>
  average && { average: { ...average, validation: namedValidation(metric, average.validation) } };
