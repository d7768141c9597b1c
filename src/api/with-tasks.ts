import type { Machine } from "../run/machine.js";
import type { ChildTask } from "../studies/many-runs.js";
import type { CustomTaskRow, TaskMachine } from "../tasks/registry.js";
import { trainInChildOn } from "./train-child.js";

/**
 * Returns a machine that also knows tasks from outside of the product. Everything that takes a machine finds them by name.
 *
 * A task is a value of this process: functions cannot be sent to another one. So comparisons and learning curves on this machine
 * train in this process, one training after the other. Their peak memory is that of the process.
 *
 * @example
 * const machine = withTasks(await openMachine(), sensors);
 * const { test } = await trainOn(machine, "series.csv", { task: sensors.name });
 */
export function withTasks(machine: Machine, ...tasks: readonly CustomTaskRow[]): TaskMachine {
  const { platform } = machine;
  const extended: TaskMachine = {
    ...machine,
    tasks,
    platform: {
      ...platform,
      runInChildProcess: async (work) => {
        if (work.module !== "api/train-child.js") return platform.runInChildProcess!(work);
        const sendMessage = async (event: unknown): Promise<void> => work.onMessage?.(event);
        const { signal = new AbortController().signal } = work;
        return trainInChildOn(extended, work.input as ChildTask, { sendMessage, signal });
      },
    },
  };
  return extended;
}
