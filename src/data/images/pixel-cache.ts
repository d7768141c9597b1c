import type { Pixels } from "../dataset.js";

/** Sets up to this size are kept in memory whole: 890 images of 224 × 224, 10,900 of 64 × 64. */
const smallSet = 2 ** 27;
/** Limit for larger sets, so that memory does not depend on their size. As much as a shard of the feature cache. */
const partOfLarge = 2 ** 24;

/**
 * Decoded images in memory up to a limit, so that a small set is decoded once for all epochs. The first images stay: an
 * epoch visits every image once, so evicting the oldest would keep none.
 */
export class PixelCache {
  /** Bytes. */
  readonly limit: number;
  readonly #kept = new Map<string, Pixels>();
  #bytes = 0;

  /** @param limit bytes */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** Returns a cache for a number of images of one size. */
  static for(pictures: number, { height, width }: Omit<Pixels, "data">): PixelCache {
    const whole = pictures * height * width * 3;
    return new PixelCache(whole <= smallSet ? whole : partOfLarge);
  }

  /** Bytes of pixels in the cache. */
  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): Pixels | undefined {
    return this.#kept.get(key);
  }

  /** Stores the pixels if there is room. They must not be changed afterwards. */
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
