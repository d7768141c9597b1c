import { EngraftError, messageOf } from "../core/errors.js";
import type { EngraftEvent, OnEvent } from "../core/events/events.js";
import { message, type WarningText, warningText } from "../core/messages/message.js";
import { engraftVersion } from "../core/version.js";
import { defaults, type TrainOptions } from "../options/options.js";
import type { Platform } from "../platform/platform.js";
import type { Runtime } from "../runtime/runtime.js";
import { progressFilter, withMemory } from "./folder/progress-filter.js";
import type { RunFolder } from "./folder/run-folder.js";
import type { Machine } from "./machine.js";
import { type GpuLimits, RunRuntime } from "./run-runtime.js";

/** State of a run after its start. */
export interface OpenedRun<Data> {
  readonly given: Data;
  readonly runtime: Runtime;
  /** `performance.now()` when it began. */
  readonly begin: number;
  /** All events; of progress only a part. */
  readonly events: readonly EngraftEvent[];
  readonly onEvent: OnEvent;
}

/** Opens the data. The signal aborts when nobody waits for it any longer. */
export type LoadData<Data> = (onEvent: OnEvent, signal: AbortSignal) => Promise<Data>;

/** Options that a run is opened with. */
type OpenOptions = Pick<TrainOptions, "onEvent" | "signal" | "seed" | "threads" | "device" | "tensorboard">;

/** What an attempt at a run knows from the attempts before. */
interface Attempt {
  readonly limits: GpuLimits;
  /** Emitted when the run has begun, so that its record has them. */
  readonly warnings: readonly WarningText[];
}

/**
 * Opens a run of any task: opens the data while the runtime loads, describes it, and records its events. If the GPU has too little
 * memory or is lost, the run goes on from its last checkpoint with smaller parts of a batch, or on the CPU.
 */
export async function withOpenedRun<Data, Result extends EngraftEvent>(
  machine: Machine,
  run: RunFolder,
  options: OpenOptions,
  loadData: LoadData<Data>,
  work: (run: OpenedRun<Data>) => Promise<Result>,
): Promise<Result> {
  const { batch_parts: batchParts } = run.manifest;
  let attempt: Attempt = { limits: { ...(batchParts !== undefined && { batchParts }) }, warnings: [] };
  for (let { device } = options; ; ) {
    try {
      const result = await onDevice(machine, run, { ...options, device }, attempt, loadData, work);
      await run.finish();
      return result;
    } catch (error) {
      const retry = (await import("./device/retry.js")).retryAfter(error, attempt.limits);
      if (!retry) throw error;
      // What auto chose is not measured again.
      if (retry.onCpu) device = "cpu";
      else if (device === "auto") device = "webgpu";
      const { limits, warning } = retry;
      attempt = { limits, warnings: warning ? [warning] : [] };
      if (limits.batchParts !== undefined) await run.update({ batch_parts: limits.batchParts });
    }
  }
}

async function onDevice<Data, Result extends EngraftEvent>(
  machine: Machine,
  run: RunFolder,
  options: OpenOptions,
  { limits, warnings }: Attempt,
  loadData: LoadData<Data>,
  work: (run: OpenedRun<Data>) => Promise<Result>,
): Promise<Result> {
  const begin = performance.now();
  const { platform } = machine;
  await run.removeHalfWritten();
  await run.beginClock();
  const { events, onEvent, record, board } = await openRecord(run, platform, options);
  const threads = options.threads ?? platform.cores();
  // The decoder and the data load here while the runtime loads in its own thread.
  platform.pictures.version().catch(() => undefined);
  const afterStart = held(onEvent);
  const stop = new AbortController();
  options.signal?.addEventListener("abort", () => stop.abort(), { signal: stop.signal, once: true });
  if (options.signal?.aborted) stop.abort();
  const loading = loadData(afterStart.onEvent, stop.signal);
  loading.catch(() => undefined);
  let opened: RunRuntime;
  try {
    opened = await RunRuntime.open(machine, run, { threads, device: options.device, limits }, onEvent);
  } catch (error) {
    // Nobody waits for the data any longer: reading on would use the disk, and keep the process alive.
    stop.abort();
    await loading.catch(() => undefined);
    throw error;
  }
  const { runtime } = opened;
  try {
    onEvent({
      event: "start",
      command: run.manifest.command,
      version: engraftVersion,
      runtime: { name: runtime.name, version: runtime.version },
      run: run.path,
      seed: options.seed ?? defaults.seed,
      threads,
      machine: platform.machine(),
    });
    if (options.device !== undefined)
      onEvent((await import("./device/device-event.js")).deviceEvent(runtime));
    for (const warning of warnings) onEvent({ event: "warning", ...warning });
    warnOfVersions(run.manifest.versions, await opened.versions(), onEvent);
    await opened.record();
    afterStart.release();
    const result = await work({ given: await loading, runtime, begin, events, onEvent });
    onEvent(result);
    await opened.recorded();
    return result;
  } catch (error) {
    record.write(ended(error));
    // A refusal leaves the run as it was. The folder may be gone: that is no other error.
    if ((error as EngraftError).kind === "Interrupted") await run.saveClock().catch(() => undefined);
    throw error;
  } finally {
    stop.abort();
    await loading.catch(() => undefined);
    await record.end();
    await board?.end();
    await runtime.close();
  }
}

