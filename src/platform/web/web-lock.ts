import { EngraftError } from "../../core/errors.js";
import type { LockOptions } from "../platform.js";
import { type WebScope, webScope } from "./web-scope.js";

/**
 * Runs work while no other tab or worker of this site holds the same lock. The browser releases it when a tab is
 * closed. On a page without locks (not served securely) nobody is kept out.
 * @throws RunError if another tab holds it longer than `wait`
 */
export async function withWebLock<T>(
  path: string,
  work: () => Promise<T>,
  { wait = 0, what, onWait }: LockOptions = {},
  scope: WebScope = webScope(),
): Promise<T> {
  const locks = scope.navigator?.locks;
  if (!locks) return work();
  const name = `engraft ${path}`;
  const taken = Symbol("taken");
  const first = await locks.request<T | typeof taken>(name, { ifAvailable: true }, async (lock) =>
    lock === null ? taken : work(),
  );
  if (first !== taken) return first as T;
  const inUse = new EngraftError("RunError", `${what ?? JSON.stringify(path)} is in use by another tab`, {
    at: path,
    help: "wait until it has finished, or close that tab",
  });
  if (wait === 0) throw inUse;
  onWait?.();
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), wait);
  let begun = false;
  try {
    return await locks.request(name, { signal: patience.signal }, () => {
      begun = true;
      clearTimeout(timer);
      return work();
    });
  } catch (error) {
    throw begun ? error : inUse;
  } finally {
    clearTimeout(timer);
  }
}
