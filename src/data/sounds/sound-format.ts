import { soundError } from "./sound.js";

/** Formats that are read. */
export type SoundFormat = "WAV";

/** Names of sound files that are read. */
export const soundName = /\.(wav|wave)$/i;

/** Names of sound and video files that are not read. */
export const unreadSoundName = /\.(aac|m4a|mp4|wma|amr|aif|aiff|webm|mkv|mov|avi|au|caf|ac3)$/i;

/** Returns the format of a file by its first bytes. @throws DataError for other formats, with their names */
export function formatOf(bytes: Uint8Array): SoundFormat {
  if (bytes.length === 0) throw soundError("it is empty");
  const begin = String.fromCharCode(...bytes.subarray(0, 12));
  if (/^(RIFF|RF64|BW64)[\s\S]{4}WAVE/.test(begin)) return "WAV";
  throw soundError("it is no sound of a known format");
}
