// Node's own processes: a tab ends with its trainings.
import { type ChildProcess, spawn } from "node:child_process";
import { close, openSync, readFileSync } from "node:fs";
import { EngraftError } from "../../core/errors.js";
import { pause } from "../../core/pause.js";
import type { TrainOptions } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";
import { commandOf } from "../../run/folder/run-kinds.js";
import { openMachine } from "../../run/machine.js";
import { openRun } from "../../run/report/run-report.js";
import { startRun as createRun } from "../../run/start-run.js";
import { resolveTraining } from "../train.js";

/** Options of a training in a process of its own. */
export type StartOptions = Omit<TrainOptions, "onEvent" | "signal">;

/** A run with a process of its own. */
export interface StartedRun {
  /** Absolute path of the run folder. */
  readonly run: string;
  readonly pid: number;
}

/** Pause between two looks at a starting process (ms). */
const between = 50;
/** Characters of an error message that are shown. */
const longest = 2000;

/**
 * Starts a training in a process of its own, which goes on when this process ends. Follow it with {@link watchRun}, stop it with
 * {@link stopRun}, and go on with {@link startResume}.
 *
 * @param data path of the data, as for {@link train}. @param options options of `train`
 * @returns the run, when its process works on it
 * @throws EngraftError for wrong options, or if the process ends at once
 * @example const { run } = await startRun("./flowers", { strategy: "finetune" });
 */
export async function startRun(data: string, options: StartOptions = {}): Promise<StartedRun> {
  const given: Readonly<Record<string, unknown>> = { ...options };
  const alive = ["onEvent", "signal"].find((name) => given[name] !== undefined);
  if (alive !== undefined)
    throw new EngraftError("OptionError", `${alive} cannot reach a training in a process of its own`, {
      help: "leave it out, and use watchRun or stopRun",
      details: { option: alive },
    });
  if (typeof data !== "string")
    throw new EngraftError("OptionError", "a process of its own opens its data by a path", {
      help: "give the path of a folder or a list",
    });
  const machine = await openMachine();
  const { recorded } = await resolveTraining(machine, data, options);
  return startResume(await createRun(machine, data, recorded, async ({ path }) => path));
}

/**
 * Goes on with a stopped run in a process of its own, as {@link startRun} starts one.
 * @param options.more trains a finished run further: epochs, or a time as "10m"
 * @throws RunError if the folder holds no run, or a process works on it
 */
export async function startResume(
  run: string,
  { more }: { readonly more?: number | string } = {},
): Promise<StartedRun> {
  const { platform } = await openMachine();
  const folder = await openRun(platform, run);
  const { path } = folder;
  if (folder.manifest.status === "done" && more === undefined)
    throw new EngraftError("RunError", `"${run}" is done`, {
      help: "start a new run, or train this one further with more",
    });
  const isHeld = async (): Promise<boolean> => (await platform.files.lockState?.(path)) === "held";
  // A process that has recorded its result still closes its files.
  const until = performance.now() + (folder.manifest.status === "done" ? mostClosing : 0);
  while (await isHeld()) {
    if (performance.now() >= until) throw inUse(run);
    await pause(100);
  }
  await platform.files.ensureDir(folder.file("state"));
  const log = folder.file("state", "errors.txt");
  const recordedAt = async (): Promise<number | undefined> =>
    (await platform.files.stat(folder.file("events.jsonl")))?.modified;
  const before = await recordedAt();
  const errors = openSync(log, "w");
  const program = platform.files.join(platform.assetsDir(), "../bin/engraft.mjs");
  const further = more === undefined ? [] : [`--more=${more}`];
  const command = [program, commandOf(folder.manifest), "--resume", path, "--quiet", ...further];
  const child = spawn(process.execPath, command, {
    detached: true,
    stdio: ["ignore", "ignore", errors],
    windowsHide: true,
  });
  close(errors);
  const hasBegun = async (): Promise<boolean> =>
    more === undefined || (await openRun(platform, path)).manifest.status !== "done";
  const hasRecorded = async (): Promise<boolean> => (await recordedAt()) !== before;
  await working(platform, path, child, log, { hasBegun, hasRecorded });
  child.unref();
  return { run: path, pid: child.pid! };
}

/** Longest time a process may hold its run after it has recorded the result (ms). */
const mostClosing = 20_000;

const inUse = (run: string): EngraftError =>
  new EngraftError("RunError", `another process works on "${run}"`, { help: "stop it first" });

/**
 * Waits until the process holds the lock of its run and has begun, or has ended. A process may end between two looks.
 * @param is.hasBegun true when a finished run is no longer recorded as done
 * @param is.hasRecorded true when the process has recorded an event: its error is one, too
 * @throws RunError if it ends with an error that the run does not record
 */
async function working(
  { files }: Platform,
  run: string,
  child: ChildProcess,
  log: string,
  is: Readonly<Record<"hasBegun" | "hasRecorded", () => Promise<boolean>>>,
): Promise<void> {
  let failed: Error | undefined;
  child.on("error", (error) => {
    failed = error;
  });
  while (child.exitCode === null && child.signalCode === null && failed === undefined) {
    const holder = await files.lockHolder?.(run);
    if (holder === child.pid && (await is.hasBegun())) return;
    // Another starter was faster.
    if (holder !== undefined && holder !== child.pid) {
      child.kill();
      throw inUse(run);
    }
    await pause(between);
  }
  if (child.exitCode === 0 || (await is.hasRecorded())) return;
  const why = failed?.message ?? readFileSync(log, "utf8").trim().slice(-longest);
  throw new EngraftError("RunError", `the process of "${run}" ended before it trained: ${why}`, {
    at: log,
    help: "mend what it says, then resume the run",
  });
}
