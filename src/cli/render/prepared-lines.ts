import { formatDuration } from "../../core/duration.js";
import { shellWord } from "../../run/command-line.js";
import type { PreparedStudy } from "../../studies/many-runs.js";
import type { CancelledStudy, SubmittedStudy } from "../../studies/queue/submit.js";
import type { StudyStatus } from "../../studies/workers/status.js";
import type { StudyKind } from "../../studies/workers/study.js";
import { labelled } from "./labelled.js";

/** Returns the lines of a prepared study: its folder, and how workers are started on one machine and on many. */
export function preparedLines(kind: StudyKind, { study, trainings }: PreparedStudy): string[] {
  const folder = shellWord(study);
  const work = `engraft work ${folder}`;
  const last = trainings - 1;
  return [
    ...labelled("study", `${study}: ${trainings} trainings`),
    ...labelled("work", `${work}`, "on every machine that sees the folder, as often as you like"),
    ...labelled("parallel", `seq 0 ${last} | parallel -j 2 ${work} --threads 1 --index {}`),
    ...labelled("slurm", `sbatch --array=0-${last} --wrap "${work} --index \\$SLURM_ARRAY_TASK_ID"`),
    ...labelled("progress", `${work} --status`),
    ...labelled("next", `engraft ${kind} --resume ${folder}: the table, when the trainings are done`),
  ];
}

/** Returns a line for each training, and how many are left. */
export function statusLines({ trainings, open }: StudyStatus): string[] {
  return [
    ...trainings.flatMap(({ index, label, seed, state, machine, seconds, reason }) => {
      const facts = [seconds === undefined ? undefined : formatDuration(seconds), machine, reason];
      const words = [state, `${label}, seed ${seed}`, ...facts.filter((fact) => fact !== undefined)];
      return labelled(String(index), words.join(" · "));
    }),
    ...labelled("open", `${open} of ${trainings.length} trainings`),
  ];
}

/** Returns the end of a submitted study. */
export function submittedLines({ study, done, of, state }: SubmittedStudy): string[] {
  const counts = `${done} of ${of} trainings have a result`;
  if (state === "done") return labelled("done", counts);
  const why = state === "left" ? "the queue goes on without this program" : "the study was cancelled";
  return [
    ...labelled(state, `${counts}; ${why}`),
    ...labelled("progress", `engraft work ${shellWord(study)} --status`),
  ];
}

/** Returns what was cancelled. */
export const cancelledLines = ({ removed, running }: CancelledStudy): string[] =>
  labelled("cancelled", `${removed} jobs are removed, and ${running} that are running stop soon`);
