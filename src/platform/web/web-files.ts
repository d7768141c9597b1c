import { EngraftError, stopIf } from "../../core/errors.js";
import { fileError } from "../file-errors.js";
import type { Files, FolderEntry, LockOptions } from "../platform.js";
import { type WebScope, webScope } from "./web-scope.js";
import { failure, type Volume } from "./web-volume.js";

const twoGiB = 2 ** 31;

/** Returns the names of an absolute path, with "." and ".." resolved. */
function namesOf(path: string): string[] {
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return names;
}

const pathOf = (names: readonly string[]): string => `/${names.join("/")}`;
const join = (...parts: string[]): string => {
  const path = parts.filter((part) => part !== "").join("/");
  return path.startsWith("/") ? pathOf(namesOf(path)) : namesOf(path).join("/");
};
/** Relative paths begin at the root: a tab has no working directory. */
const resolve = (...parts: string[]): string =>
  pathOf(namesOf(parts.reduce((before, part) => (part.startsWith("/") ? part : `${before}/${part}`), "")));

function relative(from: string, to: string): string {
  const [a, b] = [namesOf(from), namesOf(to)];
  let same = 0;
  while (same < a.length && a[same] === b[same]) same++;
  return [...a.slice(same).map(() => ".."), ...b.slice(same)].join("/");
}

function bytesOf(content: Uint8Array | string | Iterable<string>): Uint8Array {
  if (content instanceof Uint8Array) return content;
  return new TextEncoder().encode(typeof content === "string" ? content : [...content].join(""));
}

/** Returns the sha256 in hex. @throws FileError on a page that is not served securely, which has no cryptography */
export async function webSha256(
  content: Uint8Array | string | readonly string[],
  scope: WebScope = webScope(),
): Promise<string> {
  const subtle = scope.crypto?.subtle;
  if (!subtle)
    throw new EngraftError("FileError", "this page is not served securely, so it cannot compute a sha256", {
      help: "serve it with https, or from localhost",
    });
  const textOf = (lines: string | readonly string[]) =>
    typeof lines === "string" ? lines : lines.join("\n");
  const bytes = content instanceof Uint8Array ? content : new TextEncoder().encode(textOf(content));
  const digest = new Uint8Array(await subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Files of a tab: each top folder is a volume with its own storage.
 * @param volumes by the name of the top folder
 */
export function webFiles(volumes: Readonly<Record<string, Volume>>, scope: WebScope = webScope()): Files {
  const place = (path: string): { volume: Volume; inner: string[] } => {
    const [top = "", ...inner] = namesOf(path);
    const volume = Object.hasOwn(volumes, top) ? volumes[top] : undefined;
    if (!volume) throw failure("ENOENT", `there is no /${top}`);
    return { volume, inner };
  };
  const doing =
    <R>(action: string, work: (volume: Volume, inner: string[], path: string) => Promise<R>) =>
    async (path: string): Promise<R> => {
      try {
        const { volume, inner } = place(path);
        return await work(volume, inner, path);
      } catch (error) {
        throw fileError(action, path, error);
      }
    };
  const read = (path: string, { limit = twoGiB }: { readonly limit?: number } = {}): Promise<Uint8Array> =>
    doing("read", async (volume, inner) => {
      const blob = await volume.read(inner);
      if (blob.size > limit)
        throw new EngraftError(
          "FileError",
          `${JSON.stringify(path)} is too large: ${blob.size} bytes, the limit is ${limit}`,
          { help: "use a smaller file", details: { size: blob.size, limit } },
        );
      return new Uint8Array(await blob.arrayBuffer());
    })(path);
  const write: Files["writeAtomic"] = (path, content) =>
    doing("write", (volume, inner) => volume.write(inner, bytesOf(content)))(path);
  const list = doing("list the folder", (volume, inner) => volume.list(inner));
  const remove = doing("remove", (volume, inner) => volume.remove(inner));
  const ensureDir = doing("create the folder", (volume, inner) => volume.makeFolder(inner));
  const stat: Files["stat"] = async (path) => {
    const [top = ""] = namesOf(path);
    return Object.hasOwn(volumes, top) ? doing("look at", (v, inner) => v.stat(inner))(path) : undefined;
  };
  /** Some volumes cannot move folders: their files are copied, and the old ones removed when all are copied. */
  const copy = async (from: string, to: string): Promise<void> => {
    if ((await stat(from))?.kind !== "folder") return write(to, await read(from));
    await ensureDir(to);
    for (const { name } of (await list(from)) as FolderEntry[]) await copy(join(from, name), join(to, name));
  };
  return {
    join,
    resolve,
    relative,
    dirname: (path) => join(path, ".."),
    isAbsolute: (path) => path.startsWith("/"),
    stat,
    realPath: async (path) => pathOf(namesOf(path)),
    list,
    read,
    ensureDir,
    async rename(from, to) {
      await copy(from, to);
      await remove(from);
    },
    append: (path, content) => doing("write", (volume, inner) => volume.append(inner, content))(path),
    writeAtomic: write,
    async sha256(path, signal) {
      stopIf(signal);
      return webSha256(await read(path), scope);
    },
    remove,
    withLock: (path, work, options) => withWebLock(path, work, options, scope),
    isVolatile: (path) => place(path).volume.volatile,
  };
}

/**
 * Runs work while no other tab or worker of this site holds the same lock. The browser releases it when a tab is
 * closed. On a page without locks (not served securely) nobody is kept out.
 * @throws RunError if another tab holds it longer than `wait`
 */
export async function withWebLock<T>(
  path: string,
  work: () => Promise<T>,
  { wait = 0, what, onWait }: LockOptions = {},
  scope: WebScope = webScope(),
): Promise<T> {
  const locks = scope.navigator?.locks;
  if (!locks) return work();
  const name = `engraft ${path}`;
  const taken = Symbol("taken");
  const first = await locks.request<T | typeof taken>(name, { ifAvailable: true }, async (lock) =>
    lock === null ? taken : work(),
  );
  if (first !== taken) return first as T;
  const inUse = new EngraftError("RunError", `${what ?? JSON.stringify(path)} is in use by another tab`, {
    at: path,
    help: "wait until it has finished, or close that tab",
    code: "run-in-use",
    details: { path },
  });
  if (wait === 0) throw inUse;
  onWait?.();
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), wait);
  let begun = false;
  try {
    return await locks.request(name, { signal: patience.signal }, () => {
      begun = true;
      clearTimeout(timer);
      return work();
    });
  } catch (error) {
    throw begun ? error : inUse;
  } finally {
    clearTimeout(timer);
  }
}
