import { type BaselineKey, baselineNames, pretrainedBaselines } from "../../core/results/baseline-names.js";
import type { RecordedScores } from "../../evaluate/recorded-scores.js";
import type { ComparedBaseline } from "../../evidence/compare-trainings.js";

/** Baselines of a verdict besides from scratch. */
export interface Rivals {
  readonly baselines: readonly ComparedBaseline[];
  /** Validation score of the run from scratch, in the same metric. */
  readonly validation?: number;
  /** For classes: the test samples that are right by predicting the most frequent class. */
  readonly majority?: ArrayLike<number>;
}

/** A baseline in a result. */
interface Recorded {
  readonly seconds: number;
  readonly test: RecordedScores;
}

/** Validation scores of baselines, in the metric of the task. */
export type ValidationScores = Readonly<Partial<Record<BaselineKey, number>>>;

/**
 * Returns the baselines of a result as a verdict compares them. Baselines without scores of their samples are left out.
 * @param baselines by their key in a result
 */
export async function rivalsOf(
  baselines: Readonly<Record<string, Recorded | undefined>>,
  validation: ValidationScores,
): Promise<Rivals> {
  const { readScores } = await import("../../evaluate/recorded-scores.js");
  const { majority } = baselines;
  return {
    validation: validation.scratch,
    ...(majority && { majority: readScores(majority.test)?.shares ?? [] }),
    baselines: Object.entries(baselines).flatMap(([key, baseline]) => {
      const scored = baseline && isBaseline(key) && readScores(baseline.test);
      if (!scored || key === "scratch") return [];
      return [comparedBaseline(key as BaselineKey, scored.shares, baseline.seconds, validation)];
    }),
  };
}

function comparedBaseline(
  key: BaselineKey,
  scores: ArrayLike<number>,
  seconds: number,
  validation: ValidationScores,
): ComparedBaseline {
  return {
    name: baselineNames[key],
    scores,
    seconds,
    ...(validation[key] !== undefined && { validation: validation[key] }),
    ...(pretrainedBaselines.has(key) && { pretrained: key === "probe" ? "linear probe" : "other" }),
  };
}

const isBaseline = (key: string): boolean => Object.hasOwn(baselineNames, key);
