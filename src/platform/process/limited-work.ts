/** Work whose process ends if its main thread does not answer meanwhile. */
export interface LimitedWork {
  /** Line that is printed at the end. */
  readonly line: string;
  /** Longest silence, ms. */
  readonly silence: number;
}

/** Longest silence of work (ms). A single long step is no fault, so it is generous. */
export const longestSilence = 1_200_000;

/** Signal that ends a process after silence. Windows has no such signal. */
export const silenceSignal = process.platform === "win32" ? "SIGKILL" : "SIGALRM";
