import { randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { fileError } from "./file-errors.js";
import type { Scratch } from "./platform.js";

/**
 * A file without a name where the system allows it (it is gone even after a kill); elsewhere it is removed when it is
 * closed. Read and written in place: what lies in it is asked for in the middle of a computation.
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
          // What was never written reads as zeros.
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
