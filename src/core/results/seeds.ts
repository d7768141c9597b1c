import type { AnySeedsResult, SeedsBy } from "../events/run-outcome.js";
import type { OverSeeds } from "./counts.js";
import { metrics, type ScoreName } from "./metric.js";

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
  const score = Object.keys(by).find((key): key is ScoreName => key in metrics)!;
  return scoresBy(score, by as SeedsBy<ScoreName>);
}

function scoresBy<Score extends ScoreName>(score: Score, by: SeedsBy<Score>): SeedScores {
  return {
    score,
    mean: by[score],
    ...(by.scratch && { scratch: by.scratch }),
    runs: by.runs.map((run) => ({
      ...{ seed: run.seed, value: run[score] },
      ...(run.scratch !== undefined && { scratch: run.scratch }),
    })),
  };
}
