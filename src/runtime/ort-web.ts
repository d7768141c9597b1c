import type { Env, InferenceSession } from "onnxruntime-common";
import { EngraftError } from "../core/errors.js";
import type { Device } from "./device.js";
import { LocalRuntime } from "./ort-local.js";
import type { OrtModule } from "./ort-tensors.js";

/** The onnxruntime-web module that the caller imported. */
export interface OrtWebModule extends OrtModule {
  readonly env: Env;
}

export interface WebRuntimeOptions {
  /** Threads of wasm; more than one needs a cross-origin isolated page. Default 1. Set once per page. */
  readonly threads?: number;
  /**
   * Where it computes: WebAssembly on the CPU, or the GPU by the package's WebGPU build (`onnxruntime-web/webgpu`) if the page has an
   * adapter. Operators without a GPU kernel run on WebAssembly. Default "cpu".
   */
  readonly device?: Device;
  /** Awaited before each run, so that a worker can receive messages: a run on wasm does not yield. */
  readonly between?: () => Promise<void>;
}

/** The last call of each module. Its runtimes take turns, because a GPU takes one call at a time. */
const lastCalls = new WeakMap<OrtWebModule, Promise<unknown>>();

/**
 * Creates a runtime on onnxruntime-web (wasm or WebGPU) in the calling thread. Run it inside a worker, because a step
 * blocks its thread. The package is passed in, so that a page decides which build it loads and from where.
 * @throws DeviceError for "webgpu" if the browser gives no adapter
 * @example const runtime = await webRuntime(await import("onnxruntime-web"), { threads: 2 });
 */
export async function webRuntime(ort: OrtWebModule, options: WebRuntimeOptions = {}): Promise<LocalRuntime> {
  const { threads = 1, device = "cpu" } = options;
  if (device === "cuda")
    throw new EngraftError("OptionError", "browsers have no CUDA", { help: "choose cpu, webgpu or auto" });
  const adapter =
    device === "webgpu" ? await (await import("./gpu/page-adapter.js")).pageAdapter() : undefined;
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = "fatal";
  const sessionOptions: InferenceSession.SessionOptions = {
    executionProviders: [device === "cpu" ? "wasm" : device],
  };
  const version = ort.env.versions.web ?? ort.env.versions.common;
  const { between } = options;
  const guard = <T>(call: () => Promise<T>): Promise<T> => {
    const result = (lastCalls.get(ort) ?? Promise.resolve()).then(async () => {
      await between?.();
      return call();
    });
    lastCalls.set(
      ort,
      result.catch(() => undefined),
    );
    return result;
  };
  // Loaded only if needed: most pages compute on wasm.
  const fit =
    device === "webgpu"
      ? { fit: (await import("../graph/passes/fit-webgpu.js")).fitWebGpu, keepsState: true }
      : {};
  const named = adapter === undefined ? {} : { adapter };
  const about = { name: "onnxruntime-web", version, threads, device, ...named };
  return new LocalRuntime(ort, { ...about, sessionOptions, guard, ...fit });
}
