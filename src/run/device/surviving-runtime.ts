import type { EngraftError } from "../../core/errors.js";
import type { Device } from "../../runtime/device.js";
import type { Runtime, Session, SessionOptions } from "../../runtime/runtime.js";
import type { Machine, RuntimeRequest } from "../machine.js";
import type { GpuLimits } from "../run-runtime.js";
import { retryAfter } from "./retry.js";

/** Only trainings know the sizes of their values, so a limit of a buffer is of no use: batches are divided instead. */
const noLimits: GpuLimits = { bufferBytes: 0 };

/** A GPU whose models are loaded again after it failed: see {@link Runtime.goOn}. */
export class SurvivingRuntime implements Runtime {
  readonly name: string;
  readonly version: string;
  readonly threads: number;
  readonly device: Device;
  /** Models are in the form for the GPU. The CPU computes that form, too. */
  readonly fit: Runtime["fit"];
  attempt = 0;
  private current: Promise<Runtime>;
  private limits: GpuLimits = noLimits;

  constructor(
    private readonly machine: Machine,
    private readonly request: RuntimeRequest,
    gpu: Runtime,
  ) {
    ({ name: this.name, version: this.version, threads: this.threads, device: this.device } = gpu);
    this.fit = gpu.fit;
    this.current = Promise.resolve(gpu);
  }

  get batchParts(): number {
    return this.limits.batchParts ?? 1;
  }

  async session(model: Uint8Array, options?: SessionOptions): Promise<Session> {
    // The bytes stay here: the model may be loaded again.
    const load = async (): Promise<Session> => {
      for (;;) {
        const { attempt } = this;
        try {
          return await (await this.current).session(model, { ...options, transfer: false });
        } catch (error) {
          await this.goOn(error, attempt);
          loadedAt = this.attempt;
        }
      }
    };
    let loadedAt = this.attempt;
    let loaded = load();
    const { inputs, outputs } = await loaded;
    return {
      inputs,
      outputs,
      run: async (feeds, fetches, how) => {
        // Of several computations at once, the first one loads the model again.
        if (loadedAt !== this.attempt) {
          loadedAt = this.attempt;
          loaded = load();
        }
        // The same feeds may be needed again.
        return (await loaded).run(feeds, fetches, { ...how, transfer: false });
      },
      dispose: async () => {
        if (loadedAt === this.attempt) await (await loaded).dispose();
      },
    };
  }

  async training(...given: Parameters<Runtime["training"]>): ReturnType<Runtime["training"]> {
    return (await this.current).training(...given);
  }

  async goOn(error: unknown, attempt: number): Promise<void> {
    // Another computation failed on the same GPU, and it was opened again.
    if (attempt !== this.attempt) return void (await this.current);
    const retry = retryAfter(error, this.limits);
    if (!retry) throw error;
    const { onCpu, limits } = retry;
    this.attempt++;
    this.limits = onCpu ? noLimits : limits;
    if (onCpu) this.warn(`${(error as EngraftError).message}; the rest is computed on the CPU`);
    const before = this.current;
    const device = onCpu ? "cpu" : this.device;
    this.current = before
      .then((runtime) => runtime.close())
      .catch(() => undefined)
      .then(() => this.machine.openRuntime({ ...this.request, device }));
    await this.current;
  }

  async close(): Promise<void> {
    await (await this.current).close();
  }

  private warn(message: string): void {
    const { onWarning = (words) => console.warn(`warning: ${words}`) } = this.request;
    onWarning(message);
  }
}
