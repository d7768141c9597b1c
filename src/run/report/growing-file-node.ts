// Node's own files: a browser does not read a part of a growing file.
import { open, stat } from "node:fs/promises";
import { EngraftError, messageOf } from "../../core/errors.js";

/** Reads what was appended to a file since the last read; from its beginning if it was replaced. */
export function growthOf(path: string) {
  let at = 0;
  let file = 0;
  const piece = Buffer.alloc(2 ** 18);
  return {
    async read(take: (bytes: Uint8Array) => void): Promise<void> {
      const now = await stat(path).catch(() => undefined);
      if (!now?.isFile() || (now.size === at && now.ino === file)) return;
      if (now.size < at) at = 0;
      file = now.ino;
      const handle = await open(path, "r").catch((error: unknown) => {
        throw new EngraftError("FileError", `the run's record cannot be read: ${messageOf(error)}`, {
          at: path,
          cause: error,
        });
      });
      try {
        for (;;) {
          const { bytesRead } = await handle.read(piece, 0, piece.length, at);
          if (bytesRead === 0) return;
          at += bytesRead;
          take(piece.subarray(0, bytesRead));
        }
      } finally {
        await handle.close();
      }
    },
  };
}
