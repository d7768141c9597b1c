import type { Env, InferenceSession } from "onnxruntime-common";
import { LocalRuntime } from "./ort-local.js";
import type { OrtModule } from "./ort-tensors.js";

/** onnxruntime-web, as the caller imported it. */
export interface OrtWebModule extends OrtModule {
  readonly env: Env;
}

export interface WebRuntimeOptions {
  /** Threads of wasm; more than one needs a cross-origin isolated page. Default 1. Set once for a page. */
  readonly threads?: number;
  /**
   * What computes: wasm, or the GPU by the package's WebGPU build (`onnxruntime-web/webgpu`), which a page may have no
   * adapter for. What has no kernel there runs on wasm. Default "wasm".
   */
  readonly device?: "wasm" | "webgpu";
  /** Awaited before each run: lets a worker hear messages, since a run on wasm gives way to nothing. */
  readonly between?: () => Promise<void>;
}

/**
 * onnxruntime-web on wasm or WebGPU, in the thread that calls it: run it inside a worker, a step blocks its thread.
 * The package is given and not imported, so that a page decides which build it loads and from where.
 * @example const runtime = await webRuntime(await import("onnxruntime-web"), { threads: 2 });
 */
export async function webRuntime(ort: OrtWebModule, options: WebRuntimeOptions = {}): Promise<LocalRuntime> {
  const { threads = 1, device = "wasm" } = options;
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = "fatal";
  const sessionOptions: InferenceSession.SessionOptions = { executionProviders: [device] };
  const version = ort.env.versions.web ?? ort.env.versions.common;
  const { between } = options;
  const guard = async <T>(call: () => Promise<T>): Promise<T> => {
    await between?.();
    return call();
  };
  // Loaded where it is needed: most pages compute on wasm.
  const fit =
    device === "webgpu"
      ? { fit: (await import("../graph/passes/fit-webgpu.js")).fitWebGpu, keepsState: true }
      : {};
  return new LocalRuntime(ort, { name: "onnxruntime-web", version, threads, sessionOptions, guard, ...fit });
}
