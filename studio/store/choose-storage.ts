import { MemoryStorage } from "./memory-storage.js";
import { OpfsStorage } from "./opfs-storage.js";
import type { ProjectStorage } from "./storage.js";

/** Returns the storage of this page: the private storage of the browser, or memory if there is none, as in some private windows. */
export async function chooseStorage(): Promise<ProjectStorage> {
  try {
    const root = await navigator.storage.getDirectory();
    if (!("createWritable" in FileSystemFileHandle.prototype)) return new MemoryStorage();
    return new OpfsStorage(await root.getDirectoryHandle("studio", { create: true }));
  } catch {
    return new MemoryStorage();
  }
}
