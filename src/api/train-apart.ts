// A training in a process of its own: the work of {@link Platform.apart} that compare, curve and seeds ask for.

import type { AnyResultEvent, OnEvent, TrainedResult } from "../core/events/events.js";
import { defaultTask } from "../core/results/task.js";
import type { Apart, ApartContext } from "../platform/apart.js";
import { openMachine } from "../run/machine.js";
import type { ApartTask } from "../studies/many-runs.js";
import type { TaskMachine } from "../tasks/registry.js";
import { resumeTrainingOn } from "./resume-training.js";
import { trainOn } from "./train.js";

const trainApart: Apart<ApartTask, AnyResultEvent> = async (task, ears) =>
  (await trainApartOn(await openMachine(), task, ears)) as AnyResultEvent;
export default trainApart;

/** The same on a machine of the caller's choice, in this process. */
export function trainApartOn(
  machine: TaskMachine,
  { data, options, resume: run }: ApartTask,
  { tell, signal }: ApartContext,
): Promise<TrainedResult> {
  const onEvent: OnEvent = (event) => void tell(event);
  return run === undefined
    ? trainOn(machine, data!, { ...options, task: options.task ?? defaultTask, signal, onEvent })
    : resumeTrainingOn(machine, run, {
        signal,
        onEvent,
        ...(options.threads !== undefined && { threads: options.threads }),
      });
}
