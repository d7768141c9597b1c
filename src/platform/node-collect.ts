// The collector, when asked. `node:` imports are what this file is for.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

let run: (() => void) | undefined;

/**
 * Free what this thread no longer uses: some milliseconds. Tensors lie outside of the small heap that the collector
 * watches, so by itself it sees no need.
 */
export function collect(): void {
  // The flag alone exposes gc() only in contexts that are made after it.
  setFlagsFromString("--expose-gc");
  run ??= runInNewContext("gc") as () => void;
  run();
}
