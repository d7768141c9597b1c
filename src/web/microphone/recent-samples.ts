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
