import { EngraftError } from "../../core/errors.js";
import type { OpenedModel } from "./open-model.js";

/** @throws DataError if a model predicts one class for all samples */
export function requireTwoClasses({ classes, unit }: OpenedModel, predicted: ArrayLike<number>): void {
  const seen = [...new Set(Array.from(predicted))].map((k) => classes[k]);
  if (seen.length > 1) return;
  throw new EngraftError(
    "DataError",
    `the model predicts ${JSON.stringify(seen[0])} for all ${unit}s of the target`,
    {
      help: "pseudo labels need two classes: train on some labelled samples of the target",
      details: { classes: seen },
    },
  );
}
