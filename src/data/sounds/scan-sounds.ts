import { EngraftError, stopIf } from "../../core/errors.js";
import type { OnEvent } from "../../core/events/events.js";
import type { Platform } from "../../platform/platform.js";
import { inOrder } from "../split/in-order.js";
import { measureSound, scanRate } from "./measure-sound.js";
import { readMono, reasonOf } from "./read-sound.js";
import { resample } from "./resample.js";
import type { Downmix } from "./sound.js";
import type { SoundFacts } from "./summarize-sounds.js";

/** Clips that are decoded at once: each may need hundreds of megabytes. */
const atOnce = 2;

/** Peak below which a clip is silent: −80 dB. */
const silence = 1e-4;
/** Share of the energy above 4 kHz below which there is none: −60 dB. */
const noUpperBand = 1e-6;
/** Share of a clip's length from which zeros at its end are reported. */
const manyZeros = 0.1;

/** Facts of a sound, and what identifies its content. */
export interface SoundContent extends SoundFacts {
  /** sha256 of the samples, mono at 16 kHz, little-endian float32. */
  readonly sha256: string;
  readonly print: Float32Array | undefined;
}

/** What a look at one file found. */
export type ScannedSound = SoundContent | { readonly reason: string; readonly missing: boolean };

/** Options of {@link scanSounds}. */
export interface ScanSoundsOptions {
  readonly platform: Platform;
  readonly downmix?: Downmix | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: OnEvent | undefined;
}

/** Reads sounds one by one, and keeps what a dataset needs to know of each. @returns one result for each, in order */
export async function scanSounds(
  sounds: readonly { readonly path: string }[],
  { platform, downmix: how, signal, onEvent }: ScanSoundsOptions,
): Promise<ScannedSound[]> {
  const results: ScannedSound[] = [];
  const started = Date.now();
  let lastReport = started;
  const report = () => {
    lastReport = Date.now();
    const [done, total] = [results.length, sounds.length];
    const each = (lastReport - started) / 1000 / Math.max(1, done);
    onEvent?.({
      ...{ event: "progress", phase: "scan", done, total, unit: "samples" },
      ...(done > 0 && { seconds_left: each * (total - done) }),
    });
  };
  const scan = (sound: { readonly path: string }) => {
    stopIf(signal);
    return scanOne(platform, sound.path, how, signal);
  };
  for await (const result of inOrder(sounds, atOnce, scan)) {
    results.push(result);
    // At most ten reports a second.
    if (Date.now() - lastReport > 100) report();
  }
  report();
  return results;
}

async function scanOne(
  platform: Platform,
  path: string,
  how: Downmix | undefined,
  signal: AbortSignal | undefined,
): Promise<ScannedSound> {
  try {
    if ((await platform.files.stat(path)) === undefined)
      return { reason: "there is no such file", missing: true };
    const mono = await readMono(platform, path, how, signal);
    const samples = resample(mono.samples, mono.rate, scanRate);
    const content = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    const { peak, upper, zeros, print } = measureSound(samples);
    const { rate, format, channels, clipped, wrongLength } = mono;
    const seconds = mono.samples.length / rate;
    const silent = peak < silence;
    return {
      ...{ seconds, rate, format, channels, clipped, wrongLength, silent },
      ...{ narrow: !silent && upper < noUpperBand, zeros: !silent && zeros >= manyZeros * seconds },
      ...{ sha256: await platform.sha256(content), print: silent ? undefined : print },
    };
  } catch (error) {
    if (error instanceof EngraftError && error.kind === "Interrupted") throw error;
    return { reason: reasonOf(error), missing: false };
  }
}
