import type { Platform } from "./platform.js";
import { webFiles, webSha256 } from "./web/web-files.js";
import { opfsVolume } from "./web/web-opfs.js";
import { browserName, webPictures } from "./web/web-pictures.js";
import { type FolderHandle, type WebScope, webScope } from "./web/web-scope.js";
import { memoryVolume, type Volume } from "./web/web-volume.js";

export { reportThumbnail } from "./web/web-pictures.js";
export { webScope } from "./web/web-scope.js";
export { lazyVolume, memoryVolume, type Volume } from "./web/web-volume.js";

/** Storage for runs and derived data. */
export interface Storage {
  readonly runs: Volume;
  readonly cache: Volume;
  /** Why the storage is lost when the tab closes; undefined if it is kept. */
  readonly volatileBecause: string | undefined;
}

/**
 * Opens the site's private file system, or memory if the browser has none (a private window, an old browser, a page
 * that is not served securely).
 */
export async function openStorage(scope: WebScope = webScope()): Promise<Storage> {
  const inMemory = (volatileBecause: string): Storage => {
    return { runs: memoryVolume(), cache: memoryVolume(), volatileBecause };
  };
  const storage = scope.navigator?.storage;
  if (!storage?.getDirectory) return inMemory("this browser or page has no file system of its own");
  try {
    const own = await (await storage.getDirectory()).getDirectoryHandle("engraft", { create: true });
    const part = async (name: string): Promise<FolderHandle> =>
      own.getDirectoryHandle(name, { create: true });
    return {
      runs: opfsVolume(await part("runs")),
      cache: opfsVolume(await part("cache")),
      volatileBecause: undefined,
    };
  } catch (error) {
    return inMemory(`the browser gives the page no file system (${(error as Error).message})`);
  }
}

/** Address space of wasm in bytes; a tab cannot use more. */
const wasmBytes = 2 ** 32;
/** Memory in GiB if the browser does not report it: the most that a browser reports. */
const usualMemory = 8;

/**
 * The platform of a tab's worker. Paths begin with the name of a volume: `/runs/…`, `/cache/…`, and others that are
 * given. A page does not know its memory in use: it is 0.
 */
export function webPlatform(
  volumes: Readonly<Record<string, Volume>>,
  scope: WebScope = webScope(),
): Platform {
  const { navigator } = scope;
  const cores = Math.max(1, navigator?.hardwareConcurrency ?? 1);
  return {
    files: webFiles(volumes, scope),
    pictures: webPictures(scope),
    // A run has a worker of its own, so a decoder that fails takes no other run with it.
    sounds: { decode: async (...file) => (await import("./sounds/decode-codec.js")).decodeCodec(...file) },
    sha256: (content) => webSha256(content, scope),
    cacheDir: () => "/cache",
    // Wasm threads and parallel decoding need a page that shares memory with its workers.
    cores: () => (scope.crossOriginIsolated === true ? cores : 1),
    env: () => undefined,
    assetsDir: () => "/assets",
    peakMemoryMb: () => 0,
    memoryMb: () => 0,
    releaseMemory: () => undefined,
    // Half of the computer's memory: the browser, other tabs and the system use the rest.
    memoryBytes: () => Math.min(wasmBytes, 2 ** 29 * (navigator?.deviceMemory ?? usualMemory)),
    host: () => browserName(scope),
    machine: () => `${browserName(scope)}, ${cores} cores`,
    versions: () => ({ browser: browserName(scope) }),
  };
}
