import { EngraftError } from "../../core/errors.js";
import type { RegressionScores } from "../../core/results/task.js";
import { scoreRegression } from "../../evaluate/regression.js";
import type { OpenedFolder } from "../../inference/model-session.js";
import { groupField, type Numbered } from "./targets.js";

/** One predicted number. */
export interface Estimate {
  /** Name of the target column. */
  readonly target: string;
  readonly value: number;
  /** Split-conformal interval at the model's coverage; missing if the validation split was too small. */
  readonly interval?: readonly [number, number];
}

/** Returns predicted numbers with their names. @param halfWidths of the intervals; null without an interval */
export function estimatesOf(
  values: Float32Array,
  targets: readonly string[],
  halfWidths: readonly (number | null)[],
): Estimate[] {
  return targets.map((target, t) => {
    const value = values[t]!;
    const half = halfWidths[t];
    return {
      target,
      value,
      ...(typeof half === "number" && { interval: [value - half, value + half] as const }),
    };
  });
}

type RegressionFolder = Pick<OpenedFolder, "dir" | "classes" | "engraft">;

/** Returns the regression fields of engraft.json. @throws ModelError if it does not fit the model */
export function regressionOf({ dir, classes: { length }, engraft }: RegressionFolder) {
  const facts = engraft?.regression;
  if (facts?.targets?.length === length && facts.half_widths?.length === length) return facts;
  throw new EngraftError("ModelError", "engraft.json does not say how scores become numbers", {
    at: dir,
    help: "the model folder is damaged: train it again",
  });
}

/**
 * Scores predicted numbers in the units of the columns, and measures the coverage of the stored intervals.
 * @param averaged true for means over several views: the stored intervals apply to one view only
 */
export function scoreEstimates(
  folder: RegressionFolder,
  items: readonly Pick<Numbered, "id" | "values" | "group">[],
  predicted: Float32Array,
  averaged = false,
): RegressionScores {
  const { targets, coverage, half_widths } = regressionOf(folder);
  return scoreRegression(
    {
      targets: folder.classes,
      deviations: targets.map(({ deviation }) => deviation),
      truth: items.flatMap(({ values }) => values as number[]),
      predicted,
      items: items.map(({ id }) => id),
      ...groupField(items),
    },
    averaged
      ? undefined
      : { conformal: { coverage, halfWidths: half_widths.map((half) => half ?? undefined) } },
  );
}
