// The trainings of `npm test`: which tests may train, and why. All other tests read a shared run or carry the tag `thorough`.
import { tasks } from "../../src/core/results/task.js";

/** The most trainings of `npm test`: 60, and two for each task beyond the first 14. An importer of models will add two. */
export const mostTrainings = 60 + 2 * Math.max(0, tasks.length - 14);

/** Test files without the tag that train by themselves: how many runs, and why no shared run serves. */
export const trainingTests: Readonly<Record<string, readonly [most: number, because: string]>> = {};

/** A training that a test started. */
export interface NotedTraining {
  /** Path of the test file from the root of the checkout, or "shared" for a run that all tests share. */
  readonly file: string;
  /** The run's folder. */
  readonly run: string;
}

/** Returns a line for each file that trained more often than its row allows. */
export function trainingsBeyondRows(noted: readonly NotedTraining[]): readonly string[] {
  const runs = new Map<string, Set<string>>();
  for (const { file, run } of noted) runs.set(file, (runs.get(file) ?? new Set()).add(run));
  return [...runs].sort().flatMap(([file, { size }]) => {
    const [most] = trainingTests[file] ?? [0];
    return size > most ? [`${file}: ${size} trainings, at most ${most}`] : [];
  });
}
