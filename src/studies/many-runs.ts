import { requireBase } from "../bases/open/locate.js";
import { EngraftError } from "../core/errors.js";
import type { EngraftEvent, OnEvent } from "../core/events/events.js";
import { defaultTask, fullTaskName, type ModelTask } from "../core/results/task.js";
import type { TrainOptions } from "../options/options.js";
import { shellWord } from "../run/command-line.js";
import type { Machine } from "../run/machine.js";
import { rowOf, type TaskMachine } from "../tasks/registry.js";
import type { InspectedData } from "../tasks/task-run.js";

// Shared by comparisons and learning curves: many trainings in one folder, each in its own process.

export interface Listener {
  readonly onEvent?: OnEvent | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A training in its own process: a new run, or a resumed one. */
export interface ChildTask {
  /** Absolute path. Missing for a resumed run. */
  readonly data?: string;
  /** Options with `out`; for a resumed run, the options that may change. */
  readonly options: Omit<TrainOptions, "onEvent" | "signal">;
  readonly resume?: string;
}

/** Settings that all trainings of a folder share. */
export interface SharedByRuns {
  /** Absolute path of the data. */
  readonly data: string;
  readonly options: Readonly<Partial<TrainOptions>>;
  readonly threads: number;
}

/**
 * Opens data and base before any training starts, so that errors appear once and a base is downloaded once.
 * @throws the errors that a training would throw when it opens them
 */
export async function openDataAndBase(
  machine: TaskMachine,
  { data, options }: Pick<SharedByRuns, "data" | "options">,
  seed: number,
  { onEvent, signal }: Listener,
): Promise<InspectedData> {
  if (options.base !== undefined) await requireBase(options.base, machine.platform);
  const { inspect } = rowOf(machine, taskIn(options));
  return inspect(machine, data, { ...options, seed, onEvent, signal });
}

/** Returns the task that a folder of runs recorded. */
export const taskIn = ({ task = defaultTask }: SharedByRuns["options"]): ModelTask =>
  task === "auto" ? defaultTask : fullTaskName(task);

/** Starts or resumes a training in its own process. Its `result` and `error` events are not passed on. */
export async function trainOne(
  { platform }: Machine,
  { data, options, threads }: SharedByRuns,
  run: string,
  runOptions: Partial<TrainOptions>,
  { onEvent, signal }: Listener,
): Promise<void> {
  const started = await platform.files.stat(platform.files.join(run, "run.json"));
  const pass = (event: EngraftEvent): void => {
    if (event.event !== "result" && event.event !== "error") onEvent?.(event);
  };
  const task: ChildTask = started
    ? { resume: run, options: { threads } }
    : { data, options: { ...options, ...runOptions, threads, out: run } };
  await platform.runInChildProcess!({
    module: "api/train-child.js",
    input: task,
    onMessage: (event) => pass(event as EngraftEvent),
    signal,
    what: "the training",
  });
}

/** Removes the checkpoints of a finished run: they are several times as large as its model. */
export async function dropState({ platform }: Machine, run: string): Promise<void> {
  await platform.files.remove(platform.files.join(run, "state")).catch(() => undefined);
}

/** Estimates seconds for trainings of these kinds (strategies or sizes); no estimate until each kind has run. */
export function estimateSecondsLeft<Kind>(
  kinds: readonly Kind[],
  done: readonly { readonly kind: Kind; readonly seconds: number }[],
): { seconds_left?: number } {
  let left = 0;
  for (const kind of kinds) {
    const of = done.filter((one) => one.kind === kind);
    if (of.length === 0) return {};
    left += of.reduce((sum, { seconds }) => sum + seconds, 0) / of.length;
  }
  return { seconds_left: left };
}

/** True if the user stopped the training. */
export const isInterruption = (error: unknown, { signal }: Listener): boolean =>
  signal?.aborted === true || (error instanceof EngraftError && error.kind === "Interrupted");

/** Returns the error of a stopped study. @param command that resumes it: `engraft compare --resume` */
export function interrupted(path: string, command: string, done: number, of: number): EngraftError {
  return new EngraftError("Interrupted", `stopped after ${done} of ${of} trainings`, {
    at: path,
    help: `the state is saved; go on with: ${command} ${shellWord(path)}`,
  });
}
