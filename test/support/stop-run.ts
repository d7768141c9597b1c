// Runs that a test stops in its own process.
import { expect } from "vitest";
import type { EngraftEvent } from "../../src/index.js";

/** Options of a run that is stopped. */
interface StopOptions {
  readonly signal: AbortSignal;
  readonly onEvent: (event: EngraftEvent) => void;
}

/**
 * Begins a run, and stops it at an event.
 *
 * @param begin starts the run with these options
 * @param isMoment true for the event. Default: the end of the first epoch
 */
export async function stopRun(
  begin: (options: StopOptions) => Promise<unknown>,
  isMoment: (event: EngraftEvent) => boolean = ({ event }) => event === "epoch",
): Promise<void> {
  const stop = new AbortController();
  const onEvent = (event: EngraftEvent): void => {
    if (isMoment(event)) stop.abort();
  };
  await expect(begin({ signal: stop.signal, onEvent })).rejects.toMatchObject({ kind: "Interrupted" });
}
