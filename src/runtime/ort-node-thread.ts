// Main-thread side of the runtime's worker thread. Only this file and its neighbours import `node:` modules.
import { Worker } from "node:worker_threads";
import { EngraftError, messageOf } from "../core/errors.js";
import {
  type Answer,
  type Answers,
  busy,
  type Call,
  decodeError,
  type Requests,
  stopping,
} from "./protocol.js";

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: EngraftError) => void;
}

/** Running threads, with one exit listener for all: Node warns of a leak from the eleventh listener on. */
const running = new Set<Thread>();
const stopRunning = (): void => {
  for (const thread of running) thread.stop();
};

/** The worker thread as an asynchronous function. */
export class Thread {
  private readonly worker: Worker;
  private readonly flags = new Int32Array(new SharedArrayBuffer(8));
  private readonly waiting = new Map<number, Waiting>();
  private counter = 0;
  /** Why nothing can be requested any longer. */
  private over: EngraftError | undefined;
  private closing = false;
  private readonly ended: Promise<void>;

  constructor(file: URL) {
    this.flags[busy] = 1;
    this.worker = new Worker(file, {
      workerData: { flags: this.flags.buffer },
      execArgv: [],
      // The thread's JavaScript objects are small and short-lived. Without a limit V8 reserves memory that is never
      // used.
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    });
    this.worker.unref();
    this.worker.on("message", (answer: Answer) => this.settle(answer));
    this.worker.on("error", (error) => this.fail(error));
    if (running.size === 0) process.on("exit", stopRunning);
    running.add(this);
    this.ended = new Promise((resolve) => {
      this.worker.on("exit", (code) => {
        running.delete(this);
        if (running.size === 0) process.off("exit", stopRunning);
        this.fail(`exit code ${code}`);
        resolve();
      });
    });
  }

  /** Sends a request and returns the answer, or throws its error. */
  async ask<C extends Call>(
    call: C,
    request: Requests[C],
    buffers: readonly ArrayBuffer[] = [],
  ): Promise<Answers[C]> {
    if (this.over) throw this.over;
    const id = ++this.counter;
    return new Promise<Answers[C]>((resolve, reject) => {
      // May throw (a value that cannot be cloned); then nothing waits for an answer.
      this.worker.postMessage({ id, call, ...request }, [...buffers]);
      this.waiting.set(id, { resolve, reject });
      this.worker.ref();
    });
  }

  private settle(answer: Answer): void {
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if (this.waiting.size === 0) this.worker.unref();
    if (!waiting) return;
    if ("error" in answer) waiting.reject(decodeError(answer.error));
    else waiting.resolve(answer.value as never);
  }

  private fail(why: unknown): void {
    // A thread can end on request before its answer is read.
    if (this.closing) this.over ??= closed();
    this.over ??= new EngraftError("InternalError", `the runtime's thread stopped: ${messageOf(why)}`, {
      help: "if memory was short, use a smaller batch; otherwise please report this with the command you ran",
      cause: why,
    });
    for (const { reject } of this.waiting.values()) reject(this.over);
    this.waiting.clear();
  }

  /**
   * Stops the thread when the process exits. A thread that ends inside native code aborts the whole process (exit code
   * 134), so this waits for the end of the call.
   */
  stop(): void {
    Atomics.store(this.flags, stopping, 1);
    // One minute: longer than any block of steps, and short enough for a user who waits for a hang.
    Atomics.wait(this.flags, busy, 1, 60_000);
  }

  /** Lets the thread finish and end. */
  async end(): Promise<void> {
    if (!this.over) {
      const answer = this.ask("close", {});
      this.closing = true;
      await answer.catch(() => undefined);
      this.over ??= closed();
    }
    // Keeps the process alive for whoever waits for the end.
    this.worker.ref();
    await this.ended;
  }
}

export const closed = (): EngraftError =>
  new EngraftError("InternalError", "the runtime was closed", { help: "make a new one with nodeRuntime()" });
