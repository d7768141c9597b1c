import { EngraftError, messageOf, stopIf } from "../../core/errors.js";
import type { EngraftEvent, ErrorEvent } from "../../core/events/events.js";
import { pause } from "../../core/pause.js";
import type { Platform } from "../../platform/platform.js";
import type { RunNow } from "../../report/pages/unfinished.js";
import { RunFolder } from "../../run/folder/run-folder.js";
import { commandOf, type RunKind } from "../../run/folder/run-kinds.js";
import { openMachine } from "../../run/machine.js";
import { openRun, recordOf, statusOf } from "../../run/report/run-report.js";
import { encodeError } from "../../runtime/protocol.js";
import { isLink } from "../../studies/workers/attempts.js";

/** A run in a folder of runs. */
export interface RunInfo {
  /** Absolute path of the run folder. */
  readonly run: string;
  /** "running": a process works on it. "stopped": {@link startResume} goes on with it. "damaged": its manifest cannot be read. */
  readonly status: RunNow["status"] | "damaged";
  /** Why it is damaged, or the error that stopped it. */
  readonly reason?: string;
  /** The same error, for `errorText`. */
  readonly error?: Pick<ErrorEvent, "message" | "help" | "code" | "details">;
  /** Command that started it. */
  readonly command?: RunKind;
  /** Absolute path of its data. */
  readonly data?: string;
  /** ISO 8601 date and time. */
  readonly started?: string;
  /** Result of a run that is done. */
  readonly result?: EngraftEvent;
}

/** An event of a run, with its line in `events.jsonl`. */
export interface NumberedEvent {
  /** Line in the file, from 1. It does not change. */
  readonly id: number;
  readonly event: EngraftEvent;
}

export interface WatchOptions {
  /** Only events after this line of the record. Default 0: all. */
  readonly after?: number;
  /** Ends the watching, not the run. */
  readonly signal?: AbortSignal;
}

/** Pause between two reads of a running run (ms). */
const between = 200;
/** How long the process of a finished run may take to end (ms). */
const patience = 20_000;

/**
 * Returns the runs in a folder, the newest first. Folders without a run are left out.
 * @param folder default "runs"; a folder that does not exist has no runs
 * @example for (const { run, status } of await listRuns()) console.log(status, run);
 */
export async function listRuns(folder = "runs"): Promise<RunInfo[]> {
  const { platform } = await openMachine();
  const { files } = platform;
  const root = files.resolve(folder);
  if ((await files.stat(root))?.kind !== "folder") return [];
  const infos: RunInfo[] = [];
  for (const { name } of await files.list(root)) {
    const run = files.join(root, name);
    if (await files.stat(files.join(run, "run.json"))) infos.push(await infoOf(platform, run));
  }
  return infos.sort((a, b) => (b.started ?? "").localeCompare(a.started ?? "") || a.run.localeCompare(b.run));
}

async function infoOf(platform: Platform, run: string): Promise<RunInfo> {
  let folder: RunFolder;
  try {
    folder = await RunFolder.open(platform, run);
  } catch (error) {
    return { run, status: "damaged", reason: messageOf(error), error: encodeError(error) };
  }
  const { manifest } = folder;
  const { data, started, result } = manifest;
  const status = await statusNow(platform, folder);
  const last = status === "stopped" ? (await recordOf(platform, folder)).events.at(-1) : undefined;
  const hasFailed = last?.event === "error" && last.kind !== "Interrupted";
  return {
    ...{ run, status, command: commandOf(manifest), data, started },
    ...(hasFailed && { reason: last.message, error: last }),
    ...(status === "done" && result && { result }),
  };
}

/** Reads whether a run is done, running or stopped. */
const statusNow = (platform: Platform, folder: RunFolder): Promise<RunNow["status"]> =>
  statusOf(platform, folder, folder.manifest, async () => (await recordOf(platform, folder)).events);

/**
 * Yields the recorded events of a run in order, those that it records meanwhile too, and ends when the run is done or stopped. The run
 * is only read. A reader that continues with `after` gets each event once, whoever trains the run.
 * @throws RunError if the folder holds no run
 * @example for await (const { id, event } of watchRun("runs/2026-01-31-flowers")) console.log(id, event.event);
 */
export async function* watchRun(
  run: string,
  { after = 0, signal }: WatchOptions = {},
): AsyncGenerator<NumberedEvent, void> {
  if (!(Number.isInteger(after) && after >= 0))
    throw new EngraftError("OptionError", `after is ${after}`, {
      help: "give the id of an event, or 0 for all",
    });
  const { platform } = await openMachine();
  const { EventLines } = await import("../../run/report/event-lines.js");
  const { growthOf } = await import("../../run/report/growing-file-node.js");
  const lines = new EventLines();
  let growth: ReturnType<typeof growthOf> | undefined;
  for (let next = 0; ; ) {
    const folder = await openRun(platform, run);
    growth ??= growthOf(folder.file("events.jsonl"));
    // The status first: a run that ends after it was read has then recorded all its events.
    const status = await statusNow(platform, folder);
    await growth.read((bytes) => lines.feed(bytes));
    if (status !== "running") lines.end();
    for (; next < lines.events.length; next++) {
      if (signal?.aborted) return;
      const id = lines.lines[next]!;
      if (id > after) yield { id, event: lines.events[next]! };
    }
    if (status !== "running") return;
    await pause(between, signal);
    if (signal?.aborted) return;
  }
}

/**
 * Stops the process that trains a run, which saves its state first. Returns when it has ended.
 * @returns false if no process works on the run
 * @throws RunError if the process is on another machine
 */
export async function stopRun(
  run: string,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<boolean> {
  const { platform } = await openMachine();
  const folder = await openRun(platform, run);
  if ((await statusNow(platform, folder)) !== "running") return false;
  const holder = await platform.files.lockHolder?.(folder.path);
  if (holder === undefined)
    throw new EngraftError("RunError", `a process on another machine trains "${run}"`, {
      help: "stop it there with Ctrl-C",
    });
  process.kill(holder, "SIGTERM");
  while ((await platform.files.lockHolder?.(folder.path)) === holder) {
    stopIf(signal);
    await pause(between, signal);
  }
  return true;
}

/**
 * Removes a run folder with everything in it, which cannot be undone. A damaged run is removed too, and a run in use is not.
 * @throws RunError if the folder holds no run, is a link, or a process works on it
 */
export async function removeRun(run: string): Promise<void> {
  const { platform } = await openMachine();
  const { files } = platform;
  const { path, manifest } = await openRun(platform, run).catch(async (error: unknown) => {
    if (typeof run !== "string") throw error;
    const path = files.resolve(run);
    if ((await files.stat(files.join(path, "run.json")))?.kind !== "file") throw error;
    return { path, manifest: undefined };
  });
  const parent = files.dirname(path);
  if (await isLink(files, parent, files.relative(parent, path)))
    throw new EngraftError("RunError", `"${run}" is a link to another place`, {
      help: "give the folder itself, or remove the link",
    });
  await files.withLock(path, () => files.remove(path), {
    what: `the run folder "${path}"`,
    // The process of a finished run is about to end.
    wait: manifest?.status === "done" ? patience : 0,
  });
}
