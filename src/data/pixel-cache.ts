import type { Pixels } from "./dataset.js";

/**
 * Decoded pictures kept in memory up to a limit, so that a small set is decoded once for all epochs. The
 * first that come stay: an epoch visits every picture once, so throwing out the oldest would keep none.
 */
export class PixelCache {
  /** Bytes. */
  readonly limit: number;
  readonly #kept = new Map<string, Pixels>();
  #bytes = 0;

  /** @param limit bytes, default 256 MiB */
  constructor(limit = 2 ** 28) {
    this.limit = limit;
  }

  /** Bytes of pixels held now. */
  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): Pixels | undefined {
    return this.#kept.get(key);
  }

  /** Keep it if there is room. The pixels must not be changed afterwards. */
  offer(key: string, pixels: Pixels): void {
    if (this.#kept.has(key) || this.#bytes + pixels.data.byteLength > this.limit) return;
    this.#kept.set(key, pixels);
    this.#bytes += pixels.data.byteLength;
  }

  clear(): void {
    this.#kept.clear();
    this.#bytes = 0;
  }
}
