import { EngraftError } from "../../core/errors.js";
import { isTaskWith, type PredictionBand, type RegressionScores } from "../../core/results/task.js";
import type { NumberFields } from "../../data/targets.js";
import { halfWidthAt, scoreRegression } from "../../evaluate/regression.js";
import type { FolderFacts } from "../../inference/model-session.js";
import type { TargetModel } from "../targets/target.js";
import { groupField, type Numbered } from "./targets.js";

/** One predicted number. */
export interface Estimate {
  /** Name of the target column. */
  readonly target: string;
  readonly value: number;
  /** Split-conformal interval at the model's coverage; missing if the validation split was too small. */
  readonly interval?: readonly [number, number];
}

/** Returns predicted numbers with their names. @param bands of the intervals of each target; none without intervals */
export function estimatesOf(
  values: Float32Array,
  targets: readonly string[],
  bands: readonly (readonly PredictionBand[])[],
): Estimate[] {
  return targets.map((target, t) => {
    const value = values[t]!;
    const half = halfWidthAt(bands[t] ?? [], value);
    return {
      target,
      value,
      ...(half !== undefined && { interval: [value - half, value + half] as const }),
    };
  });
}

/** True for a task whose scores have Spearman's rank correlation: numbers of texts are similarities and ratings. */
export const hasRanks = (task: string | undefined): boolean =>
  task !== undefined && isTaskWith(task, { input: "text", head: "numbers" });

/** True for half widths of rising bands, of which the last is open. */
const areBands = (bands: unknown): boolean =>
  Array.isArray(bands) &&
  bands.every((band: Partial<PredictionBand> | null, b) => {
    const [half, top, before] = [
      band?.half_width,
      band?.up_to,
      bands[b - 1]?.up_to ?? Number.NEGATIVE_INFINITY,
    ];
    const isOpen = b === bands.length - 1;
    return (
      Number.isFinite(half) &&
      half! >= 0 &&
      (isOpen ? top === undefined : Number.isFinite(top) && top! > before)
    );
  });

/** Returns the regression fields of engraft.json. @throws ModelError if they do not fit the model, or are no intervals */
export function regressionOf({ dir, classes: { length }, engraft }: FolderFacts) {
  const { targets, bands, coverage } = engraft?.regression ?? {};
  const isShare = typeof coverage === "number" && coverage > 0 && coverage < 1;
  if (targets?.length === length && bands?.length === length && isShare && bands.every(areBands))
    return { targets, bands, coverage };
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
  folder: FolderFacts,
  items: readonly Pick<Numbered, "id" | "values" | "group">[],
  predicted: Float32Array,
  averaged = false,
): RegressionScores {
  const { targets, coverage, bands } = regressionOf(folder);
  return scoreRegression(
    {
      targets: folder.classes,
      deviations: targets.map(({ deviation }) => deviation),
      truth: items.flatMap(({ values }) => values as number[]),
      predicted,
      items: items.map(({ id }) => id),
      ...groupField(items),
    },
    { ...(!averaged && { conformal: { coverage, bands } }), ranks: hasRanks(folder.engraft?.task) },
  );
}

/** Facts of a model folder about its numbers. */
export interface NumbersKnown {
  readonly about: {
    readonly targets: readonly string[];
    /** Nominal share of new items inside the intervals, 0 … 1. */
    readonly coverage: number;
  };
  readonly bands: readonly (readonly PredictionBand[])[];
}

const short = (x: number): string => String(Number(x.toPrecision(4)));

/** Returns name, value and interval of a predicted number, as columns. */
export const estimateWords = ({ target, value, interval }: Estimate): string[] => [
  target,
  short(value),
  ...(interval ? [`${short(interval[0])} to ${short(interval[1])}`] : []),
];

/** Predictions of numbers, and their scores. Intervals apply to one view only. */
export const numbersModel: TargetModel<NumberFields, NumbersKnown, Estimate[], RegressionScores> = {
  average: "number",
  gives: "numbers",
  known(folder) {
    const { coverage, bands } = regressionOf(folder);
    return { about: { targets: folder.classes, coverage }, bands };
  },
  answer: (row, { about, bands }, averaged) => estimatesOf(row, about.targets, averaged ? [] : bands),
  score: scoreEstimates,
  lineOf: (values, { about: { coverage } }, { tta }) => ({
    event: { values, ...(tta === 1 && { coverage }) },
    words: values.flatMap(estimateWords),
  }),
};
