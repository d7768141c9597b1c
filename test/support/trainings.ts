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
  /** Name of the test. Missing: a hook of the file trained. */
  readonly test?: string;
  /** The run's folder. */
  readonly run: string;
}

/** Returns the trainings of each file: a run that was resumed or noted twice counts once. */
export function trainingsByFile(
  noted: readonly NotedTraining[],
): ReadonlyMap<string, ReadonlyMap<string, NotedTraining>> {
  const files = new Map<string, Map<string, NotedTraining>>();
  for (const one of noted) {
    const runs = files.get(one.file) ?? new Map<string, NotedTraining>();
    files.set(one.file, runs.has(one.run) ? runs : runs.set(one.run, one));
  }
  return files;
}

/** Returns a line for each file that trained more often than its row allows, and for each of its trainings. */
export function trainingsBeyondRows(noted: readonly NotedTraining[]): readonly string[] {
  return [...trainingsByFile(noted)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([file, runs]) => {
      const [most] = trainingTests[file] ?? [0];
      if (runs.size <= most) return [];
      const tests = [...runs.values()].map(({ test = "a hook", run }) => `  ${test}: ${run}`);
      return [`${file}: ${runs.size} trainings, at most ${most}`, ...tests];
    });
}
