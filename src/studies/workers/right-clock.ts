import { EngraftError } from "../../core/errors.js";
import type { Platform } from "../../platform/platform.js";
import { leftAfter } from "../../run/folder/half-files.js";

/** Largest difference between this machine's clock and that of the folder's disk (ms). */
const most = 5000;

/** Name of a file that a check writes to the study's folder. */
const checkName = (): string => `.check-${Math.random().toString(16).slice(2)}`;

/** Removes the files that killed workers left in a study's folder. */
export async function removeChecks({ files }: Platform, folder: string): Promise<void> {
  for (const { name } of await files.list(folder)) {
    const file = files.join(folder, name);
    if (!/^\.{1,2}check-/.test(name)) continue;
    if (Date.now() - ((await files.stat(file))?.modified ?? Date.now()) > leftAfter) await files.remove(file);
  }
}

/**
 * Checks that the disk knows locks: a taken one is refused.
 * @throws MachineError
 */
export async function requireLocks({ files }: Platform, folder: string): Promise<void> {
  const lock = files.join(folder, checkName());
  let both = false;
  await files.withLock(lock, () =>
    files
      .withLock(lock, async () => {
        both = true;
      })
      .catch(() => undefined),
  );
  if (!both) return;
  throw new EngraftError("MachineError", `the disk of "${folder}" has no locks`, {
    help: "start one worker for each training, with --index, or put the study on another disk",
  });
}

/**
 * Compares this machine's clock with that of the disk, by a file that it writes. Locks are judged by file times: a wrong clock would take
 * a training from a worker that is still at it.
 * @throws MachineError if they differ by more than 5 s, or the folder cannot be written
 */
export async function requireRightClock({ files, host }: Platform, folder: string): Promise<void> {
  const file = files.join(folder, checkName());
  try {
    await files.writeAtomic(file, "");
    const difference = Date.now() - (await files.stat(file))!.modified;
    if (Math.abs(difference) <= most) return;
    const seconds = Math.round(Math.abs(difference) / 1000);
    throw new EngraftError(
      "MachineError",
      `the clock of ${host()} is ${seconds} s ${difference > 0 ? "ahead of" : "behind"} that of the disk`,
      {
        at: folder,
        help: "set the clock (NTP), then start the worker again: locks are judged by file times",
      },
    );
  } catch (error) {
    if (error instanceof EngraftError && error.kind === "FileError")
      throw new EngraftError("MachineError", `the study's folder cannot be written here: ${error.message}`, {
        at: folder,
        help: "mount it writable, or use a copy",
      });
    throw error;
  } finally {
    await files.remove(file).catch(() => undefined);
  }
}
