import { formatDuration } from "../../core/duration.js";
import { shellWord } from "../../run/command-line.js";
import type { PreparedStudy } from "../../studies/many-runs.js";
import type { StudyStatus } from "../../studies/workers/status.js";
import type { StudyKind } from "../../studies/workers/study.js";
import { shown } from "../terminal-text.js";
import { labelled, labelWidth } from "./labelled.js";

/** Most tasks of a Slurm array by default: its setting MaxArraySize is 1001. */
const mostTasks = 1000;

/** Returns the lines of a prepared study: its folder, and how workers are started on one machine and on many. */
export function preparedLines(kind: StudyKind, { study, trainings }: PreparedStudy): string[] {
  const folder = shellWord(study);
  const work = `engraft work ${folder}`;
  const last = trainings - 1;
  const each = Math.ceil(trainings / mostTasks);
  const task = "$SLURM_ARRAY_TASK_ID";
  const places = each === 1 ? task : `$((${task} * ${each}))-$((${task} * ${each} + ${each - 1}))`;
  const tasks = `0-${Math.ceil(trainings / each) - 1}`;
  return [
    ...labelled("study", `${study}: ${trainings} trainings`),
    command("work", work),
    ...labelled("", "on every machine that sees the folder, as often as you like"),
    command("parallel", `seq 0 ${last} | parallel -q -j 2 ${work} --threads 1 --index {}`),
    command("slurm", `sbatch --array=${tasks} --wrap ${shellWord(`${work} --index ${places}`)}`),
    command("progress", `${work} --status`),
    command("next", `engraft ${kind} --resume ${folder}`),
    ...labelled("", "the table, when the trainings are done"),
  ];
}

/** Returns a command after its label. It is not wrapped, so that it can be copied. */
const command = (label: string, line: string): string => `${label.padEnd(labelWidth)}${shown(line)}`;

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
