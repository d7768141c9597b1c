import type { RunFolder } from "./run-folder.js";

const file = "decisions.json";

/**
 * Makes a decision by measurement (a rate, a number of steps) once and stores it, so that a resumed run continues as it
 * would have without the stop.
 */
export async function decideOnce<T>(run: RunFolder, name: string, make: () => Promise<T>): Promise<T> {
  const before = await decisionsOf(run);
  if (Object.hasOwn(before, name)) return before[name] as T;
  const value = await make();
  await run.writeState(file, JSON.stringify({ ...before, [name]: value }));
  return value;
}

/** Returns a stored decision; undefined if it is not made yet. */
export async function decisionOf<T>(run: RunFolder, name: string): Promise<T | undefined> {
  const before = await decisionsOf(run);
  return Object.hasOwn(before, name) ? (before[name] as T) : undefined;
}

const decisionsOf = async (run: RunFolder): Promise<Readonly<Record<string, unknown>>> =>
  ((await run.readState(file)) ?? {}) as Readonly<Record<string, unknown>>;
