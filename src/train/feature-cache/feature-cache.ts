import { EngraftError } from "../../core/errors.js";
import type { Platform } from "../../platform/platform.js";
import { canonicalJson, type KeyFields } from "./canonical-json.js";
import { FeatureRows } from "./feature-rows.js";
import { listKeys } from "./folder.js";

/** What decides the features of a picture: two runs share rows only when all of it is equal. */
export interface FeatureKey extends KeyFields {
  readonly modelSha256: string;
  /** Name of the value that is cached. */
  readonly cut: string;
  readonly pooling: string;
  readonly preprocessing: KeyFields;
  readonly preprocessingVersion: number | string;
  /** Name and version. */
  readonly decoder: string;
  readonly runtime: string;
}

export interface FeatureCacheOptions {
  readonly platform: Pick<Platform, "files" | "sha256" | "cacheDir">;
  /** Default: `features` in the platform's cache folder. */
  readonly directory?: string;
  /** Bytes of all keys together, default 4e9. */
  readonly limitBytes?: number;
  /** false: nothing is read or written. Default true. */
  readonly enabled?: boolean;
  /** Bytes of rows a file, default 16 MB: about 8,000 rows of 512 features. */
  readonly shardBytes?: number;
  /** Rows wait at most this long to be written, ms, default 5,000. */
  readonly flushAfter?: number;
  /** Told when the cache is damaged or turns itself off. */
  readonly onWarning?: (warning: { readonly code: string; readonly message: string }) => void;
}

/** Rows of features under one key. */
export interface CachedRows {
  /**
   * Rows of items in their order, undefined where there is none. An item is named by its content's sha256, and
   * by the augmentation draw if there is one.
   */
  get(items: readonly string[]): Promise<(Float32Array | undefined)[]>;
  /** Keep rows, float32[items, D]. */
  put(items: readonly string[], rows: Float32Array): Promise<void>;
  /** Write what is not written yet. */
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
  /** sha256 over the canonical JSON of the fields, 64 hex digits. */
  key(fields: FeatureKey): Promise<string>;
  /** @param width D, features of a row */
  open(key: string, width: number): CachedRows;
  stats(): Promise<FeatureCacheStats>;
  /** Remove everything that is cached, nothing else. @returns what was there */
  clear(): Promise<FeatureCacheStats>;
}

/**
 * The features of frozen trunks on disk. Never stale (the key holds everything that decides them), never wrong
 * (every file is checked by sha256), safe for several runs at once, and never in the way: a full or read-only disk
 * turns it off with one warning.
 *
 * @example
 * const cache = openFeatureCache({ platform });
 * const rows = cache.open(await cache.key({ modelSha256, cut, … }), 512);
 */
export function openFeatureCache(options: FeatureCacheOptions): FeatureCache {
  const { platform, limitBytes = 4e9, enabled = true, shardBytes = 16e6, flushAfter = 5_000 } = options;
  const { files } = platform;
  const directory = options.directory ?? files.join(platform.cacheDir(), "features");
  const told = new Set<string>();
  const warn = (code: string, message: string): void => {
    const once = code === "feature-cache-off" && told.has(code);
    told.add(code);
    if (!once) options.onWarning?.({ code, message });
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
        throw new EngraftError(
          "InternalError",
          `a feature cache is opened by a sha256 and a width above 0, got ${JSON.stringify(key)} and ${width}`,
        );
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

/** A cache that is turned off. */
const nothing: CachedRows = {
  get: async (items) => items.map(() => undefined),
  put: async () => undefined,
  close: async () => undefined,
  hits: 0,
  misses: 0,
};
