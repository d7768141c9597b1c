import { MemoryStorage } from "./memory-storage.js";
import { openFiles } from "./opfs-files.js";
import { OpfsStorage } from "./opfs-storage.js";
import type { ProjectStorage } from "./storage.js";

/** Returns the storage of this page: the private storage of the browser, or memory if there is none, as in some private windows. */
export async function chooseStorage(): Promise<ProjectStorage> {
  try {
    await navigator.storage.getDirectory();
    if (!("createWritable" in FileSystemFileHandle.prototype)) return new MemoryStorage();
    return new OpfsStorage(openFiles());
  } catch {
    return new MemoryStorage();
  }
}
