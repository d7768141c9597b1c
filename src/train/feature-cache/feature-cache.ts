import { EngraftError } from "../../core/errors.js";
import { type Message, type WarningText, warningText } from "../../core/messages/message.js";
import type { Platform } from "../../platform/platform.js";
import { canonicalJson, type KeyFields } from "./canonical-json.js";
import { FeatureRows } from "./feature-rows.js";
import { listKeys } from "./folder.js";

/** Everything that determines the features of an image: two runs share rows only if all fields are equal. */
export interface FeatureKey extends KeyFields {
  readonly modelSha256: string;
  /** Name of the cached value. */
  readonly cut: string;
  readonly pooling: string;
  readonly preprocessing: KeyFields;
  readonly preprocessingVersion: number | string;
  /** Name and version. */
  readonly decoder: string;
  readonly runtime: string;
}

export interface FeatureCacheOptions {
  readonly platform: Pick<Platform, "files" | "sha256" | "cacheDir" | "env">;
  /** Default: `features` in the platform's cache folder. */
  readonly directory?: string;
  /** Limit of all keys together in bytes. Default: that of ENGRAFT_CACHE_LIMIT in GB, or 4 GB. */
  readonly limitBytes?: number;
  /** false: nothing is read or written. Default true. */
  readonly enabled?: boolean;
  /** Bytes of rows per file, default 16 MB: about 8,000 rows of 512 features. */
  readonly shardBytes?: number;
  /** Longest time until rows are written, ms, default 5,000. */
  readonly flushAfter?: number;
  /** Called when the cache is damaged or turns itself off. */
  readonly onWarning?: (warning: WarningText) => void;
}

/** Cached rows of features under one key. */
export interface CachedRows {
  /**
   * Returns rows of items in order, undefined if missing. An item's name is its content's sha256, and its augmentation
   * draw if there is one.
   */
  get(items: readonly string[]): Promise<(Float32Array | undefined)[]>;
  /** Calls `found` with each row that is there and its position in `items`, in any order. The row is valid during the call. */
  forEach(items: readonly string[], found: (row: Float32Array, position: number) => void): Promise<void>;
  /** Stores rows, float32[items, D]. */
  put(items: readonly string[], rows: Float32Array): Promise<void>;
  /** Writes everything that is not written yet. */
  close(): Promise<void>;
  readonly hits: number;
  readonly misses: number;
}

export interface FeatureCacheStats {
  readonly directory: string;
  readonly keys: number;
  readonly shards: number;
  readonly bytes: number;
  readonly limitBytes: number;
}

export interface FeatureCache {
  /** Returns the sha256 of the canonical JSON of the fields, 64 hex digits. */
  key(fields: FeatureKey): Promise<string>;
  /** @param width D, features per row */
  open(key: string, width: number): CachedRows;
  stats(): Promise<FeatureCacheStats>;
  /** Removes everything that is cached, nothing else. @returns what was there */
  clear(): Promise<FeatureCacheStats>;
}

/**
 * Opens a disk cache for the features of frozen backbones. Rows are never stale (the key contains everything that
 * determines them) and never wrong (every file has a sha256). Several runs can use it at once. A full or read-only disk
 * turns it off with one warning.
 *
 * @example
 * const cache = openFeatureCache({ platform });
 * const rows = cache.open(await cache.key({ modelSha256, cut, … }), 512);
 */
export function openFeatureCache(options: FeatureCacheOptions): FeatureCache {
  const {
    platform,
    limitBytes = 1e9 * Number(platform.env("ENGRAFT_CACHE_LIMIT") ?? 4),
    enabled = true,
    shardBytes = 16e6,
    flushAfter = 5_000,
  } = options;
  const { files } = platform;
  const directory = options.directory ?? files.join(platform.cacheDir(), "features");
  const warned = new Set<string>();
  const warn = (code: string, sentence: Message): void => {
    const once = code === "feature-cache-off" && warned.has(code);
    warned.add(code);
    if (!once) options.onWarning?.(warningText(code, sentence));
  };
  const stats = async (): Promise<FeatureCacheStats> => {
    const keys = await listKeys(files, directory);
    return {
      directory,
      keys: keys.length,
      shards: keys.reduce((sum, k) => sum + k.shards, 0),
      bytes: keys.reduce((sum, k) => sum + k.bytes, 0),
      limitBytes,
    };
  };
  return {
    key: (fields) => platform.sha256(canonicalJson(fields)),
    open(key, width) {
      if (!/^[0-9a-f]{64}$/.test(key) || !(Number.isInteger(width) && width > 0)) {
        throw new EngraftError("InternalError", `a feature cache has no key ${key} of width ${width}`);
      }
      if (!enabled) return nothing;
      return new FeatureRows({ platform, directory, limitBytes, shardBytes, flushAfter, key, width, warn });
    },
    stats,
    async clear() {
      const before = await stats();
      for (const { path } of await listKeys(files, directory)) await files.remove(path);
      return before;
    },
  };
}

/** A disabled cache. */
const nothing: CachedRows = {
  get: async (items) => items.map(() => undefined),
  forEach: async () => undefined,
  put: async () => undefined,
  close: async () => undefined,
  hits: 0,
  misses: 0,
};
