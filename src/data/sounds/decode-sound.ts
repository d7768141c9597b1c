import { readWav } from "./read-wav.js";
import type { DecodedSound } from "./sound.js";
import { formatOf, type SoundFormat } from "./sound-format.js";

/** Decodes a sound file. @throws DataError with the reason */
export async function decodeSound(
  bytes: Uint8Array,
): Promise<DecodedSound & { readonly format: SoundFormat }> {
  const format = formatOf(bytes);
  return { format, ...readWav(bytes) };
}
