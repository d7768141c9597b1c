// Worker with the private storage of the browser. A browser closes the handles of files in one pause of the thread that made them:
// thousands of pictures would hold the page for over a second.
import type { FileCall, FileCalls, FileReply } from "./opfs-files.js";

/** Known folders by path: each step to one is a call to another process. */
const folders = new Map<string, FileSystemDirectoryHandle>();

/** Returns a folder in the folder `studio`. */
async function folderAt(path: readonly string[], create = false): Promise<FileSystemDirectoryHandle> {
  const key = path.join("/");
  const known = folders.get(key);
  if (known) return known;
  const isTop = path.length === 0;
  const above = isTop ? await navigator.storage.getDirectory() : await folderAt(path.slice(0, -1), create);
  const found = await above.getDirectoryHandle(path.at(-1) ?? "studio", { create });
  folders.set(key, found);
  return found;
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
    const key = path.join("/");
    for (const known of folders.keys()) if (`${known}/`.startsWith(`${key}/`)) folders.delete(known);
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
