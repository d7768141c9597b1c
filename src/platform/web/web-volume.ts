import type { FileState, FolderEntry } from "../platform.js";

/** A tree of files that replaces a disk; paths are lists of names. */
export interface Volume {
  /** True if written files disappear when the tab closes. */
  readonly volatile: boolean;
  stat(path: readonly string[]): Promise<FileState | undefined>;
  list(path: readonly string[]): Promise<FolderEntry[]>;
  read(path: readonly string[]): Promise<Blob>;
  makeFolder(path: readonly string[]): Promise<void>;
  /** Replaces the whole file atomically; creates its parents. */
  write(path: readonly string[], content: Uint8Array): Promise<void>;
  append(path: readonly string[], content: Uint8Array): Promise<void>;
  /** Removes it with everything inside; nothing there is fine. */
  remove(path: readonly string[]): Promise<void>;
}

/** Creates an error with a system code, which `fileError` explains. */
export function failure(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

type Entry = Map<string, Entry> | (Blob & { readonly lastModified?: number });

/**
 * Files in memory, or files given by the page (they stay on its disk and are read one at a time).
 * @param given by path, with "/" between the names
 */
export function memoryVolume(given: Readonly<Record<string, Blob>> = {}): Volume {
  const root = new Map<string, Entry>();
  const now = Date.now();
  const find = (path: readonly string[]): Entry | undefined => {
    let entry: Entry | undefined = root;
    for (const name of path) entry = entry instanceof Map ? entry.get(name) : undefined;
    return entry;
  };
  const folder = (path: readonly string[]): Map<string, Entry> => {
    let entry = root;
    for (const name of path) {
      const next = entry.get(name) ?? new Map<string, Entry>();
      if (!(next instanceof Map)) throw failure("ENOTDIR", `${name} is a file`);
      entry.set(name, next);
      entry = next;
    }
    return entry;
  };
  const put = (path: readonly string[], content: Blob): void => {
    const parent = folder(path.slice(0, -1));
    const name = path.at(-1) ?? "";
    if (parent.get(name) instanceof Map) throw failure("EISDIR", `${name} is a folder`);
    parent.set(name, content);
  };
  const blob = (path: readonly string[]): Blob => {
    const entry = find(path);
    if (entry === undefined) throw failure("ENOENT", "no such file");
    if (entry instanceof Map) throw failure("EISDIR", "a folder");
    return entry;
  };
  for (const [path, content] of Object.entries(given)) put(path.split("/"), content);
  return {
    volatile: true,
    async stat(path) {
      const entry = find(path);
      if (entry === undefined) return undefined;
      if (entry instanceof Map) return { kind: "folder", size: 0, modified: now, changed: now };
      // The change time of a given file is unreliable: it always counts as just changed.
      return { kind: "file", size: entry.size, modified: entry.lastModified ?? now, changed: Infinity };
    },
    async list(path) {
      const entry = find(path);
      if (!(entry instanceof Map)) throw failure(entry ? "ENOTDIR" : "ENOENT", "no such folder");
      return [...entry].map(([name, e]) => ({ name, kind: e instanceof Map ? "folder" : "file" }) as const);
    },
    read: async (path) => blob(path),
    makeFolder: async (path) => void folder(path),
    write: async (path, content) => put(path, new Blob([new Uint8Array(content)])),
    async append(path, content) {
      put(path, new Blob([...(find(path) ? [blob(path)] : []), new Uint8Array(content)]));
    },
    async remove(path) {
      const parent = find(path.slice(0, -1));
      if (parent instanceof Map) parent.delete(path.at(-1) ?? "");
    },
  };
}

/**
 * A volume whose folders are fetched when something in them is first looked for, each once. What is fetched is not changed.
 * @param fetchFolder returns the volume that holds the folder, under the same name
 */
export function lazyVolume(fetchFolder: (name: string) => Promise<Volume>): Volume {
  const fetched = new Map<string, Promise<Volume>>();
  const at = ([name = ""]: readonly string[]): Promise<Volume> => {
    const volume = fetched.get(name) ?? fetchFolder(name);
    fetched.set(name, volume);
    // After a failure, the next look tries again.
    volume.catch(() => fetched.delete(name));
    return volume;
  };
  const readOnly = (): never => {
    throw failure("EROFS", "it was fetched");
  };
  return {
    volatile: true,
    stat: async (path) => (await at(path)).stat(path),
    list: async (path) => (await at(path)).list(path),
    read: async (path) => (await at(path)).read(path),
    makeFolder: async () => readOnly(),
    write: async () => readOnly(),
    append: async () => readOnly(),
    remove: async () => readOnly(),
  };
}
