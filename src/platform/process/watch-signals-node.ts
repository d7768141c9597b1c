import { Worker } from "node:worker_threads";
import type { LimitedWork } from "./limited-work.js";
import type { EndSignal, FromWatcher, ToWatcher, WatcherData } from "./signal-watcher.js";

/** A process whose signals are handled. */
export interface WatchedSignals {
  /**
   * Starts the thread that ends the process if this thread does not answer; resolves when it has started. Before, signals are handled only while this
   * thread is idle. A system that allows no thread leaves it so.
   */
  watch(): Promise<void>;
  /**
   * Ends the process with {@link LimitedWork.line} if this thread does not answer while it has the work in hand; undefined: it has none.
   * Nothing happens without the thread of {@link watch}.
   */
  limit(work: LimitedWork | undefined): void;
  /** Signals end the process again. */
  release(): void;
}

/**
 * Handles signals. Node calls handlers in the thread that computes, so a computation that does not end would also take away Ctrl-C. A
 * thread of its own therefore receives them, passes them on, and ends the process if this thread does not answer.
 *
 * @param handle called for each signal, in this thread
 * @param how.parent true if the end of the parent process is a signal as well. Default false
 */
export function watchSignals(
  names: readonly EndSignal[],
  handle: (name: EndSignal) => void,
  { parent = false } = {},
): WatchedSignals {
  let worker: Worker | undefined;
  const own = handle as NodeJS.SignalsListener;
  const ignore = (): void => {
    for (const name of names) process.off(name, own);
  };
  // The thread ends the process by the default of a signal, which holds only if nobody listens here. A package that files are locked with
  // listens to all signals; it also hears of the end itself.
  const refuse = (name: string | symbol, listener: () => void): void => {
    if ((names as readonly unknown[]).includes(name)) process.nextTick(() => process.off(name, listener));
  };
  const receive = (said: FromWatcher): void => {
    if (said === "ping") worker?.postMessage("here" satisfies ToWatcher);
    else if (said !== "ready") handle(said);
  };
  const listen = (): void => {
    process.off("newListener", refuse);
    for (const name of names) process.on(name, own);
  };
  listen();
  return {
    async watch() {
      // TypeScript runs in tests only, whose signals are their own.
      if (worker || import.meta.url.endsWith(".ts")) return;
      const started = startWatcher({ names, parent: parent ? process.ppid : undefined });
      if (started === undefined) return;
      worker = started;
      started.on("message", receive);
      const works = await new Promise<boolean>((resolve) => {
        started.once("message", () => resolve(true)).once("error", () => resolve(false));
      });
      started.unref();
      if (!works) return;
      ignore();
      process.on("newListener", refuse);
      started.once("exit", () => worker === started && listen());
    },
    limit: (work) => worker?.postMessage(work satisfies ToWatcher),
    release() {
      ignore();
      process.off("newListener", refuse);
      void worker?.terminate();
      worker = undefined;
    },
  };
}

/** Returns the thread; undefined if the system allows none: a limit of processes or memory. */
function startWatcher(workerData: WatcherData): Worker | undefined {
  try {
    return new Worker(new URL("signal-watcher.js", import.meta.url), {
      workerData,
      execArgv: [],
      // It holds almost nothing. Without limits, V8 reserves memory that is never used.
      resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16, codeRangeSizeMb: 8 },
    });
  } catch {
    return undefined;
  }
}
