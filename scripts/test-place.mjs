// Where one run of the tests keeps its files: a temporary folder, and a lock on the checkout whose build it uses.
import { mkdirSync, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import lockfile from "proper-lockfile";

/** The tests cannot run here. The message is one sentence with the cure. */
export class TestPlaceError extends Error {}

/** Free bytes that a run needs in the folder for temporary files: twice the most that a run was seen to use. */
const neededBytes = 2e9;

const elsewhere = "set TMPDIR to another folder";
const cures = {
  ENOSPC: `no space is left; delete something, or ${elsewhere}`,
  EROFS: `it is read-only; ${elsewhere}`,
  EACCES: `this user may not write there; ${elsewhere}`,
  EPERM: `this user may not write there; ${elsewhere}`,
  ENOENT: `it does not exist; ${elsewhere}`,
  ENOTDIR: `it is no folder; ${elsewhere}`,
};

/**
 * Opens the place of one run of the tests.
 *
 * @param root folder of the checkout
 * @param needed free bytes that the disk must have
 * @returns `cache` and `temporary`, empty folders; `report`, a file to write; `close`, which removes all of it
 * @throws TestPlaceError if another run uses the checkout, or the temporary folder is too full or cannot be written
 */
export async function openTestPlace(root, needed = neededBytes) {
  const folder = makeFolder(tmpdir());
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    requireSpace(folder, needed);
    const unlock = await lockCheckout(root);
    const close = async () => {
      remove();
      await unlock();
    };
    const [cache, temporary] = ["cache", "tmp"].map((name) => join(folder, name));
    mkdirSync(temporary);
    return { cache, temporary, report: join(folder, "report.json"), close };
  } catch (error) {
    remove();
    throw error;
  }
}

function makeFolder(parent) {
  try {
    return mkdtempSync(join(parent, "engraft-tests-"));
  } catch (error) {
    throw new TestPlaceError(
      `npm test cannot write to the temporary folder ${parent}: ${cures[error.code] ?? error.message}.`,
    );
  }
}

/** True if the folder's disk has less than `bytes` left. */
export function isFull(folder, bytes = 5e7) {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize < bytes;
}

function requireSpace(folder, needed) {
  if (!isFull(folder, needed)) return;
  throw new TestPlaceError(
    `npm test needs ${needed / 1e9} GB in the temporary folder ${tmpdir()}, which has less: delete something, or ${elsewhere}.`,
  );
}

/** Returns a function that unlocks. A killed run's lock is stale after half a minute. */
async function lockCheckout(root) {
  try {
    return await lockfile.lock(root, {
      lockfilePath: join(root, "node_modules/.engraft-tests.lock"),
      stale: 30_000,
      onCompromised: () => undefined,
    });
  } catch (error) {
    throw new TestPlaceError(
      error.code === "ELOCKED"
        ? "Another run of npm test uses this checkout: wait until it ends, or run this one in a second clone."
        : `npm test cannot write to ${root}: ${error.message}.`,
    );
  }
}
