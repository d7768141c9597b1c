import type { FileHandle, FolderHandle } from "./web-scope.js";
import { failure, type Volume } from "./web-volume.js";

/** System error code for each exception of the file system. */
const codes: Readonly<Record<string, string>> = {
  NotFoundError: "ENOENT",
  QuotaExceededError: "ENOSPC",
  NoModificationAllowedError: "EBUSY",
  InvalidModificationError: "ENOTEMPTY",
  NotAllowedError: "EACCES",
  SecurityError: "EACCES",
};

/**
 * A volume in the origin private file system: files that this browser stores for this site until the user clears the
 * site's data.
 * @see https://fs.spec.whatwg.org
 */
export function opfsVolume(root: FolderHandle): Volume {
  const folder = async (path: readonly string[], create = false): Promise<FolderHandle> => {
    let handle = root;
    for (const name of path) handle = await handle.getDirectoryHandle(name, { create });
    return handle;
  };
  const last = (path: readonly string[]): string => path.at(-1) ?? "";
  const find = async (path: readonly string[]): Promise<FolderHandle | FileHandle | undefined> => {
    if (path.length === 0) return root;
    try {
      const parent = await folder(path.slice(0, -1));
      try {
        return await parent.getFileHandle(last(path));
      } catch (error) {
        if ((error as Error).name !== "TypeMismatchError") throw error;
        return await parent.getDirectoryHandle(last(path));
      }
    } catch (error) {
      // TypeMismatchError: a parent is a file.
      if (["NotFoundError", "TypeMismatchError"].includes((error as Error).name)) return undefined;
      throw error;
    }
  };
  const file = async (path: readonly string[], create: boolean): Promise<FileHandle> =>
    (await folder(path.slice(0, -1), create)).getFileHandle(last(path), { create });
  const put = async (handle: FileHandle, content: Uint8Array, at: number): Promise<void> => {
    // The writable is a copy that replaces the file on close: a tab that is closed meanwhile keeps the old one.
    const writable = await handle.createWritable({ keepExistingData: at > 0 });
    try {
      if (at > 0) await writable.seek(at);
      await writable.write(content);
      await writable.close();
    } catch (error) {
      await writable.abort().catch(() => undefined);
      throw error;
    }
  };
  const volume: Volume = {
    volatile: false,
    async stat(path) {
      const handle = await find(path);
      if (handle === undefined) return undefined;
      if (handle.kind === "directory") return { kind: "folder", size: 0, modified: 0, changed: 0 };
      const { size, lastModified } = await handle.getFile();
      return { kind: "file", size, modified: lastModified, changed: lastModified };
    },
    async list(path) {
      const entries = [];
      for await (const [name, { kind }] of (await folder(path)).entries())
        entries.push({ name, kind: kind === "directory" ? "folder" : "file" } as const);
      return entries;
    },
    read: async (path) => (await file(path, false)).getFile(),
    makeFolder: async (path) => void (await folder(path, true)),
    write: async (path, content) => put(await file(path, true), content, 0),
    async append(path, content) {
      const handle = await file(path, true);
      await put(handle, content, (await handle.getFile()).size);
    },
    async remove(path) {
      const parent = await find(path.slice(0, -1));
      if (parent?.kind !== "directory") return;
      try {
        await parent.removeEntry(last(path), { recursive: true });
      } catch (error) {
        if ((error as Error).name !== "NotFoundError") throw error;
      }
    },
  };
  return coded(volume);
}

/** Returns the volume with system error codes on its exceptions. */
function coded(volume: Volume): Volume {
  const wrap =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      try {
        return await call(...args);
      } catch (error) {
        const { name, message } = error as Error;
        if (name === "TypeMismatchError") throw failure("ENOTDIR", message);
        const code = codes[name];
        throw code === undefined ? error : failure(code, message);
      }
    };
  return {
    volatile: volume.volatile,
    stat: wrap(volume.stat),
    list: wrap(volume.list),
    read: wrap(volume.read),
    makeFolder: wrap(volume.makeFolder),
    write: wrap(volume.write),
    append: wrap(volume.append),
    remove: wrap(volume.remove),
  };
}
