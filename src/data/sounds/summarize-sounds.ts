import { firstOf } from "../../core/messages/counted.js";
import { type Message, message, warningText } from "../../core/messages/message.js";
import type { Warning } from "../split/found.js";

/** How many clips have a value. */
export interface ClipCount<T> {
  readonly value: T;
  readonly clips: number;
}

/** What the sounds of a dataset are like, before any is changed. Lengths are in seconds. */
export interface SoundSummary {
  readonly clips: number;
  /** Sum of the lengths. */
  readonly seconds: number;
  readonly shortest: number;
  readonly median: number;
  readonly longest: number;
  /** Samples per second of the files, the most frequent first. Opus is decoded at 48,000. */
  readonly rates: readonly ClipCount<number>[];
  readonly formats: readonly ClipCount<string>[];
  readonly channels: readonly ClipCount<number>[];
  /** Clips with three or more samples in a row at full scale. */
  readonly clipped: number;
  /** Clips whose samples are all below −80 dB. */
  readonly silent: number;
  /** Clips without energy above 4 kHz: less than a millionth of theirs. */
  readonly narrow: number;
  /** Clips that end in zeros for a tenth of their length or more. */
  readonly zeros: number;
  /** The same as sentences. */
  readonly messages: readonly Message[];
}

/** What a look at one file found. */
export interface SoundFacts {
  readonly seconds: number;
  readonly rate: number;
  readonly format: string;
  readonly channels: number;
  readonly clipped: boolean;
  readonly silent: boolean;
  readonly narrow: boolean;
  readonly zeros: boolean;
  /** True if the header states another length than the file has. */
  readonly wrongLength: boolean;
}

/** Facts of a sound, and what identifies its content. */
export interface SoundContent extends SoundFacts {
  /** sha256 of the samples, mono at 16 kHz, little-endian float32. */
  readonly sha256: string;
  readonly print: Int8Array | undefined;
}

/** Summarizes sounds, at least one. */
export function summarizeSounds(sounds: readonly SoundFacts[]): SoundSummary {
  const sorted = sounds.map(({ seconds }) => seconds).sort((a, b) => a - b);
  const number = (what: "clipped" | "silent" | "narrow" | "zeros"): number =>
    sounds.filter((sound) => sound[what]).length;
  const lengths = {
    clips: sounds.length,
    seconds: sorted.reduce((sum, seconds) => sum + seconds, 0),
    shortest: sorted[0]!,
    median: sorted[Math.floor(sorted.length / 2)]!,
    longest: sorted.at(-1)!,
  };
  const rates = countsOf(sounds.map(({ rate }) => rate));
  const [clipped, narrow] = [number("clipped"), number("narrow")];
  const several = sounds.filter(({ channels }) => channels > 1).length;
  const of = sounds.length;
  return {
    ...lengths,
    rates,
    formats: countsOf(sounds.map(({ format }) => format)),
    channels: countsOf(sounds.map(({ channels }) => channels)),
    clipped,
    silent: number("silent"),
    narrow,
    zeros: number("zeros"),
    messages: [
      message("sound-lengths", lengths),
      message("sound-rates", { rates: rates.map(({ value, clips }) => [value, clips] as const) }),
      ...(several > 0 ? [message("sound-channels", { clips: several, of })] : []),
      ...(clipped > 0 ? [message("sound-clipped", { clips: clipped, of })] : []),
      ...(narrow > 0 ? [message("sound-narrow", { clips: narrow, of })] : []),
    ],
  };
}

function countsOf<T>(values: readonly T[]): readonly ClipCount<T>[] {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([value, clips]) => ({ value, clips })).sort((a, b) => b.clips - a.clips);
}

/** Returns warnings about sounds that may mislead a training. @param classes whether the sounds have classes or labels */
export function soundWarnings(
  sounds: readonly (SoundFacts & { readonly id: string })[],
  classes: boolean,
): Warning[] {
  const those = (what: "silent" | "zeros" | "wrongLength"): readonly string[] =>
    sounds.filter((sound) => sound[what]).map(({ id }) => id);
  const [silent, zeros, wrong] = [those("silent"), those("zeros"), those("wrongLength")];
  const named = (ids: readonly string[]) => ({ clips: ids.length, ...firstOf(ids) });
  return [
    ...(silent.length > 0 ? [warningText("silent_clips", message("silent-clips", named(silent)))] : []),
    ...(zeros.length > 0
      ? [
          warningText(
            "zeros_at_the_end",
            message("clips-end-in-zeros", { clips: zeros.length, of: sounds.length, classes }),
          ),
        ]
      : []),
    ...(wrong.length > 0 ? [warningText("wrong_lengths", message("wrong-lengths", named(wrong)))] : []),
  ];
}
