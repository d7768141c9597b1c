// Ways to a worker that runs onnxruntime. Only this file and its neighbours import `node:` modules.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { EngraftError } from "../core/errors.js";
import { lostDevice } from "./device.js";
import { type Answer, busy, stopping } from "./protocol.js";

/** What a worker reports. */
export interface ChannelEvents {
  readonly answer: (answer: Answer) => void;
  readonly failed: (why: unknown) => void;
  /** @param how the worker ended, in words */
  readonly ended: (how: string) => void;
}

/** A way to a worker. */
export interface Channel {
  /** @param buffers are handed over if the worker shares memory, else copied */
  post(message: object, buffers: readonly ArrayBuffer[]): void;
  /** Keeps the process alive, or no longer. */
  ref(): void;
  unref(): void;
  /** Stops the worker because the process exits. */
  stop(): void;
  /** Stops a worker that was asked to close, if it does not: a driver may hang. */
  stopLater(): void;
  /** Returns what the worker printed last. */
  printed(): string;
  /** Returns the error of a worker that ended unasked. @param why in words */
  failure(why: string, cause: unknown): EngraftError;
}

/** Starts a thread. */
export function threadChannel(file: URL, on: ChannelEvents): Channel {
  const flags = new Int32Array(new SharedArrayBuffer(8));
  flags[busy] = 1;
  const worker = new Worker(file, {
    workerData: { flags: flags.buffer },
    execArgv: [],
    // The thread's JavaScript objects are small and short-lived. Without a limit V8 reserves memory that is never used.
    resourceLimits: { maxYoungGenerationSizeMb: 8 },
  });
  worker.on("message", on.answer);
  worker.on("error", on.failed);
  worker.on("exit", (code) => on.ended(`exit code ${code}`));
  return {
    post: (message, buffers) => worker.postMessage(message, [...buffers]),
    ref: () => worker.ref(),
    unref: () => worker.unref(),
    // A thread that ends inside native code aborts the whole process (exit code 134), so this waits for the end of the call: at most
    // one minute, which is longer than any block of steps, and short enough for a user who waits for a hang.
    stop: () => {
      Atomics.store(flags, stopping, 1);
      Atomics.wait(flags, busy, 1, 60_000);
    },
    stopLater: () => undefined,
    printed: () => "",
    failure: (why, cause) =>
      new EngraftError("InternalError", `the runtime's thread stopped: ${why}`, {
        help: "if memory was short, use a smaller batch; otherwise please report this with the command you ran",
        cause,
      }),
  };
}

/** Milliseconds that a process has to close its sessions. */
const patience = 3000;
/** Characters of a driver's messages that are kept. */
const kept = 16_384;

/** Starts a process of its own. Its output is kept and never printed. */
export function processChannel(file: URL, env: Readonly<Record<string, string>>, on: ChannelEvents): Channel {
  const child = fork(fileURLToPath(file), [], {
    execArgv: ["--expose-gc"],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    env: { ...process.env, ...env },
  });
  let printed = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    printed = (printed + text).slice(-kept);
  });
  (child.stderr as unknown as { unref?(): void }).unref?.();
  child.on("message", (answer) => on.answer(answer as Answer));
  child.on("error", on.failed);
  child.on("exit", (code, signal) => on.ended(signal ? `signal ${signal}` : `exit code ${code}`));
  return {
    // A failed send is followed by the process's end, which is reported.
    post: (message) => void child.send(message, () => undefined),
    ref: () => {
      child.ref();
      child.channel?.ref();
    },
    unref: () => {
      child.unref();
      child.channel?.unref();
    },
    stop: () => void child.kill("SIGKILL"),
    stopLater: () => {
      const timer = setTimeout(() => child.kill("SIGKILL"), patience).unref();
      child.on("exit", () => clearTimeout(timer));
    },
    printed: () => printed,
    failure: (why, cause) => lostDevice(why, printed, cause),
  };
}
