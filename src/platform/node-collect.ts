// Runs the garbage collector on request. Only this file and its neighbours import `node:` modules.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

let run: (() => void) | undefined;

/**
 * Frees memory that this thread no longer uses, in some milliseconds. Tensors are outside of the small heap that the
 * collector watches, so it sees no need by itself. If the collector cannot be called, memory is freed later.
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
  // The flag exposes gc() only in contexts created after it.
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}
