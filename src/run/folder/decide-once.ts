import type { RunFolder } from "./run-folder.js";

const file = "decisions.json";

/**
 * Makes a decision by measurement (a rate, a number of steps) once and stores it, so that a resumed run continues as it
 * would have without the stop.
 */
export async function decideOnce<T>(run: RunFolder, name: string, make: () => Promise<T>): Promise<T> {
  const before = ((await run.readState(file)) ?? {}) as Readonly<Record<string, unknown>>;
  if (Object.hasOwn(before, name)) return before[name] as T;
  const value = await make();
  await run.writeState(file, JSON.stringify({ ...before, [name]: value }));
  return value;
}
