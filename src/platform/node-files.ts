import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  createReadStream,
  fsync as fsyncWithCallback,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  type Stats,
  statSync,
  stat as statWithCallback,
  writeSync,
} from "node:fs";
import { appendFile, type FileHandle, open, readdir, realpath, rename, rm } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { promisify } from "node:util";
import { EngraftError } from "../core/errors.js";
import { codeOf, fileError } from "./file-errors.js";
import { ensureDir } from "./node-folders.js";
import { lockHolder, lockState, withLock } from "./node-lock.js";
import type { Files, FolderEntry, Scratch } from "./platform.js";
import { removeAtExit } from "./process/node-exit.js";

const twoGiB = 2 ** 31;

/**
 * Reads a whole file. A pipe or device is refused, because reading it would never end.
 * @param options.limit most bytes (default 2 GiB)
 * @throws FileError
 */
export async function readFileBytes(
  path: string,
  options: { readonly limit?: number } = {},
): Promise<Uint8Array> {
  const limit = options.limit ?? twoGiB;
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const state = await file.stat();
      if (state.isDirectory()) throw Object.assign(new Error("is a folder"), { code: "EISDIR" });
      if (!state.isFile())
        throw new EngraftError("FileError", `cannot read ${JSON.stringify(path)}: it is a pipe or a device`, {
          help: "name an ordinary file",
        });
      if (state.size > limit)
        throw new EngraftError(
          "FileError",
          `${JSON.stringify(path)} is too large: ${state.size} bytes, the limit is ${limit}`,
          { help: "use a smaller file", details: { size: state.size, limit } },
        );
      return await readWhole(file, state.size);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileError("read", path, error);
  }
}

/** A read call must be below 2 GiB. */
const mostAtOnce = 2 ** 30;

/**
 * Reads an open file to its end, which may be beyond its stated size (files of /proc state 0). Not
 * `FileHandle.readFile()`, which fails for files in the archives of Yarn Plug'n'Play.
 */
async function readWhole(file: FileHandle, size: number): Promise<Uint8Array> {
  let bytes = new Uint8Array(size);
  let n = 0;
  const read = async (into: Uint8Array, at: number): Promise<number> =>
    (await file.read(into, at, Math.min(into.length - at, mostAtOnce), n)).bytesRead;
  while (n < bytes.length) {
    const count = await read(bytes, n);
    if (count === 0) return bytes.slice(0, n);
    n += count;
  }
  const more = new Uint8Array(2 ** 16);
  for (let count = await read(more, 0); count > 0; count = await read(more, 0)) {
    const longer = new Uint8Array(n + count);
    longer.set(bytes);
    longer.set(more.subarray(0, count), n);
    bytes = longer;
    n += count;
  }
  return bytes;
}

/** Not `FileHandle.sync()`, which the handles of Yarn Plug'n'Play do not implement. */
const fsync = promisify(fsyncWithCallback);

/**
 * Writes a file so that the final name never shows half of it, even if the process is killed: temporary name in the
 * same folder, fsync, rename, fsync of the folder.
 * @throws FileError; the old content, if any, is unchanged
 */
