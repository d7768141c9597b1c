// Moments in what a process says, for tests that stop it there.
import type { ChildProcess } from "node:child_process";
import type { RunOptions } from "./fixtures.js";

/** What a process says when it shall be killed, by any of the words. */
export type Moment = Readonly<Record<string, unknown>>;
export const isAt = (event: Moment, moment: Moment) =>
  Object.entries(moment).every(([field, value]) => event[field] === value);

/** Do something the first time that it says so. */
export function once(moment: Moment, work: (child: ChildProcess) => void): RunOptions["onLine"] {
  let done = false;
  return (event, child) => {
    if (!done && isAt(event, moment)) work(child);
    done ||= isAt(event, moment);
  };
}
