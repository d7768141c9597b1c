import { readFileSync } from "node:fs";
import { arch, availableParallelism, cpus, platform, totalmem } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import envPaths from "env-paths";
import { nodeFiles, sha256 } from "./node-files.js";
import { sharpPictures } from "./node-pictures.js";
import type { Platform } from "./platform.js";

export { fileSha256, readFileBytes, sha256, writeAtomic } from "./node-files.js";
export { ensureDir } from "./node-folders.js";
export { withLock } from "./node-lock.js";

/** The user's cache folder for Engraft; the variable ENGRAFT_CACHE moves it. */
export function cacheDir(): string {
  const own = process.env.ENGRAFT_CACHE;
  return own === undefined || own === "" ? envPaths("engraft", { suffix: "" }).cache : resolve(own);
}

/** This machine, seen through Node. */
export const nodePlatform: Platform = {
  files: nodeFiles,
  pictures: sharpPictures,
  sha256: (content) => Promise.resolve(sha256(content)),
  cacheDir,
  cores: () => availableParallelism(),
  env: (name) => process.env[name] || undefined,
  // This file is src/platform/… or dist/platform/…: assets/ stands two levels up from both.
  assetsDir: () => fileURLToPath(new URL("../../assets", import.meta.url)),
  peakMemoryMb: () => Math.round((peakKib() * 1024) / 1e6),
  memoryMb: () => Math.round(process.memoryUsage.rss() / 1e6),
  memoryBytes: () => {
    // 0 or 2^64: no limit.
    const limit = process.constrainedMemory();
    return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  },
  releaseMemory: ({ compact = false } = {}) => {
    // The flag alone exposes gc() only in contexts that are made after it.
    setFlagsFromString("--expose-gc");
    if (compact) setFlagsFromString("--compact-on-every-full-gc");
    runInNewContext("gc")();
    if (compact) setFlagsFromString("--no-compact-on-every-full-gc");
  },
  machine: () =>
    `${cpus()[0]?.model.trim() ?? "unknown processor"}, ${availableParallelism()} cores, ${platform()}-${arch()}`,
  versions: () => ({ node: process.versions.node }),
};

/**
 * Most memory of this process. On Linux by its own high water mark: what the kernel hands out as `maxRSS` begins with
 * that of the process that started it, so that the child of a large process would look as large.
 */
function peakKib(): number {
  if (platform() === "linux") {
    try {
      const [, own] = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
      if (own !== undefined) return Number(own);
    } catch {
      // No /proc: the other number is there everywhere.
    }
  }
  return process.resourceUsage().maxRSS;
}
