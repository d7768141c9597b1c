// Worker with the private storage of the browser. A browser closes the handles of files in one pause of the thread that made them:
// thousands of pictures would hold the page for over a second.
import type { FileCall, FileCalls, FileReply } from "./opfs-files.js";

/** Returns a folder in the folder `studio`. */
async function folderAt(path: readonly string[], create = false): Promise<FileSystemDirectoryHandle> {
  let folder = await navigator.storage.getDirectory();
  for (const name of ["studio", ...path]) folder = await folder.getDirectoryHandle(name, { create });
  return folder;
}

async function fileAt(path: readonly string[], create = false): Promise<FileSystemFileHandle> {
  return (await folderAt(path.slice(0, -1), create)).getFileHandle(path.at(-1)!, { create });
}

const calls: FileCalls = {
  async list(path) {
    const entries = [];
    for await (const { kind, name } of (await folderAt(path, true)).values()) entries.push({ kind, name });
    return entries;
  },
  async read(path) {
    return await (await fileAt(path)).getFile();
  },
  async size(path) {
    return (await calls.read(path)).size;
  },
  async write(path, data, at) {
    const handle = await fileAt(path, true);
    const writable = await handle.createWritable({ keepExistingData: at > 0 });
    try {
      await writable.write({ type: "write", position: at, data });
      await writable.close();
    } catch (error) {
      await writable.abort().catch(() => {});
      throw error;
    }
  },
  async remove(path) {
    await (await folderAt(path.slice(0, -1))).removeEntry(path.at(-1)!, { recursive: true });
  },
};

addEventListener("message", async ({ data: { id, name, args } }: MessageEvent<FileCall>) => {
  const call = calls[name] as (...args: unknown[]) => Promise<unknown>;
  const reply: FileReply = await call(...args).then(
    (value) => ({ id, value }),
    (error) => ({ id, error }),
  );
  postMessage(reply);
});
