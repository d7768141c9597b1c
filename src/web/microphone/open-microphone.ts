import { EngraftError } from "../../core/errors.js";
import { streamResampler } from "../../data/sounds/resample.js";
import { writeWav } from "../../report/write-wav.js";
import { closed, stopped } from "../open-stream.js";
import { type Capture, capture } from "./capture.js";
import type { Microphone, MicrophoneOptions, Recording, RecordOptions } from "./microphone.js";

/** Longest time that `latest` looks back, in seconds. */
const longestWindow = 30;
/** Time within which a microphone gives its first samples, in milliseconds. */
const patience = 10_000;

/** Opens a microphone. See {@link Microphone}. */
export async function openMicrophone(options: MicrophoneOptions): Promise<Microphone> {
  const { rate = 16_000, constraints = {} } = options;
  if (!(Number.isInteger(rate) && rate > 0))
    throw new EngraftError("OptionError", `rate is ${rate}`, {
      help: "give samples per second, such as 16000",
    });
  const microphone = new OpenMicrophone(rate);
  await microphone.start(constraints);
  return microphone;
}

/** Gets new samples; undefined at the end. */
type Watcher = (samples: Float32Array | undefined) => void;

class OpenMicrophone implements Microphone {
  readonly #recent: RecentSamples;
  readonly #watchers = new Set<Watcher>();
  #resample: ((samples: Float32Array) => Float32Array) | undefined;
  #capture: Capture | undefined;
  #over: EngraftError | undefined;

  constructor(readonly rate: number) {
    this.#recent = new RecentSamples(longestWindow * rate);
  }

  get seconds(): number {
    return this.#recent.count / this.rate;
  }

  /** Starts, and waits for the first samples. */
  async start(constraints: object): Promise<void> {
    this.#capture = await capture(constraints, {
      onSamples: (samples) => this.#receive(samples),
      onEnd: () => this.#end(stopped("microphone")),
    });
    try {
      await this.#firstSamples();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  #firstSamples(): Promise<void> {
    return new Promise((resolve, reject) => {
      const silent = new EngraftError("DataError", "the microphone gives no samples", {
        help: "browsers start audio only after a click: open the microphone in the listener of a button",
      });
      const timer = setTimeout(() => reject(silent), patience);
      const watcher: Watcher = (samples) => {
        clearTimeout(timer);
        this.#watchers.delete(watcher);
        if (samples) resolve();
        else reject(this.#over);
      };
      this.#watchers.add(watcher);
    });
  }

  #receive(samples: Float32Array): void {
    if (this.#over || !this.#capture) return;
    this.#resample ??= streamResampler(this.#capture.rate, this.rate);
    const next = this.#resample(samples);
    if (next.length === 0) return;
    this.#recent.push(next);
    for (const watcher of [...this.#watchers]) watcher(next);
  }

  #end(why: EngraftError): void {
    this.#over ??= why;
    for (const watcher of [...this.#watchers]) watcher(undefined);
  }

  latest(seconds: number): Float32Array {
    if (this.#over) throw this.#over;
    const samples = Math.round(seconds * this.rate);
    if (samples >= 1 && seconds <= longestWindow) return this.#recent.latest(samples);
    throw new EngraftError("OptionError", `a window of ${seconds} seconds`, {
      help: `give at most ${longestWindow} seconds; record() takes longer ones`,
    });
  }

  async record({ seconds, signal, name = "recording.wav" }: RecordOptions): Promise<Recording> {
    if (this.#over) throw this.#over;
    const most = seconds === undefined ? Number.POSITIVE_INFINITY : Math.round(seconds * this.rate);
    if (!(most >= 1) || (seconds === undefined && !signal))
      throw new EngraftError("OptionError", "nothing ends the recording", {
        help: "give its length as `seconds`, or a `signal`",
      });
    const { rate } = this;
    const samples = joined(await this.#collect(most, signal), most);
    const file = new File([new Uint8Array(writeWav(samples, rate))], name, { type: "audio/wav" });
    return { samples, rate, file };
  }

  /** Collects samples from now on, until there are enough or the signal comes. */
  #collect(most: number, signal: AbortSignal | undefined): Promise<readonly Float32Array[]> {
    return new Promise((resolve, reject) => {
      const parts: Float32Array[] = [];
      let count = 0;
      const finish = (): void => {
        this.#watchers.delete(watcher);
        signal?.removeEventListener("abort", finish);
        if (this.#over) reject(this.#over);
        else resolve(parts);
      };
      const watcher: Watcher = (samples) => {
        if (samples) parts.push(samples);
        count += samples?.length ?? 0;
        if (!samples || count >= most) finish();
      };
      this.#watchers.add(watcher);
      signal?.addEventListener("abort", finish);
      if (signal?.aborted) finish();
    });
  }

  async close(): Promise<void> {
    this.#end(closed("microphone"));
    const open = this.#capture;
    this.#capture = undefined;
    await open?.close();
  }
}

function joined(parts: readonly Float32Array[], most: number): Float32Array {
  const count = parts.reduce((sum, { length }) => sum + length, 0);
  const out = new Float32Array(Math.min(count, most));
  let at = 0;
  for (const part of parts) {
    out.set(part.subarray(0, out.length - at), at);
    at += Math.min(part.length, out.length - at);
  }
  return out;
}

/** The last samples of a stream: a ring buffer. */
export class RecentSamples {
  readonly #ring: Float32Array;
  #count = 0;

  /** @param size most samples that are kept */
  constructor(size: number) {
    this.#ring = new Float32Array(size);
  }

  /** Samples since the start. */
  get count(): number {
    return this.#count;
  }

  push(samples: Float32Array): void {
    const size = this.#ring.length;
    const kept = samples.subarray(Math.max(0, samples.length - size));
    const at = (this.#count + samples.length - kept.length) % size;
    const before = Math.min(kept.length, size - at);
    this.#ring.set(kept.subarray(0, before), at);
    this.#ring.set(kept.subarray(before));
    this.#count += samples.length;
  }

  /** Returns the last n samples, oldest first; fewer if fewer are there. */
  latest(n: number): Float32Array {
    const size = this.#ring.length;
    const out = new Float32Array(Math.min(n, size, this.#count));
    const at = (this.#count - out.length) % size;
    const before = Math.min(out.length, size - at);
    out.set(this.#ring.subarray(at, at + before));
    out.set(this.#ring.subarray(0, out.length - before), before);
    return out;
  }
}
