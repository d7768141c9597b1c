// The microphone of the page: opened by the first button that needs it, and shared by the class cards and the page Try.
import { useEffect } from "preact/hooks";
import type { Microphone } from "../../../src/web/index.js";
import { loadWeb } from "../../store/web.js";

/** Samples per second of the base `audio-mini`. */
export const rate = 16_000;
/** Length of a clip, and of the window that is predicted, in seconds. */
export const clipSeconds = 1;
/** Peak below which a clip is silent: −80 dB, as in the warnings of a run. */
const silence = 1e-4;

let opened: Promise<Microphone> | undefined;
let users = 0;

/** Returns the open microphone; opens it if it is closed, or stopped by itself. @throws DataError if it may not be used */
export async function openMicrophone(): Promise<Microphone> {
  try {
    const microphone = await opened;
    microphone?.latest(clipSeconds);
  } catch {
    opened = undefined;
  }
  opened ??= loadWeb().then((web) => web.openMicrophone({ rate }));
  return opened;
}

/** True if the microphone was opened. */
export const isOpen = (): boolean => opened !== undefined;

/** Closes the microphone when no shown component uses it. */
export function useMicrophone(): void {
  useEffect(() => {
    users++;
    return () => {
      if (--users > 0) return;
      opened?.then((microphone) => microphone.close()).catch(() => undefined);
      opened = undefined;
    };
  }, []);
}

/** Returns the largest absolute sample. */
export function peakOf(samples: Float32Array): number {
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  return peak;
}

export const isSilent = (peak: number): boolean => peak < silence;
