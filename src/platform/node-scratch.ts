import { randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { fileError } from "./file-errors.js";
import type { Scratch } from "./platform.js";

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
