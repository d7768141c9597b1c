import type { ScoreName, Validation } from "../core/results/metric.js";
import type { AverageReport } from "../train/epochs/average-weights.js";

/** A validation in a result: its score has the metric's name. */
export type NamedValidation<M extends ScoreName> = Readonly<Record<M | "loss", number>>;

/** Returns a validation for a result: `{ accuracy, loss }`, `{ f1, loss }`, …. */
export function namedValidation<M extends ScoreName>(
  metric: M,
  { score, loss }: Validation,
): NamedValidation<M> {
  return { [metric]: score, loss } as NamedValidation<M>;
}

/** Returns the average of several epochs as a result holds it. */
export const averageFields = (metric: ScoreName, average: AverageReport | undefined) =>
  average && { average: { ...average, validation: namedValidation(metric, average.validation) } };
