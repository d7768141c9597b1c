// The trainings of `npm test`: which tests may train, and why. All other tests read a shared run or carry the tag `thorough`.
import { tasks } from "../../src/core/results/task.js";

/** The most trainings of `npm test`: 62, two for chats, and two for each task beyond the first 14. An importer of models will add two. */
export const mostTrainings = 64 + 2 * Math.max(0, tasks.length - 14);

/** Test files without the tag that train by themselves: how many runs, and why no shared run serves. */
export const trainingTests: Readonly<Record<string, readonly [most: number, because: string]>> = {
  shared: [
    24,
    "a toy of each task and modality, a model of several heads, a teacher, and a comparison of four trainings",
  ],
  "test/characterisation/curve.test.ts": [2, "a learning curve of two sizes"],
  "test/characterisation/distillation.test.ts": [1, "a student learns from a teacher"],
  "test/characterisation/entities.test.ts": [1, "fine-tuning of a head of tags"],
  "test/characterisation/picture-boxes.test.ts": [1, "fine-tuning of a head of boxes"],
  "test/characterisation/picture-classes.test.ts": [1, "one training with LoRA adapters"],
  "test/characterisation/picture-masks.test.ts": [1, "fine-tuning of a head of masks"],
  "test/characterisation/text-labels.test.ts": [1, "fine-tuning of a head of labels"],
  "test/pages/docs.test.ts": [1, "the program of the README trains"],
  "test/program/cli.test.ts": [1, "the output of the command is tested"],
  "test/runs/kill-and-resume.test.ts": [3, "undisturbed, killed, and on a full disk: the same bits"],
  "test/studies/queue.test.ts": [2, "one training from a queue on each server"],
  "test/studio/journey-folder.test.ts": [
    2,
    "the page starts trainings as processes: one is stopped, one ends",
  ],
  "test/studio/journey-lists.test.ts": [1, "the tab trains a table that the test opens on the page"],
  "test/studio/journey-pictures.test.ts": [1, "the tab trains samples that the test gathers on the page"],
  "test/tasks/adapt-maps.test.ts": [1, "an adaptation to another domain by its default method"],
  "test/tasks/chats.test.ts": [2, "a decoder learns texts, and then to answer"],
  "test/tasks/extend.test.ts": [2, "feature sums equal a training on all samples"],
  "test/tasks/setfit.test.ts": [1, "training by pairs"],
  "test/web/every-task.test.ts": [14, "a page trains a few steps of each task"],
  "test/web/example.test.ts": [1, "journey of pictures in a tab"],
  "test/web/microphone.test.ts": [1, "journey of sounds in a tab, from the microphone"],
  "test/web/rows.test.ts": [1, "journey of rows in a tab that is closed meanwhile"],
  "test/web/tasks.test.ts": [2, "journey of texts, in a tab and in Node"],
};

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
