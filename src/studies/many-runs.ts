import { requireBase } from "../bases/open/locate.js";
import { EngraftError } from "../core/errors.js";
import type { EngraftEvent, OnEvent } from "../core/events/events.js";
import { defaultTask, fullTaskName, type ModelTask } from "../core/results/task.js";
import type { TrainOptions } from "../options/options.js";
import { shellWord } from "../run/command-line.js";
import type { Machine } from "../run/machine.js";
import type { InspectedData } from "../tasks/inspect-data.js";
import { rowOf, type TaskMachine } from "../tasks/registry.js";

// What comparisons and learning curves share: many trainings in one folder, each in a process of its own.

export interface Listener {
  readonly onEvent?: OnEvent | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A training in a process of its own: a new run, or one that is resumed. */
export interface ChildTask {
  /** Absolute path. Missing when a run is resumed. */
  readonly data?: string;
  /** With `out`. Of a resumed run: what may change. */
  readonly options: Omit<TrainOptions, "onEvent" | "signal">;
  readonly resume?: string;
}

/** What all trainings of a folder have in common. */
export interface SharedByRuns {
  /** Absolute path of the data. */
  readonly data: string;
  readonly options: Readonly<Partial<TrainOptions>>;
  readonly threads: number;
}

/**
 * Opens data and base before any training starts: what nobody can use is told once, and a base is downloaded once.
 * @throws what the trainings would throw on opening them
 */
export async function inspectData(
  machine: TaskMachine,
  { data, options }: Pick<SharedByRuns, "data" | "options">,
  seed: number,
  { onEvent, signal }: Listener,
): Promise<InspectedData> {
  if (options.base !== undefined) await requireBase(options.base, machine.platform);
  const { inspect } = rowOf(machine, taskIn(options));
  return inspect(machine, data, { ...options, seed, ...(onEvent && { onEvent }), ...(signal && { signal }) });
}

/** Returns the task that a folder of runs recorded. */
export const taskIn = ({ task = defaultTask }: SharedByRuns["options"]): ModelTask =>
  task === "auto" ? defaultTask : fullTaskName(task);

/** Start a training in its own process, or go on with it: its last word is for the one that asked. */
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
    ...(signal && { signal }),
    what: "the training",
  });
}

/** What a finished run would go on from is of no use any more, and several times as large as its model. */
export async function dropState({ platform }: Machine, run: string): Promise<void> {
  await platform.files.remove(platform.files.join(run, "state")).catch(() => undefined);
}

/** Seconds that trainings of these kinds (strategies, or sizes) will take, once each kind has run. */
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

/** Was it stopped on request? */
export const isInterruption = (error: unknown, { signal }: Listener): boolean =>
  signal?.aborted === true || (error instanceof EngraftError && error.kind === "Interrupted");

/** @param command that goes on: `engraft compare --resume` */
export function interrupted(path: string, command: string, done: number, of: number): EngraftError {
  return new EngraftError("Interrupted", `stopped after ${done} of ${of} trainings`, {
    at: path,
    help: `the state is saved; go on with: ${command} ${shellWord(path)}`,
  });
}
