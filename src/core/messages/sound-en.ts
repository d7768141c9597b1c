/** English sentences about the sounds of a dataset. */
import { formatDuration } from "../duration.js";
import { counted, listed, type Names, thousands } from "./counted.js";

/** Clips that a sentence is about, of all. */
export interface SomeClips {
  readonly clips: number;
  readonly of: number;
}
/** Clips with names of some of them. */
export interface NamedClips extends Names {
  readonly clips: number;
}
/** Lengths in seconds. */
export interface SoundLengths {
  readonly clips: number;
  readonly seconds: number;
  readonly shortest: number;
  readonly median: number;
  readonly longest: number;
}
const some = ({ clips, of }: SomeClips): string =>
  clips === of ? `all ${counted(of, "clip")}` : `${thousands(clips)} of ${counted(of, "clip")}`;

export const soundEn = {
  "sound-lengths": (v: SoundLengths): string =>
    `${counted(v.clips, "clip")}, ${formatDuration(v.seconds)} in all: ${v.shortest.toFixed(2)} to ${v.longest.toFixed(2)} s, median ${v.median.toFixed(2)} s`,
  "sound-rates": ({
    rates,
  }: {
    readonly rates: readonly (readonly [rate: number, clips: number])[];
  }): string =>
    rates.length === 1
      ? `${thousands(rates[0]![0])} samples per second`
      : `samples per second: ${rates.map(([rate, clips]) => `${thousands(rate)} (${counted(clips, "clip")})`).join(", ")}`,
  "sound-channels": (v: SomeClips): string => `more than one channel in ${some(v)}`,
  "sound-clipped": (v: SomeClips): string => `clipped at full scale: ${some(v)}`,
  "sound-narrow": (v: SomeClips): string => `nothing above 4 kHz in ${some(v)}`,
  "silent-clips": (v: NamedClips): string =>
    `${counted(v.clips, "clip")} ${v.clips === 1 ? "holds" : "hold"} nothing but silence: ${listed(v)}`,
  "clips-end-in-zeros": (v: SomeClips & { readonly classes: boolean }): string =>
    `${some(v)} end in digital silence: a model may learn that instead of the sound${!v.classes ? "" : ", if it is more frequent in some classes"}`,
  "wrong-lengths": (v: NamedClips): string =>
    `${counted(v.clips, "WAV file")} ${v.clips === 1 ? "states" : "state"} another length than ${v.clips === 1 ? "it has: it is" : "they have: they are"} read to the end: ${listed(v)}`,
  "clips-without-row": (v: NamedClips): string =>
    `${counted(v.clips, "clip")} left out, since no row names ${v.clips === 1 ? "it" : "them"}: ${listed(v)}`,
  "clips-unread": (v: NamedClips & { readonly formats: readonly string[] }): string =>
    `${counted(v.clips, "file")} left out, since ${v.formats.join(", ")} cannot be read: ${listed(v)}; convert ${v.clips === 1 ? "it" : "them"} to WAV, FLAC, MP3 or Opus, for example with ffmpeg`,
  "speakers-in-names": (v: Names & { readonly speakers: number; readonly pattern: string }): string =>
    `file names look as if they state ${v.speakers} speakers or recordings, such as ${listed(v)}: a test on known speakers is too easy; --group-from ${JSON.stringify(v.pattern)} keeps each on one side of the split`,
};
