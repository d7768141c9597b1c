import { EngraftError, messageOf, stopIf } from "../../core/errors.js";
import type { Platform } from "../../platform/platform.js";
import { decodeSound } from "./decode-sound.js";
import { downmix } from "./downmix.js";
import { resample } from "./resample.js";
import { type ReadSoundOptions, type Sound, soundError, soundFileLimit } from "./sound.js";

/**
 * Reads a sound: decodes the file, turns its channels into one and resamples it. The samples are the same on every machine.
 *
 * @throws DataError with the reason if the file is no sound, or is damaged or too long; FileError if it cannot be read
 * @example const { samples } = await readSound(platform, "/data/bark.wav", { rate: 16_000 });
 */
export async function readSound(
  platform: Platform,
  path: string,
  { rate, downmix: how, signal }: ReadSoundOptions,
): Promise<Sound> {
  try {
    stopIf(signal);
    const decoded = await decodeSound(await platform.files.read(path, { limit: soundFileLimit }));
    if (decoded.channels[0]!.length === 0) throw soundError("it holds no samples");
    return { rate, samples: resample(downmix(decoded.channels, how), decoded.rate, rate) };
  } catch (error) {
    throw withPath(error, path);
  }
}

/** Returns the error with the path of the file. */
function withPath(error: unknown, path: string): unknown {
  if (!(error instanceof EngraftError) || error.kind !== "DataError") return error;
  const { reason } = error.details;
  if (typeof reason !== "string") return error;
  return new EngraftError("DataError", `cannot read ${JSON.stringify(path)}: ${reason}`, {
    ...(error.help !== undefined && { help: error.help }),
    details: { reason, path },
    cause: error,
  });
}

/** Returns the reason in an error of {@link readSound}, for lists of skipped files. */
export function reasonOf(error: unknown): string {
  if (error instanceof EngraftError) {
    const { reason } = error.details;
    return typeof reason === "string" ? reason : error.message;
  }
  return `it cannot be decoded (${messageOf(error).split("\n")[0]!.trim()})`;
}
