import { rmSync } from "node:fs";

/** Files that are removed when the process exits. */
const leftovers = new Set<string>();
let listens = false;

/**
 * Removes a file if the process exits before the returned function is called: at the second Ctrl-C, say. A process that is killed
 * leaves it.
 */
export function removeAtExit(path: string): () => void {
  // First of all: other listeners may wait for native code, and a second Ctrl-C does not wait for long.
  if (!listens) process.prependListener("exit", removeAll);
  listens = true;
  leftovers.add(path);
  return () => leftovers.delete(path);
}

function removeAll(): void {
  for (const path of leftovers)
    try {
      rmSync(path, { force: true });
    } catch {
      // It stays, as after a kill.
    }
}
