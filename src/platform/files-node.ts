import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { appendFile, mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { EngraftError, messageOf } from "../core/errors.js";
import type { Files } from "./files.js";

/** What the codes of the operating system mean, and what to do. */
const reasons: Readonly<Record<string, readonly [string, string | undefined]>> = {
  ENOENT: ["no such file or folder", "check the path"],
  EACCES: ["permission denied", "check who may read and write there"],
  EPERM: ["not permitted", "check who may read and write there"],
  EISDIR: ["it is a folder, not a file", undefined],
  ENOTDIR: ["a part of the path is a file, not a folder", undefined],
  ENOSPC: ["the disk is full", "free some space, or choose a folder on another disk"],
  EDQUOT: ["the disk quota is used up", "free some space, or choose a folder on another disk"],
  EROFS: ["the disk is read-only", "choose a folder that can be written"],
  ENAMETOOLONG: ["the name is too long", undefined],
  ELOOP: ["a loop of symbolic links", undefined],
  ENOTEMPTY: ["the folder exists and is not empty", undefined],
};

/** A FileError that says what was done, where, and why it failed. */
function failed(doing: string, path: string, error: unknown): EngraftError {
  if (error instanceof EngraftError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? "";
  const [reason, help] = reasons[code] ?? [messageOf(error), undefined];
  return new EngraftError("FileError", `cannot ${doing} ${path}: ${reason}`, {
    ...(help === undefined ? {} : { help }),
    details: { path, code },
    cause: error,
  });
}

async function attempt<T>(doing: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw failed(doing, path, error);
  }
}

/** A name beside the path that no other process and no other call uses. */
function temporaryName(path: string): string {
  return `${path}.${randomUUID().slice(0, 8)}.tmp`;
}

async function read(path: string, limit?: number): Promise<Uint8Array> {
  return attempt("read", path, async () => {
    if (limit !== undefined) {
      const { size } = await stat(path);
      if (size > limit)
        throw new EngraftError(
          "FileError",
          `cannot read ${path}: ${size} bytes, more than the ${limit} allowed here`,
        );
    }
    const bytes = await readFile(path);
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  });
}

/** The file system of Node. */
export const nodeFiles: Files = {
  join: (...parts) => join(...parts),
  dirname,
  basename: (path) => basename(path),
  resolve: (path) => resolve(path),

  async info(path) {
    try {
      const s = await stat(path);
      return { kind: s.isDirectory() ? "folder" : "file", size: s.size, modified: s.mtimeMs };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT" || code === "ENOTDIR") return undefined;
      throw failed("look at", path, error);
    }
  },
  read,
  readText: async (path, limit) => new TextDecoder().decode(await read(path, limit)),
  list: (folder) => attempt("list", folder, async () => (await readdir(folder)).sort()),

  async write(path, data) {
    const temporary = temporaryName(path);
    await attempt("write", path, async () => {
      await mkdir(dirname(path), { recursive: true });
      const handle = await open(temporary, "w");
      try {
        await handle.writeFile(data);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, path);
    }).catch(async (error: unknown) => {
      await rm(temporary, { force: true }).catch(() => {});
      throw error;
    });
  },
  append: (path, data) => attempt("write", path, () => appendFile(path, data)),
  makeFolder: (path) =>
    attempt("make the folder", path, async () => void (await mkdir(path, { recursive: true }))),
  rename: (from, to) => attempt("write", to, () => rename(from, to)),
  remove: (path) => attempt("remove", path, () => rm(path, { recursive: true, force: true })),

  sha256: (path) =>
    attempt("read", path, async () => {
      const hash = createHash("sha256");
      for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
      return hash.digest("hex");
    }),
  sha256Of: (bytes) => createHash("sha256").update(bytes).digest("hex"),

  async lock(path) {
    const { lock } = (await import("proper-lockfile")).default;
    await nodeFiles.makeFolder(path);
    return attempt("lock", path, () =>
      // A holder that died is recognised after 15 s without a sign of life.
      lock(path, { stale: 15_000, retries: { retries: 600, factor: 1.2, minTimeout: 50, maxTimeout: 1000 } }),
    );
  },

  env(name) {
    const value = process.env[name];
    return value === undefined || value === "" ? undefined : value;
  },
  async cacheFolder() {
    const chosen = nodeFiles.env("ENGRAFT_CACHE");
    if (chosen !== undefined) return resolve(chosen);
    const { default: paths } = await import("env-paths");
    return paths("engraft", { suffix: "" }).cache;
  },
  // This file is src/platform/… or dist/platform/…: assets/ stands two levels up in both.
  assetsFolder: () => fileURLToPath(new URL("../../assets", import.meta.url)),
};
