import { stopIf } from "../../core/errors.js";
import type { Platform } from "../../platform/platform.js";
import type { ImagePreprocessing, Pixels } from "../dataset.js";
import { decodePixels } from "./decode.js";
import type { PixelCache } from "./pixel-cache.js";

/** Returns the pixels of an image in a size. They must not be changed. */
export type LoadPixels = (
  item: { readonly path: string; readonly sha256: string },
  size: Pick<ImagePreprocessing, "height" | "width" | "shortestEdge">,
) => Promise<Pixels>;

/** Returns a function that decodes images, unless the cache has them. It decodes as many at once as keep the machine busy. */
export function pixelLoader(
  platform: Platform,
  { decoded, signal }: { readonly decoded?: PixelCache; readonly signal?: AbortSignal } = {},
): LoadPixels {
  const slots = limiter(2 * platform.cores());
  return async ({ path, sha256 }, size) => {
    const { height, width, shortestEdge } = size;
    const key = `${sha256} ${height}x${width}${shortestEdge === undefined ? "" : ` of ${shortestEdge}`}`;
    const kept = decoded?.get(key);
    if (kept !== undefined) return kept;
    const pixels = await slots(() => {
      stopIf(signal);
      return decodePixels(path, size, platform);
    });
    decoded?.offer(key, pixels);
    return pixels;
  };
}

/** Returns a function that runs at most n tasks at once. */
export function limiter(n: number): <T>(task: () => Promise<T>) => Promise<T> {
  let free = Math.max(1, n);
  const queue: (() => void)[] = [];
  return async (task) => {
    if (free > 0) free--;
    else await new Promise<void>((go) => queue.push(go));
    try {
      return await task();
    } finally {
      const next = queue.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}
