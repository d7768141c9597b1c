import type { Pixels } from "../dataset.js";

/** Sets that take no more than this are kept in memory whole: 890 pictures of 224 × 224, 10,900 of 64 × 64. */
const smallSet = 2 ** 27;
/** Of larger ones a part: it must not matter for memory how large they are. As much as a shard of the feature cache. */
const partOfLarge = 2 ** 24;

/**
 * Decoded pictures kept in memory up to a limit, so that a small set is decoded once for all epochs. The
 * first that come stay: an epoch visits every picture once, so throwing out the oldest would keep none.
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

  /** For a set of so many pictures of one size. */
  static for(pictures: number, { height, width }: Omit<Pixels, "data">): PixelCache {
    const whole = pictures * height * width * 3;
    return new PixelCache(whole <= smallSet ? whole : partOfLarge);
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
