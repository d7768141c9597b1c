// A training in its own process, for `compare`, `curve` and `seeds`: see `Platform.runInChildProcess`.

import type { AnyResultEvent, OnEvent, TrainedResult } from "../core/events/events.js";
import { defaultTask } from "../core/results/task.js";
import type { ChildContext, ChildWork } from "../platform/child-work.js";
import { openMachine } from "../run/machine.js";
import type { ChildTask } from "../studies/many-runs.js";
import type { TaskMachine } from "../tasks/registry.js";
import { resumeTrainingOn } from "./resume-training.js";
import { trainOn } from "./train.js";

const trainInChild: ChildWork<ChildTask, AnyResultEvent> = async (task, context) =>
  (await trainInChildOn(await openMachine(), task, context)) as AnyResultEvent;
export default trainInChild;

/** Trains in this process on a given machine. */
export function trainInChildOn(
  machine: TaskMachine,
  { data, options, resume: run }: ChildTask,
  { sendMessage, signal }: ChildContext,
): Promise<TrainedResult> {
  const onEvent: OnEvent = (event) => void sendMessage(event);
  return run === undefined
    ? trainOn(machine, data, { ...options, task: options.task ?? defaultTask, signal, onEvent })
    : resumeTrainingOn(machine, run, {
        data,
        signal,
        onEvent,
        ...(options.threads !== undefined && { threads: options.threads }),
      });
}
