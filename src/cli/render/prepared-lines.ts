import { formatDuration } from "../../core/duration.js";
import { shellWord } from "../../run/command-line.js";
import type { PreparedStudy } from "../../studies/many-runs.js";
import type { QueueStatus, StuckJob } from "../../studies/queue/queue-status.js";
import type { CancelledStudy, SubmittedStudy } from "../../studies/queue/submit.js";
import type { StudyStatus } from "../../studies/workers/status.js";
import type { StudyKind } from "../../studies/workers/study.js";
import { shown } from "../terminal-text.js";
import { labelled, labelWidth } from "./labelled.js";

/** Most tasks of an array of Slurm, by its default `MaxArraySize`. */
const mostTasks = 1001;

/**
 * Returns the lines of a prepared study: its folder, and how workers are started on one machine and on many.
 * @param kubernetes path of the file for Kubernetes
 */
export function preparedLines(
  kind: StudyKind,
  { study, trainings }: PreparedStudy,
  kubernetes: string,
): string[] {
  const folder = shellWord(study);
  const work = `engraft work ${folder}`;
  const each = Math.ceil(trainings / mostTasks);
  const first = `SLURM_ARRAY_TASK_ID*${each}`;
  const index = each === 1 ? "$SLURM_ARRAY_TASK_ID" : `$((${first}))-$((${first}+${each - 1}))`;
  const tasks = Math.ceil(trainings / each);
  return [
    ...labelled("study", `${study}: ${trainings} trainings`),
    command("work", work),
    command(
      "parallel",
      `seq 0 ${trainings - 1} | parallel -j 2 --joblog jobs.log --resume-failed ${quoted(`${work} --threads 1 --index {}`)}`,
    ),
    command("slurm", `sbatch --array=0-${tasks - 1} --wrap ${quoted(`${work} --index ${index}`)}`),
    command("kubernetes", `kubectl create -f ${shellWord(kubernetes)}`),
    command("ray", `ray job submit --no-wait --entrypoint-num-cpus 1 -- ${work} --threads 1`),
    command("progress", `${work} --status`),
    command("next", `engraft ${kind} --resume ${folder}`),
  ];
}

/** Returns a command as one line, so that it can be copied. */
export const command = (name: string, line: string): string => `${name.padEnd(labelWidth)}${shown(line)}`;

/** Returns a command that another program passes to a shell. */
const quoted = (line: string): string => `'${line.replaceAll("'", "'\\''")}'`;

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

/** Returns how many jobs a queue has, and a line for each that a worker could not do. */
export const queueLines = ({ workers, waiting, running, stuck }: QueueStatus): string[] => [
  ...labelled("workers", `${workers ?? "the server does not tell"}`),
  ...labelled("waiting", `${waiting} jobs`),
  ...labelled("running", `${running} jobs`),
  ...stuckLines(stuck),
];

/** Returns a line for each job that a worker could not do. */
export const stuckLines = (stuck: readonly StuckJob[]): string[] =>
  stuck.flatMap(({ study, run, state, reason }) =>
    labelled(state === "failed" ? state : "put back", `${study}, ${run} · ${reason}`),
  );

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
