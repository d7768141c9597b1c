import { defaultPlatform } from "../../data/images/decode.js";
import type { Files, Platform } from "../../platform/platform.js";

/**
 * Folders that Engraft uses in its cache folder. Only these are ever removed: the cache folder itself belongs to the
 * user.
 */
const parts = {
  hub: "downloaded bases",
  features: "features of frozen trunks",
  unpacked: "pictures out of Parquet files",
  scan: "what data folders held when they were last looked at",
  known: "what was found out about data and features",
  costs: "times of computations, measured on this machine",
  logs: "reports of unexpected errors",
} as const;

export interface CachePart {
  readonly name: keyof typeof parts;
  readonly what: string;
  readonly path: string;
  readonly files: number;
  readonly bytes: number;
}

export interface CacheInfo {
  readonly folder: string;
  readonly parts: readonly CachePart[];
  readonly bytes: number;
}

/** Returns what is cached between runs, and its size. */
export async function cacheInfo(platform?: Platform): Promise<CacheInfo> {
  const { files, cacheDir } = platform ?? (await defaultPlatform());
  const folder = cacheDir();
  const names = Object.keys(parts) as (keyof typeof parts)[];
  const found = await Promise.all(
    names.map(async (name) => {
      const path = files.join(folder, name);
      return { name, what: parts[name], path, ...(await measure(files, path)) };
    }),
  );
  return { folder, parts: found, bytes: found.reduce((sum, part) => sum + part.bytes, 0) };
}

/**
 * Removes everything that is cached; runs and models are stored elsewhere.
 * @returns what was removed
 */
export async function clearCache(platform?: Platform): Promise<CacheInfo> {
  const machine = platform ?? (await defaultPlatform());
  const before = await cacheInfo(machine);
  for (const part of before.parts) await machine.files.remove(part.path);
  return before;
}

/** Measures the files below a folder; links are counted, not followed. */
async function measure(files: Files, path: string): Promise<{ files: number; bytes: number }> {
  if ((await files.stat(path))?.kind !== "folder") return { files: 0, bytes: 0 };
  let count = 0;
  let bytes = 0;
  for (const entry of await files.list(path)) {
    const inner = files.join(path, entry.name);
    if (entry.kind === "folder") {
      const below = await measure(files, inner);
      count += below.files;
      bytes += below.bytes;
    } else {
      count++;
      bytes += entry.kind === "file" ? ((await files.stat(inner))?.size ?? 0) : 0;
    }
  }
  return { files: count, bytes };
}
