import { EngraftError } from "../../core/errors.js";
import type { OnEvent } from "../../core/events/events.js";
import type { TaskMachine } from "../../tasks/registry.js";
import { machineError } from "../workers/attempts.js";
import type { WorkOptions, WorkResult } from "../workers/work.js";

/** A training of a study that a process of its own does. */
export interface ChildWorkOnStudy {
  /** Path of the study. */
  readonly study: string;
  readonly options: Pick<WorkOptions, "index" | "data" | "threads">;
  /** Longest time without an answer (ms), of its own child processes too. */
  readonly silence: number;
}

/** Returns a machine whose child processes are ended if they do not answer for so long (ms). */
export const withSilence = (machine: TaskMachine, silence: number): TaskMachine => {
  const { platform } = machine;
  const { runInChildProcess: run } = platform;
  return {
    ...machine,
    platform: {
      ...platform,
      ...(run && { runInChildProcess: (work) => run.call(platform, { silence, ...work }) }),
    },
  };
};

/**
 * Does a training that may block its process: not only the training, also the check of its data runs in a child process.
 * @param name of the job, for messages
 * @throws as `work`; MachineError if the process is lost
 */
export async function workInChild(
  { platform }: TaskMachine,
  input: ChildWorkOnStudy,
  name: string,
  { signal, onEvent }: Pick<WorkOptions, "signal" | "onEvent">,
): Promise<WorkResult> {
  try {
    const result = await platform.runInChildProcess!({
      ...{ module: "api/work-child.js", input, silence: input.silence, what: `the job ${name}`, signal },
      onMessage: (event) => onEvent?.(event as Parameters<OnEvent>[0]),
    });
    return result as WorkResult;
  } catch (error) {
    const isLost = error instanceof EngraftError && error.kind === "RunError" && "stderr" in error.details;
    throw isLost ? machineError(error) : error;
  }
}
