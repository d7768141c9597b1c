// The collector, when asked. `node:` imports are what this file is for.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

let run: (() => void) | undefined;

/**
 * Frees what this thread no longer uses, in some milliseconds. Tensors lie outside of the small heap that the collector
 * watches, so by itself it sees no need. Where no collector can be had, nothing happens: memory is then freed later.
 */
export function collect(): void {
  try {
    run ??= collector();
    run();
  } catch {
    run = () => undefined;
  }
}

function collector(): () => void {
  const { Bun: bun } = globalThis as { readonly Bun?: { readonly gc?: (now: boolean) => void } };
  if (bun?.gc !== undefined) return () => bun.gc?.(true);
  // The flag alone exposes gc() only in contexts that are made after it.
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}
