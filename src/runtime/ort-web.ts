import type { Env, InferenceSession } from "onnxruntime-common";
import { LocalRuntime } from "./ort-local.js";
import type { OrtModule } from "./ort-tensors.js";
import type { Runtime } from "./runtime.js";

/** onnxruntime-web, as the caller imported it. */
export interface OrtWebModule extends OrtModule {
  readonly env: Env;
}

export interface WebRuntimeOptions {
  /** Threads of wasm; more than one needs a cross-origin isolated page. Default 1. Set once for a page. */
  readonly threads?: number;
  /** Where operators run, best first, as onnxruntime-web names them. Default: wasm. */
  readonly executionProviders?: InferenceSession.SessionOptions["executionProviders"];
  /** Awaited before each run: lets a worker hear messages, since a run on wasm gives way to nothing. */
  readonly between?: () => Promise<void>;
}

/**
 * onnxruntime-web on wasm, in the thread that calls it: run it inside a worker, a step blocks its thread.
 * The package is given and not imported, so that a page decides which build it loads and from where.
 * @example const runtime = await webRuntime(await import("onnxruntime-web"), { threads: 2 });
 */
export async function webRuntime(ort: OrtWebModule, options: WebRuntimeOptions = {}): Promise<Runtime> {
  const threads = options.threads ?? 1;
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = "fatal";
  const sessionOptions: InferenceSession.SessionOptions = {
    executionProviders: options.executionProviders ?? ["wasm"],
  };
  const version = ort.env.versions.web ?? ort.env.versions.common;
  const { between } = options;
  const guard = async <T>(call: () => Promise<T>): Promise<T> => {
    await between?.();
    return call();
  };
  return new LocalRuntime(ort, { name: "onnxruntime-web", version, threads, sessionOptions, guard });
}
