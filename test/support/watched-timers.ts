import { onTestFinished, vi } from "vitest";

/**
 * Calls a function instead of starting a timer of exactly this length, until the test ends. Other timers run as usual.
 * @param work gets what the timer would have called
 */
export function insteadOfTimer(milliseconds: number, work: (end: () => void) => void): void {
  const start = globalThis.setTimeout;
  const replaced = vi.spyOn(globalThis, "setTimeout").mockImplementation(((
    end: (...given: unknown[]) => void,
    ms?: number,
    ...given: unknown[]
  ) => {
    if (ms !== milliseconds) return start(() => end(...given), ms);
    return start(() => work(end), 0);
  }) as typeof setTimeout);
  onTestFinished(() => void replaced.mockRestore());
}
