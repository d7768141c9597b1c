import { type BaselineKey, baselineNames, pretrainedBaselines } from "../core/baseline-names.js";
import type { ScratchTried } from "../core/beside-events.js";
import type { ComparedBaseline } from "../evidence/compare-trainings.js";

/** What a verdict knows of the baselines beside transfer and from scratch. */
export interface Rivals {
  readonly baselines: readonly ComparedBaseline[];
  /** Validation score of the run from scratch, in the metric. */
  readonly validation?: number;
  /** Of classes: which test samples are right by always the most frequent class, and steps of the run from scratch. */
  readonly majority?: readonly number[];
  readonly scratchSteps?: number;
}

/** A baseline as a result records it: with the scores of its test samples in one of three forms. */
interface Recorded {
  readonly seconds: number;
  readonly tried?: readonly Pick<ScratchTried, "kept" | "steps">[];
  readonly test: {
    /** Classes: "1101". */
    readonly right?: string;
    /** Entities and labels: three counts for each sample. */
    readonly tallies?: readonly number[];
    /** Numbers: each sample's share of 1 − R². */
    readonly errors?: readonly number[];
  };
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
  const { f1Shares } = await import("../evaluate/entities.js");
  const scoresOf = ({ right, tallies, errors }: Recorded["test"]): number[] | undefined => {
    if (right !== undefined) return Array.from(right, Number);
    if (tallies !== undefined) return f1Shares(tallies).shares;
    return errors?.map((error) => 1 - error);
  };
  const { majority, scratch } = baselines;
  const steps = scratch?.tried?.find(({ kept }) => kept)?.steps;
  return {
    ...(validation.scratch !== undefined && { validation: validation.scratch }),
    ...(majority?.test.right !== undefined && { majority: Array.from(majority.test.right, Number) }),
    ...(steps !== undefined && { scratchSteps: steps }),
    baselines: Object.entries(baselines).flatMap(([key, baseline]) => {
      const scores = baseline && isBaseline(key) && scoresOf(baseline.test);
      if (!scores || key === "scratch") return [];
      return [comparedBaseline(key as BaselineKey, scores, baseline.seconds, validation)];
    }),
  };
}

function comparedBaseline(
  key: BaselineKey,
  scores: readonly number[],
  seconds: number,
  validation: ValidationScores,
): ComparedBaseline {
  return {
    ...{ name: baselineNames[key], scores, seconds },
    ...(validation[key] !== undefined && { validation: validation[key] }),
    ...(pretrainedBaselines.has(key) && { pretrained: key === "probe" ? "linear probe" : "other" }),
  };
}

const isBaseline = (key: string): boolean => Object.hasOwn(baselineNames, key);
