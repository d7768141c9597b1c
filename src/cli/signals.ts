/** What stops a command: an AbortSignal for the work, and how to give it up. */
export interface Stopper {
  readonly signal: AbortSignal;
  stop(): void;
  /** Take the handlers away. */
  release(): void;
}

/**
 * Ctrl-C once: the work is asked to save its state and stop. Twice: the process ends at once.
 * @param onFirst tells the user what is happening
 */
export function stopOnSignals(onFirst: () => void): Stopper {
  const controller = new AbortController();
  const handle = () => {
    if (controller.signal.aborted) process.exit(130);
    onFirst();
    controller.abort();
  };
  const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const name of names) process.on(name, handle);
  // A file that would grow over the shell's limit (ulimit -f) is an error of that write, not the end of the process.
  const letBe = () => undefined;
  process.on("SIGXFSZ" as NodeJS.Signals, letBe);
  return {
    signal: controller.signal,
    stop: () => controller.abort(),
    release: () => {
      for (const name of names) process.off(name, handle);
      process.off("SIGXFSZ", letBe);
    },
  };
}
