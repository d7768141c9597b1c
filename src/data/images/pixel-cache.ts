import type { Pixels } from "../dataset.js";

/** Largest dataset that is cached as a whole, in bytes: 890 images of 224 × 224, or 10,900 of 64 × 64. */
const smallSet = 2 ** 27;
/** Limit for larger datasets, in bytes: the size of a shard of the feature cache. */
const partOfLarge = 2 ** 24;

/**
 * A cache of decoded images, so that a small dataset is decoded once for all epochs. The first images stay: an epoch visits every
 * image once, so evicting the oldest would leave no hits.
 */
export class PixelCache {
  /** Largest size, in bytes. */
  readonly limit: number;
  readonly #pixels = new Map<string, Pixels>();
  #bytes = 0;

  /** @param limit bytes */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** Returns a cache for a number of images of one size. */
  static for(pictures: number, { height, width }: Omit<Pixels, "data">): PixelCache {
    return PixelCache.ofSize(pictures * height * width * 3);
  }

  /** Returns a cache for images of together this many bytes. */
  static ofSize(bytes: number): PixelCache {
    return new PixelCache(bytes <= smallSet ? bytes : partOfLarge);
  }

  /** Current size, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): Pixels | undefined {
    return this.#pixels.get(key);
  }

  /** Stores the pixels if there is room. They must not be changed afterwards. */
  offer(key: string, pixels: Pixels): void {
    if (this.#pixels.has(key) || this.#bytes + pixels.data.byteLength > this.limit) return;
    this.#pixels.set(key, pixels);
    this.#bytes += pixels.data.byteLength;
  }

  clear(): void {
    this.#pixels.clear();
    this.#bytes = 0;
  }
}
