import type { ScoreName, SeedsBy } from "../events/run-outcome.js";
import type { OverSeeds } from "./counts.js";

/** Scores of a run's trainings by seed, for any task. */
export interface SeedScores {
  readonly score: ScoreName;
  /** Mean over the seeds. */
  readonly mean: OverSeeds;
  /** Mean of the runs from scratch, with baselines. */
  readonly scratch?: OverSeeds;
  readonly runs: readonly { readonly seed: number; readonly value: number; readonly scratch?: number }[];
}

type AnySeeds = SeedsBy<"accuracy"> | SeedsBy<"f1"> | SeedsBy<"r2">;

/** Returns the scores by seed of a result, with the name of the score as a value. */
export function seedScores(by: AnySeeds): SeedScores {
  if ("accuracy" in by) return scoresBy("accuracy", by);
  return "f1" in by ? scoresBy("f1", by) : scoresBy("r2", by);
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