/** Opens the record of a run's events: its file, and TensorBoard's if requested. */
async function openRecord(
  run: RunFolder,
  platform: Platform,
  options: Pick<TrainOptions, "onEvent" | "tensorboard">,
) {
  const events: EngraftEvent[] = [];
  const record = recorder(run, options.onEvent);
  const board = options.tensorboard
    ? await (await import("./folder/tensorboard-file.js")).openTensorboard(run, platform, options.onEvent)
    : undefined;
  const keeps = progressFilter();
  const cuts = new Set<string>();
  const onEvent: OnEvent = (given) => {
    const cut = cutByBudget(given);
    if (cut !== undefined && cuts.has(cut)) return;
    if (cut !== undefined) cuts.add(cut);
    const event = withMemory(given, platform);
    options.onEvent?.(event);
    board?.write(event);
    if (!keeps(event)) return;
    events.push(event);
    record.write(event);
  };
  return { events, onEvent, record, board };
}

/** Returns what a warning says that the budget has cut. Each training of a run may report it; only the first one does. */
function cutByBudget(event: EngraftEvent): string | undefined {
  if (event.event !== "warning" || event.code !== "pace") return undefined;
  const { code, values } = event.sentence as { readonly code: string; readonly values?: object };
  const { unit, model } = { unit: "", model: "", ...values };
  return [code, unit, model].join();
}

function warnOfVersions(
  started: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
  onEvent: OnEvent,
): void {
  // Nothing is recorded yet if the run begins.
  const withDevice = {
    ...started,
    ...(started.engraft !== undefined && { device: started.device ?? "cpu" }),
  };
  for (const [name, before] of Object.entries(withDevice)) {
    const value = now[name] ?? (name === "device" ? "cpu" : "another");
    if (value === before) continue;
    onEvent({
      event: "warning",
      ...warningText("versions", message("versions-differ", { name, before, now: value })),
    });
  }
}

/** Delays events, so that work done in advance is reported in its turn. */
function held(onEvent: OnEvent): { readonly onEvent: OnEvent; release(): void } {
  let waiting: EngraftEvent[] | undefined = [];
  return {
    onEvent: (event) => (waiting ? waiting.push(event) : onEvent(event)),
    release() {
      const events = waiting ?? [];
      waiting = undefined;
      for (const event of events) onEvent(event);
    },
  };
}

/** Returns the last event of a run that did not finish. */
function ended(error: unknown): EngraftEvent {
  const known = error instanceof EngraftError ? error : undefined;
  const kind = known?.kind ?? "InternalError";
  const { code, details, at, help } = known ?? {};
  const coded = code && { code, details: details! };
  const cure = { ...(at !== undefined && { at }), ...(help !== undefined && { help }) };
  return { event: "error", kind, ...coded, message: messageOf(error), ...cure, exit: known?.exitCode ?? 1 };
}

/** Writes events to `events.jsonl`, in order. A full disk must not stop the run before its checkpoint reports it. */
function recorder(run: RunFolder, onEvent: OnEvent | undefined) {
  let writing: Promise<void> = Promise.resolve();
  let failed = false;
  return {
    write(event: EngraftEvent): void {
      writing = writing
        .then(() => (failed ? undefined : run.event(event)))
        .catch((error: unknown) => {
          failed = true;
          const lost = message("events-not-kept", { why: messageOf(error) });
          onEvent?.({ event: "warning", ...warningText("events", lost) });
        });
    },
    end: () => writing,
  };
}
