import { mkdir, readFile, readlink, realpath, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { EngraftError } from "../core/errors.js";
import { innerLock } from "./disk/lock-names.js";
import { codeOf, fileError } from "./file-errors.js";
import { ensureDir } from "./node-folders.js";
import type { LockOptions } from "./platform.js";
import { removeAtExit } from "./process/node-exit.js";

/** The holder touches the lock every 5 s. A lock not touched for 15 s belongs to a dead process. */
const stale = 15_000;
const update = 5_000;
/** Pause between two checks of a taken lock, ms. */
const pause = 100;

/**
 * Runs work while no other process holds the same lock. A killed holder on this machine is noticed at once, else after
 * 15 s. A live holder on this machine is waited for up to `wait`.
 * @throws RunError if another process holds it longer than `wait`
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const { default: lockfile } = await import("proper-lockfile");
  await ensureDir(dirname(path));
  const until = Date.now() + (options.wait ?? 0);
  let reported = false;
  let lock = await besides(path);
  let release: (() => Promise<void>) | undefined;
  while (release === undefined) {
    try {
      release = await lockfile.lock(path, {
        lockfilePath: lock,
        realpath: false,
        // A lock of a dead process is removed below, by one process at a time.
        stale: Number.POSITIVE_INFINITY,
        update,
        // After the computer slept, work continues: files are written atomically anyway.
        onCompromised: () => undefined,
      });
    } catch (error) {
      if (codeOf(error) !== "ELOCKED") {
        // A mount: its own folder can be written, and its parent cannot.
        const inner = inside(path);
        if (lock === inner || !(await isFolder(path))) throw fileError("create", lock, error);
        lock = inner;
        continue;
      }
      if (await freeOfTheDead(lock)) continue;
      if (Date.now() >= until) throw await inUse(path, lock, options);
      if (!reported) options.onWait?.();
      reported = true;
      await new Promise((done) => setTimeout(done, pause));
    }
  }
  const signed = signature(lock);
  const forget = removeAtExit(signed);
  await sign(lock);
  try {
    return await work();
  } finally {
    forget();
    // A process that was stopped for longer than its lock lives has lost it to another.
    const holder = await readHolder(lock);
    const isLost = holder && !(holder.pid === process.pid && holder.machine === (await thisMachine()));
    if (!isLost) await rm(signed, { force: true }).catch(() => undefined);
    const free = isLost
      ? lockfile.unlock(path, { realpath: false, lockfilePath: `${lock}.lost` })
      : release();
    await free.catch(() => undefined);
  }
}

/**
 * Returns the state of a lock without removing it: "held" by a live process, "left" by a dead one; undefined if there
 * is none.
 */
export async function lockState(path: string): Promise<"held" | "left" | undefined> {
  for (const lock of [await besides(path), inside(path)]) {
    const there = await stat(lock).catch(() => undefined);
    if (!there) continue;
    const holder = await readHolder(lock);
    if (holder?.machine === (await thisMachine()) && !lives(holder.pid)) return "left";
    return Date.now() - there.mtimeMs > stale ? "left" : "held";
  }
  return undefined;
}

/** Returns the process that holds a lock; undefined if there is none, or it is on another machine. */
export async function lockHolder(path: string): Promise<number | undefined> {
  for (const lock of [await besides(path), inside(path)]) {
    const holder = await readHolder(lock);
    if (holder?.machine === (await thisMachine()) && lives(holder.pid)) return holder.pid;
  }
  return undefined;
}

async function inUse(path: string, lock: string, { what }: LockOptions): Promise<EngraftError> {
  const holder = await readHolder(lock);
  const who =
    holder === undefined
      ? "another process"
      : holder.machine === (await thisMachine())
        ? `another process (${holder.pid})`
        : `a process on another machine (${holder.host})`;
  return new EngraftError("RunError", `${what ?? JSON.stringify(path)} is in use by ${who}`, {
    at: lock,
    help: "wait until it has finished, or choose another folder; after a crash it is free within 15 s",
    code: "run-in-use",
    details: { path },
  });
}

/** Holder of a lock. It is written next to the lock, which is an empty folder. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Scope in which the pid is valid: this boot of this machine, and its container. */
  readonly machine: string;
  /** Identity of the lock folder that it belongs to. */
  readonly lock: string;
}

/** A link to a folder has the lock of the folder. */
const besides = async (path: string): Promise<string> => `${await realpath(path).catch(() => path)}.lock`;
const inside = (path: string): string => join(path, innerLock);
const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
const signature = (lock: string): string => `${lock}.pid`;

/** Writes who holds the lock. If the disk refuses, only the wait after a crash is longer. */
async function sign(lock: string): Promise<void> {
  try {
    const holder: Holder = {
      pid: process.pid,
      host: hostname(),
      machine: await thisMachine(),
      lock: await identity(lock),
    };
    await writeFile(signature(lock), JSON.stringify(holder));
  } catch {
    // Then a crash is noticed after 15 s.
  }
}

async function readHolder(lock: string): Promise<Holder | undefined> {
  try {
    const holder = JSON.parse(await readFile(signature(lock), "utf8")) as Partial<Holder> | null;
    const { pid, host, machine, lock: held } = holder ?? {};
    if (typeof pid !== "number" || !Number.isInteger(pid) || pid <= 0) return undefined;
    if (typeof host !== "string" || typeof machine !== "string" || typeof held !== "string") return undefined;
    return { pid, host, machine, lock: held };
  } catch {
    return undefined;
  }
}

/** True if the holder of a lock was killed on this machine, or has not touched it for 15 s. */
async function isOfTheDead(lock: string): Promise<boolean> {
  const [holder, there] = [await readHolder(lock), await stat(lock).catch(() => undefined)];
  if (!there) return false;
  if (Date.now() - there.mtimeMs > stale) return true;
  if (holder?.machine !== (await thisMachine()) || lives(holder.pid)) return false;
  return holder.lock === (await identity(lock).catch(() => undefined));
}

/**
 * Removes the lock of a dead process. One process at a time does this: another one may have taken the lock over meanwhile.
 * @returns true if it is worth retrying at once
 */
async function freeOfTheDead(lock: string): Promise<boolean> {
  if (!(await isOfTheDead(lock))) return false;
  const guard = `${lock}.free`;
  try {
    await mkdir(guard);
  } catch {
    // A process that was killed while it held the guard leaves it behind.
    const age = Date.now() - ((await stat(guard).catch(() => undefined))?.mtimeMs ?? Date.now());
    if (age > stale) await rmdir(guard).catch(() => undefined);
    return false;
  }
  try {
    if (!(await isOfTheDead(lock))) return false;
    await rm(signature(lock), { force: true });
    await rmdir(lock);
    return true;
  } catch {
    return false;
  } finally {
    await rmdir(guard).catch(() => undefined);
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== "ESRCH";
  }
}

/** Returns the identity of a folder. An inode alone may be reused; with its birth time it is unique. */
async function identity(folder: string): Promise<string> {
  const { ino, birthtimeNs } = await stat(folder, { bigint: true });
  return `${ino} ${birthtimeNs}`;
}

/** Names the scope of process numbers: host, and on Linux its boot and the container's namespace. */
async function thisMachine(): Promise<string> {
  if (process.platform !== "linux") return hostname();
  const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  const namespace = await readlink("/proc/self/ns/pid").catch(() => "");
  // Without them a pid might belong to another container, so no process counts as dead.
  return boot && namespace
    ? `${hostname()} ${boot.trim()} ${namespace}`
    : `${process.pid} of an unknown place`;
}
