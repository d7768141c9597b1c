import type { EpochEvent } from "../events/events.js";
import { epochValidation, type MetricName, metrics } from "./metric.js";

/** An epoch in the format of earlier versions: its metric was in `validation_accuracy` or `validation_metric` only. */
export type RecordedEpoch = Omit<EpochEvent, "validation"> & Partial<Pick<EpochEvent, "validation">>;

/** Returns a recorded epoch with its validation. @param metric if the record does not name it */
export function epochOf(recorded: RecordedEpoch, metric: MetricName = "accuracy"): EpochEvent {
  const { validation, validation_accuracy: accuracy = Number.NaN, validation_metric, ...rest } = recorded;
  const { name, value } = validation?.metric ?? validation_metric ?? { name: metric, value: accuracy };
  const score = validation?.score ?? (metrics[name].better === "higher" ? value : -value);
  return { ...rest, ...epochValidation(name, { score, loss: rest.validation_loss, value }) };
}
