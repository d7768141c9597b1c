import { Worker } from "node:worker_threads";
import type { SoundCodec, SoundData, SoundLimits, Sounds } from "../platform.js";
import type { SoundRequest } from "./sound-worker.js";

/** Threads that decode at once. Each may need some hundred megabytes. */
const mostThreads = 2;

/**
 * Returns a decoder that works in threads of its own, so a crash or an endless loop of a decoder ends with its thread. Threads are
 * started when they are needed, and do not keep the process alive.
 */
export function nodeSounds(): Sounds {
  const idle: Worker[] = [];
  const waiting: (() => void)[] = [];
  let running = 0;
  return {
    async decode(bytes, codec, limits) {
      while (running >= mostThreads) await new Promise<void>((resolve) => waiting.push(resolve));
      running++;
      const worker = idle.pop() ?? startWorker();
      try {
        const decoded = await decodeIn(worker, bytes, codec, limits);
        worker.unref();
        idle.push(worker);
        return decoded;
      } catch (error) {
        // After a failure, the memory of a decoder may be damaged.
        void worker.terminate();
        throw error;
      } finally {
        running--;
        waiting.shift()?.();
      }
    },
  };
}

/** The built file: beside this one, or in dist/ if this file runs as TypeScript (in tests). */
const workerFile = (): URL =>
  new URL(
    import.meta.url.endsWith(".ts") ? "../../../dist/platform/sounds/sound-worker.js" : "sound-worker.js",
    import.meta.url,
  );

function startWorker(): Worker {
  const worker = new Worker(workerFile(), { execArgv: [] });
  // A thread that is ended may still report an error, which nobody waits for.
  worker.on("error", () => undefined);
  return worker;
}

/** Decodes one file. @throws what the decoder throws; RangeError for a decoder that takes too long or stops */
function decodeIn(
  worker: Worker,
  bytes: Uint8Array,
  codec: SoundCodec,
  { signal, ...limits }: SoundLimits,
): Promise<SoundData> {
  return new Promise((resolve, reject) => {
    const settle = (work: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      worker.off("message", take).off("error", fail).off("exit", exit);
      work();
    };
    const fail = (error: unknown) => settle(() => reject(error));
    const exit = () => fail(new Error("the decoder stopped"));
    const stop = () => fail(signal!.reason);
    const take = (answer: SoundData | { readonly error: string }) =>
      "error" in answer ? fail(new Error(answer.error)) : settle(() => resolve(answer));
    // The thread checks the time itself between the parts of a file. This ends a decoder that never returns.
    const timer = setTimeout(() => fail(new RangeError("took too long")), limits.milliseconds + 1000);
    worker.on("message", take).on("error", fail).on("exit", exit);
    signal?.addEventListener("abort", stop);
    if (signal?.aborted) return stop();
    worker.ref();
    worker.postMessage({ bytes, codec, ...limits } satisfies SoundRequest);
  });
}
