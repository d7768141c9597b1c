import type { FileKind } from "../../images/class-folders.js";
import { soundError } from "../sound.js";
import { findFrame } from "./mp3-header.js";

/** Formats that are read. */
export type SoundFormat = "WAV" | "FLAC" | "MP3" | "Ogg Vorbis" | "Opus";

/** Names of sound files that are read. */
export const soundName = /\.(wav|wave|flac|mp3|ogg|oga|opus)$/i;

/** Names of sound and video files that are not read. */
export const unreadSoundName =
  /\.(aac|m4a|mp4|m4v|3gp|wma|wmv|asf|amr|aif|aiff|aifc|webm|mka|mkv|mov|avi|au|snd|caf|ac3|spx)$/i;

/** Sound files, for the search in folders. */
export const soundFiles: FileKind = {
  name: soundName,
  unread: unreadSoundName,
  unit: "clip",
  named: { unit: "clip" },
};

/** What a conversion looks like. */
export const conversionHelp =
  "convert it to WAV, FLAC, MP3 or Opus first, for example: ffmpeg -i in.m4a -ar 16000 -ac 1 out.flac";

/** Where other files have which bytes, as characters 0 … 255 in lower case. */
const others: readonly (readonly [at: number, text: string, what: string, help?: string])[] = [
  [4, "ftypm4", "AAC or ALAC in an M4A file"],
  [4, "ftyp", "an MP4 file, with video or AAC"],
  [0, "\xff\xf0", "AAC"],
  [0, "\xff\xf1", "AAC"],
  [0, "\xff\xf8", "AAC"],
  [0, "\xff\xf9", "AAC"],
  [0, "#!amr", "AMR"],
  [0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11", "Windows Media (WMA or WMV)"],
  [0, "\x1a\x65\xdf\xa3", "WebM or Matroska, with video or sound"],
  [8, "avi ", "an AVI video"],
  [0, "\x00\x00\x01\xba", "an MPEG video"],
  [0, "\x00\x00\x01\xb3", "an MPEG video"],
  [8, "aiff", "AIFF"],
  [8, "aifc", "AIFF"],
  [0, ".snd", "an AU file"],
  [0, "caff", "a CAF file"],
  [0, "mthd", "MIDI: notes, not sound"],
  [0, "\x0bw", "AC-3"],
  [0, "oggs", "an Ogg file without Vorbis, Opus or FLAC"],
  [
    0,
    "version https://git-lfs",
    "a pointer of Git LFS instead of the sound itself",
    "fetch the files first: git lfs pull",
  ],
  [0, "<!doctype", "a web page", "download the file again"],
  [0, "<html", "a web page", "download the file again"],
];

/** Returns the format of a file by its first bytes. @throws DataError for other formats, with their names */
export function formatOf(bytes: Uint8Array): SoundFormat {
  if (bytes.length === 0) throw soundError("it is empty");
  const begin = String.fromCharCode(...bytes.subarray(0, 64));
  if (/^(RIFF|RF64|BW64)[\s\S]{4}WAVE/.test(begin)) return "WAV";
  if (begin.startsWith("fLaC")) return "FLAC";
  // The first packet of an Ogg stream begins after the header of its page and one entry of its table.
  if (begin.startsWith("OggS")) {
    if (begin.startsWith("\x01vorbis", 28)) return "Ogg Vorbis";
    if (begin.startsWith("OpusHead", 28)) return "Opus";
    if (begin.startsWith("\x7fFLAC", 28)) return "FLAC";
  }
  const small = begin.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const other = others.find(([at, text]) => small.startsWith(text, at));
  if (other) throw soundError(`it is ${other[2]}`, other[3] ?? conversionHelp);
  if (findFrame(bytes) !== undefined) return "MP3";
  throw soundError("it is no sound of a known format");
}
