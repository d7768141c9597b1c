/** Signal that stops a command. */
export interface Stopper {
  readonly signal: AbortSignal;
  stop(): void;
  /** Removes the handlers. */
  release(): void;
}

/**
 * Handles Ctrl-C. Once: the command saves its state and stops. Twice: the process ends at once.
 * @param onFirst prints a note for the user
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
  // If a file exceeds the limit of the shell (ulimit -f), the write fails instead of the process.
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
