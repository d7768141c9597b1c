import { arch, availableParallelism, cpus, hostname, platform, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { cacheDir } from "./node-cache.js";
import { collect } from "./node-collect.js";
import { coresToUse } from "./node-cores.js";
import { nodeFiles, sha256 } from "./node-files.js";
import { sharpPictures } from "./node-pictures.js";
import { peakMb } from "./peak-memory.js";
import type { Platform } from "./platform.js";
import { addressableBytes } from "./process/node-limits.js";
import { nodeSounds } from "./sounds/node-sounds.js";

export { cacheDir } from "./node-cache.js";
export { fileSha256, readFileBytes, sha256, writeAtomic } from "./node-files.js";
export { ensureDir, privateMode } from "./node-folders.js";
export { withLock } from "./node-lock.js";
export { requireCacheLimit, requireLimits } from "./process/node-limits.js";

/** Peak memory of this process and a child process together, MB. */
let together = 0;
const rss = (): number => Math.round(process.memoryUsage.rss() / 1e6);

/** This machine, through Node's interfaces. */
export const nodePlatform: Platform = {
  files: nodeFiles,
  pictures: sharpPictures,
  sounds: nodeSounds(),
  sha256: (content) => Promise.resolve(sha256(content)),
  cacheDir,
  cores: coresToUse,
  env: (name) => process.env[name] || undefined,
  // This file is src/platform/… or dist/platform/…; assets/ is two levels up from both.
  assetsDir: () => fileURLToPath(new URL("../../assets", import.meta.url)),
  peakMemoryMb: () => Math.max(together, peakMb()),
  memoryMb: rss,
  memoryBytes: () => {
    // 0 or 2^64: no limit.
    const limit = process.constrainedMemory();
    return Math.min(limit > 0 ? limit : totalmem(), totalmem(), addressableBytes());
  },
  releaseMemory: ({ compact = false } = {}) => {
    if (compact) setFlagsFromString("--compact-on-every-full-gc");
    collect();
    if (compact) setFlagsFromString("--no-compact-on-every-full-gc");
  },
  runInChildProcess: async (work) => {
    const { runInChild } = await import("./run-in-child.js");
    nodePlatform.releaseMemory({ compact: true });
    const before = rss();
    const { value, peakMb: its } = await runInChild(work);
    together = Math.max(together, Math.max(before, rss()) + its);
    return value;
  },
  host: () => hostname(),
  machine: () =>
    `${cpus()[0]?.model.trim() ?? "unknown processor"}, ${availableParallelism()} cores, ${platform()}-${arch()}`,
  versions: () => ({ node: process.versions.node }),
};
