import type { OnProgress } from "../core/events/progress-events.js";
import type { Runtime } from "../runtime/runtime.js";
import type { RunFolder } from "./folder/run-folder.js";
import type { Machine, RuntimeRequest } from "./machine.js";
import { usedVersions } from "./versions.js";

/** Known limits of a run's GPU. */
export type GpuLimits = Pick<Runtime, "batchParts" | "bufferBytes">;

/** The runtime of a run. Its warnings are events of the run, and the run's record names the package in use. */
export class RunRuntime {
  runtime!: Runtime;
  /** Warnings before the run's record has begun. */
  private early: string[] | undefined = [];
  private recording: Promise<void> = Promise.resolve();

  private constructor(
    private readonly machine: Machine,
    private readonly run: RunFolder,
    private readonly onEvent: OnProgress,
  ) {}

  static async open(
    machine: Machine,
    run: RunFolder,
    { threads, device, limits }: Pick<RuntimeRequest, "threads" | "device"> & { readonly limits: GpuLimits },
    onEvent: OnProgress,
  ): Promise<RunRuntime> {
    const opened = new RunRuntime(machine, run, onEvent);
    opened.runtime = await machine.openRuntime({
      threads,
      device,
      onWarning: (message) => opened.warn(message),
    });
    if (opened.runtime.device !== "cpu") Object.assign(opened.runtime, limits);
    return opened;
  }

  /** Versions of everything that the result depends on, for the run's record. */
  versions(): Promise<Readonly<Record<string, string>>> {
    return usedVersions(this.machine.platform, this.runtime);
  }

  /** Records the versions, then emits the warnings so far. Call it after the event "start". */
  async record(): Promise<void> {
    await this.run.update({ versions: await this.versions() });
    const early = this.early ?? [];
    this.early = undefined;
    for (const message of early) this.emit(message);
  }

  /** Waits until the record names the package in use. */
  async recorded(): Promise<void> {
    await this.recording;
  }

  private warn(message: string): void {
    if (this.early) {
      this.early.push(message);
      return;
    }
    this.emit(message);
    // Native code that fails to load is noticed with the first model, after the versions were recorded.
    this.recording = this.recording.then(async () => this.run.update({ versions: await this.versions() }));
    this.recording.catch(() => undefined);
  }

  private emit(message: string): void {
    this.onEvent({ event: "warning", code: "runtime", message });
  }
}
