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
export async function trainInChildOn(
  { platform, ...whole }: TaskMachine,
  task: ChildTask,
  { sendMessage, signal }: ChildContext,
): Promise<TrainedResult | undefined> {
  const { jobs = 1 } = task;
  const memoryBytes = (): number => platform.memoryBytes() / jobs;
  const machine = { ...whole, platform: jobs > 1 ? { ...platform, memoryBytes } : platform };
  const onEvent: OnEvent = (event) => void sendMessage(event);
  if ("diagnosis" in task) {
    const { trainOfDiagnosis } = await import("../studies/diagnose/diagnosis-trainings.js");
    await trainOfDiagnosis(machine, task, { onEvent, signal });
    return undefined;
  }
  const { data, options, resume: run } = task;
  return run === undefined
    ? trainOn(machine, data, { ...options, task: options.task ?? defaultTask, signal, onEvent })
    : resumeTrainingOn(machine, run, {
        data,
        signal,
        onEvent,
        ...(options.threads !== undefined && { threads: options.threads }),
        ...(options.base !== undefined && { base: options.base }),
        ...(options.initFrom !== undefined && { initFrom: options.initFrom }),
      });
}
