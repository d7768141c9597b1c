import type { OnEvent } from "../core/events.js";

/** Epochs are judged by F1: of entities, or of labels. */
export function sayingF1(onEvent: OnEvent): OnEvent {
  return (event) =>
    onEvent(
      event.event === "epoch"
        ? {
            ...event,
            validation_accuracy: Number.NaN,
            validation_metric: { name: "f1", value: event.validation_accuracy },
          }
        : event,
    );
}
