import type { RunFolder } from "./run-folder.js";

const file = "decisions.json";

/**
 * What a run decides by measuring (a rate, a number of steps): measured once and kept, so that a run that goes on after
 * a stop does what it would have done without.
 */
export async function decideOnce<T>(run: RunFolder, name: string, make: () => Promise<T>): Promise<T> {
  const before = ((await run.readState(file)) ?? {}) as Readonly<Record<string, unknown>>;
  if (Object.hasOwn(before, name)) return before[name] as T;
  const value = await make();
  await run.writeState(file, JSON.stringify({ ...before, [name]: value }));
  return value;
}
