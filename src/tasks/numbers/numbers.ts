import type { RegressionResultEvent } from "../../core/events/events.js";
import type { RegressionScores } from "../../core/results/task.js";
import { columnNames } from "../../data/tables/table-columns.js";
import { type NumberFields, numberTargets } from "../../data/targets.js";
import type { Target } from "../targets/target.js";
import type { Estimate, NumbersKnown } from "./estimates.js";

/** One or more numbers for each sample. */
export const numbers: Target<
  NumberFields,
  RegressionResultEvent,
  NumbersKnown,
  Estimate[],
  RegressionScores
> = {
  head: "numbers",
  source: ({ target, known, emptyParts }) =>
    numberTargets(known ?? (target === undefined ? undefined : columnNames("target", target)), {
      emptyParts,
    }),
  names: ({ targets = [] }) => targets,
  text: ({ values }) => values.join(" "),
  training: async () => (await import("./numbers-training.js")).numbersTraining,
  model: async () => (await import("./estimates.js")).numbersModel,
};
