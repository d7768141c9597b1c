// Main-thread side of the runtime's worker: a thread, or a process of its own. Only this file and its neighbours import `node:` modules.
import { EngraftError, messageOf } from "../core/errors.js";
import { problemOf } from "./device.js";
import { withPrinted } from "./gpu/device-memory.js";
import { type Channel, processChannel, threadChannel } from "./ort-node-channels.js";
import { type Answer, type Answers, type Call, decodeError, type Requests } from "./protocol.js";

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: EngraftError) => void;
}

/** Milliseconds after an answer in which a driver's own words about it arrive: they come by another way. */
const wordsFollow = 100;

/** Running workers, with one exit listener for all: Node warns of a leak from the eleventh listener on. */
const running = new Set<Thread>();
const stopRunning = (): void => {
  for (const thread of running) thread.stop();
};

/** What a worker needs beside its file. */
export interface ThreadOptions {
  /**
   * True for a process of its own. A driver of a GPU may abort its process and prints its messages there: neither reaches the caller.
   * Default false: a thread.
   */
  readonly apart?: boolean;
  /** Environment variables of a process of its own, beside those of this one. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The worker as an asynchronous function. */
export class Thread {
  /** True for a process of its own: what is sent is copied. */
  readonly apart: boolean;
  private readonly channel: Channel;
  private readonly waiting = new Map<number, Waiting>();
  private counter = 0;
  /** Why nothing can be requested any longer. */
  private over: EngraftError | undefined;
  private closing = false;
  private readonly ended: Promise<void>;

  constructor(file: URL, { apart = false, env = {} }: ThreadOptions = {}) {
    this.apart = apart;
    let end: () => void;
    this.ended = new Promise((resolve) => {
      end = resolve;
    });
    const on = {
      answer: (answer: Answer) => this.settle(answer),
      failed: (why: unknown) => this.fail(why),
      ended: (how: string) => {
        running.delete(this);
        if (running.size === 0) process.off("exit", stopRunning);
        this.fail(how);
        end();
      },
    };
    this.channel = apart ? processChannel(file, env, on) : threadChannel(file, on);
    this.channel.unref();
    if (running.size === 0) process.on("exit", stopRunning);
    running.add(this);
  }

  /** Last lines that the worker printed, if it is a process of its own. */
  get printed(): string {
    return this.channel.printed();
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
      this.channel.post({ id, call, ...request }, buffers);
      this.waiting.set(id, { resolve, reject });
      this.channel.ref();
    });
  }

  private settle(answer: Answer): void {
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if (this.waiting.size === 0) this.channel.unref();
    if (!waiting) return;
    if ("error" in answer) this.explained(decodeError(answer.error)).then(waiting.reject);
    else waiting.resolve(answer.value as never);
  }

  /** Returns an error with what the driver printed about it. */
  private async explained(error: EngraftError): Promise<EngraftError> {
    if (problemOf(error) !== "memory") return error;
    await new Promise((resolve) => setTimeout(resolve, wordsFollow));
    return withPrinted(error, this.printed);
  }

  private fail(why: unknown): void {
    // A thread can end on request before its answer is read.
    if (this.closing) this.over ??= closed();
    this.over ??= this.channel.failure(messageOf(why), why);
    for (const { reject } of this.waiting.values()) reject(this.over);
    this.waiting.clear();
  }

  /** Stops the worker when the process exits. */
  stop(): void {
    this.channel.stop();
  }

  /** Lets the worker finish and end. */
  async end(): Promise<void> {
    if (!this.over) {
      const answer = this.ask("close", {});
      this.closing = true;
      this.channel.stopLater();
      await answer.catch(() => undefined);
      this.over ??= closed();
    }
    // Keeps the process alive for whoever waits for the end.
    this.channel.ref();
    await this.ended;
  }
}

export const closed = (): EngraftError =>
  new EngraftError("InternalError", "the runtime was closed", { help: "make a new one with nodeRuntime()" });
