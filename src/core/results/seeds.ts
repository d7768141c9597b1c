import type { AnySeedsResult, SeedsBy } from "../events/run-outcome.js";
import type { OverSeeds } from "./counts.js";
import { type ScoreName, scoreNameIn } from "./metric.js";

/** Scores of a run's trainings by seed, for any task. */
export interface SeedScores {
  readonly score: ScoreName;
  /** Mean over the seeds. */
  readonly mean: OverSeeds;
  /** Mean of the runs from scratch, with baselines. */
  readonly scratch?: OverSeeds;
  readonly runs: readonly { readonly seed: number; readonly value: number; readonly scratch?: number }[];
}

/** Returns the scores by seed of a result, with the name of the score as a value. */
export function seedScores(by: AnySeedsResult): SeedScores {
  const score = scoreNameIn(by);
  const { runs, scratch, [score]: mean } = by as SeedsBy<ScoreName>;
  return {
    score,
    mean,
    ...(scratch && { scratch }),
    runs: runs.map((run) => ({
      seed: run.seed,
      value: run[score],
      ...(run.scratch !== undefined && { scratch: run.scratch }),
    })),
  };
}