export async function writeAtomic(
  path: string,
  content: Uint8Array | string | Iterable<string>,
): Promise<void> {
  await ensureDir(dirname(path));
  const temporary = join(
    dirname(path),
    `.${basename(path).slice(0, 100)}.${randomBytes(6).toString("hex")}.tmp`,
  );
  const forget = removeAtExit(temporary);
  try {
    const file = await open(temporary, "wx");
    try {
      const whole = typeof content === "string" || content instanceof Uint8Array;
      for (const piece of whole ? [content] : content) await file.writeFile(piece);
      await fsync(file.fd);
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncDir(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileError("write", path, error);
  } finally {
    forget();
  }
}

/** Makes a rename in this folder survive a power failure. Systems that cannot sync a folder are ignored. */
async function syncDir(path: string): Promise<void> {
  try {
    const folder = await open(path, "r");
    try {
      await fsync(folder.fd);
    } finally {
      await folder.close();
    }
  } catch {
    // Windows and some network disks refuse; the file itself is already synced.
  }
}

/** Returns the sha256 of a file, hex, read in pieces. */
export async function fileSha256(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  try {
    for await (const piece of createReadStream(path, { highWaterMark: 2 ** 20, signal }))
      hash.update(piece as Uint8Array);
  } catch (error) {
    if (signal?.aborted === true)
      throw new EngraftError("Interrupted", "stopped on request", { cause: error });
    throw fileError("read", path, error);
  }
  return hash.digest("hex");
}

export function sha256(content: Uint8Array | string | readonly string[]): string {
  const hash = createHash("sha256");
  if (typeof content === "string" || content instanceof Uint8Array) return hash.update(content).digest("hex");
  // Millions of lines would be longer than a string may be.
  const atOnce = 1000;
  for (let first = 0; first < content.length; first += atOnce)
    hash.update(`${first === 0 ? "" : "\n"}${content.slice(first, first + atOnce).join("\n")}`);
  return hash.digest("hex");
}

async function list(folder: string): Promise<FolderEntry[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.map((entry) => ({
      name: entry.name,
      kind: entry.isFile()
        ? "file"
        : entry.isDirectory()
          ? "folder"
          : entry.isSymbolicLink()
            ? "link"
            : "other",
    }));
  } catch (error) {
    throw fileError("list the folder", folder, error);
  }
}

const statLater = promisify(statWithCallback);
/** Milliseconds of a quick answer, and how many slower answers are accepted. */
const quick = 1;
let patience = 8;

/**
 * Calls stat synchronously while it is quick. It is called for every image; a cached answer takes microseconds, a tenth
 * of an asynchronous call. A network or a sleeping disk must not block everything else.
 */
async function stat(path: string): Promise<Stats> {
  if (patience === 0) return statLater(path);
  const begin = performance.now();
  try {
    return statSync(path);
  } finally {
    if (performance.now() - begin > quick) patience--;
  }
}

async function statFile(path: string): ReturnType<Files["stat"]> {
  try {
    const s = await stat(path);
    return {
      kind: s.isFile() ? "file" : s.isDirectory() ? "folder" : "other",
      size: s.size,
      modified: s.mtimeMs,
      changed: s.ctimeMs,
    };
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") return undefined;
    throw fileError("look at", path, error);
  }
}

export const nodeFiles: Files = {
  join,
  resolve,
  dirname,
  isAbsolute,
  relative: (from, to) => relative(from, to).split(sep).join("/"),
  stat: statFile,
  realPath: (path) =>
    realpath(path).catch((error: unknown) => {
      throw fileError("look at", path, error);
    }),
  list,
  read: readFileBytes,
  ensureDir,
  rename: (from, to) =>
    rename(from, to).catch((error: unknown) => {
      throw fileError("write", to, error);
    }),
  append: (path, content) =>
    appendFile(path, content).catch((error: unknown) => {
      throw fileError("write", path, error);
    }),
  writeAtomic,
  sha256: fileSha256,
  remove: (path) =>
    rm(path, { recursive: true, force: true }).catch((error: unknown) => {
      throw fileError("remove", path, error);
    }),
  withLock,
  lockState,
  lockHolder,
  scratch: openScratch,
};

/**
 * Opens a scratch file, nameless where the system allows it, so that it disappears even after a kill; elsewhere it is
 * removed when closed. Read and written synchronously, because its rows are read in the middle of a computation.
 */
export function openScratch(folder: string): Scratch | undefined {
  const path = join(folder, `.scratch-${randomBytes(6).toString("hex")}.tmp`);
  let file: number;
  try {
    mkdirSync(folder, { recursive: true });
    file = openSync(path, "wx+");
  } catch {
    return undefined;
  }
  const remove = (): boolean => {
    try {
      rmSync(path, { force: true });
      return true;
    } catch {
      return false;
    }
  };
  const removed = remove();
  return {
    write(at, bytes) {
      try {
        for (let done = 0; done < bytes.length; )
          done += writeSync(file, bytes, done, bytes.length - done, at + done);
      } catch (error) {
        throw fileError("write", path, error);
      }
    },
    read(at, into) {
      try {
        for (let done = 0; done < into.length; ) {
          const got = readSync(file, into, done, into.length - done, at + done);
          // Unwritten parts read as zeros.
          if (got === 0) {
            into.fill(0, done);
            return;
          }
          done += got;
        }
      } catch (error) {
        throw fileError("read", path, error);
      }
    },
    close() {
      closeSync(file);
      if (!removed) remove();
    },
  };
}
