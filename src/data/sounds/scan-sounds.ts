import { EngraftError, stopIf } from "../../core/errors.js";
import type { OnProgress } from "../../core/events/progress-events.js";
import type { Platform } from "../../platform/platform.js";
import { fromPaddedBase64, toBase64 } from "../base64.js";
import { type ScanLines, ScanMemory, type Unusable } from "../scan-memory.js";
import { shardOf } from "../source.js";
import { inOrder } from "../split/in-order.js";
import { decodeSoundVersion } from "./files/decode-sound.js";
import { measureSound, scanRate } from "./measure-sound.js";
import { readMono, reasonOf, resampled } from "./read-sound.js";
import type { Downmix } from "./sound.js";
import { longestPrint, printVersion, soundPrint } from "./sound-print.js";
import type { SoundContent } from "./summarize-sounds.js";

/** Clips that are decoded at once: each may need hundreds of megabytes. */
const atOnce = 2;

/** Peak below which a clip is silent: −80 dB. */
const silence = 1e-4;
/** Share of the energy above 4 kHz below which there is none: −60 dB. */
const noUpperBand = 1e-6;
/** Share of a clip's length from which zeros at its end are reported. */
const manyZeros = 0.1;

/** What a look at one file found. */
export type ScannedSound = SoundContent | Unusable;

/** Options of {@link scanSounds}. */
export interface ScanSoundsOptions {
  readonly platform: Platform;
  /** Folder or list, for the cache. */
  readonly root: string;
  /** Caches the results in the cache folder. Default true. */
  readonly cache?: boolean | undefined;
  readonly downmix?: Downmix | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: OnProgress | undefined;
}

/** Reads sounds one by one, and keeps what a dataset needs to know of each. @returns one result for each, in order */
export async function scanSounds(
  sounds: readonly { readonly path: string }[],
  { platform, root, cache = true, downmix: how = "served", signal, onEvent }: ScanSoundsOptions,
): Promise<ScannedSound[]> {
  const version = `${decodeSoundVersion} ${printVersion} ${how}`;
  const memory = cache
    ? await ScanMemory.open(platform, root, {
        ...{ folder: "scan-sounds", version, lines: soundLines },
        shard: shardOf(platform),
        scanned: sounds,
      })
    : undefined;
  const results: ScannedSound[] = [];
  const started = Date.now();
  let lastReport = started;
  const report = () => {
    lastReport = Date.now();
    const [done, total] = [results.length, sounds.length];
    const each = (lastReport - started) / 1000 / Math.max(1, done);
    onEvent?.({
      event: "progress",
      phase: "scan",
      done,
      total,
      unit: "clips",
      ...(done > 0 && { seconds_left: each * (total - done) }),
    });
  };
  const scan = (sound: { readonly path: string }) => {
    stopIf(signal);
    return scanOne(platform, sound.path, { memory, how, signal, started });
  };
  let complete = false;
  try {
    for await (const result of inOrder(sounds, atOnce, scan)) {
      results.push(result);
      // At most ten reports a second.
      if (Date.now() - lastReport > 100) report();
    }
    complete = true;
  } finally {
    await memory?.save(complete);
  }
  report();
  return results;
}

async function scanOne(
  platform: Platform,
  path: string,
  {
    memory,
    how,
    signal,
    started,
  }: {
    readonly memory: ScanMemory<SoundContent> | undefined;
    readonly how: Downmix;
    readonly signal: AbortSignal | undefined;
    readonly started: number;
  },
): Promise<ScannedSound> {
  const state = await platform.files.stat(path);
  if (state === undefined) return { reason: "there is no such file", missing: true };
  const known = memory?.get(path, state);
  const result = known ?? (await measureFile(platform, path, how, signal));
  // A new file may change again within the same tick of the file system's clock.
  if (known === undefined && state.changed < started - 2000) memory?.put(path, state, result);
  return result;
}

/** Decodes and measures a file. @throws Interrupted */
async function measureFile(
  platform: Platform,
  path: string,
  how: Downmix,
  signal: AbortSignal | undefined,
): Promise<ScannedSound> {
  try {
    const mono = await readMono(platform, path, how, signal);
    const samples = resampled(mono, scanRate);
    const content = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    const { peak, upper, zeros } = measureSound(samples);
    const { rate, format, channels, clipped, wrongLength } = mono;
    const seconds = mono.samples.length / rate;
    const silent = peak < silence;
    return {
      seconds,
      rate,
      format,
      channels,
      clipped,
      wrongLength,
      silent,
      narrow: !silent && upper < noUpperBand,
      zeros: !silent && zeros >= manyZeros * seconds,
      sha256: await platform.sha256(content),
      print: soundPrint(samples, scanRate),
    };
  } catch (error) {
    if (error instanceof EngraftError && error.kind === "Interrupted") throw error;
    return { reason: reasonOf(error), missing: false };
  }
}

/** Facts that are true or false, in the order of their letters. */
const flags = { clipped: "c", silent: "s", narrow: "n", zeros: "z", wrongLength: "w" } as const;

/** How scan results are cached: hash, print in base64, seconds, rate, channels, format, letters of the facts that are true. */
const soundLines: ScanLines<SoundContent> = {
  write: (sound) => [
    ...[sound.sha256, sound.print === undefined ? "" : toBase64(new Uint8Array(sound.print.buffer))],
    ...[sound.seconds, sound.rate, sound.channels, sound.format],
    (Object.keys(flags) as (keyof typeof flags)[])
      .filter((fact) => sound[fact])
      .map((fact) => flags[fact])
      .join(""),
  ],
  read([sha256, print, seconds, rate, channels, format, facts]) {
    const good =
      typeof sha256 === "string" &&
      /^[0-9a-f]{64}$/.test(sha256) &&
      [seconds, rate, channels].every((n) => typeof n === "number" && n > 0) &&
      typeof format === "string" &&
      typeof facts === "string" &&
      typeof print === "string" &&
      print.length <= (4 * longestPrint) / 3;
    if (!good) return undefined;
    const bytes = print === "" ? undefined : fromPaddedBase64(print);
    if (print !== "" && bytes === undefined) return undefined;
    const is = (fact: keyof typeof flags): boolean => facts.includes(flags[fact]);
    return {
      sha256,
      print: bytes && new Int8Array(bytes.buffer, 0, bytes.length),
      format,
      seconds: seconds as number,
      rate: rate as number,
      channels: channels as number,
      clipped: is("clipped"),
      silent: is("silent"),
      narrow: is("narrow"),
      zeros: is("zeros"),
      wrongLength: is("wrongLength"),
    };
  },
};
