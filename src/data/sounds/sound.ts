import { EngraftError } from "../../core/errors.js";
import { channelLimit, highestRate, lowestRate, sampleLimit } from "../../core/file-limits.js";
import type { ClassSample, Dataset } from "../dataset.js";
import type { SoundSummary } from "./summarize-sounds.js";

/** The samples of a sound at the rate that was asked for. */
export interface Sound {
  /** Samples per second. */
  readonly rate: number;
  /** float32[n], mono. Full scale is −1 … 1; a downmix of two loud channels may exceed it. */
  readonly samples: Float32Array;
}

/** Ways to turn several channels into one, see {@link ReadSoundOptions.downmix}. */
export const downmixes = ["served", "mean", "first", "left", "right"] as const;
export type Downmix = (typeof downmixes)[number];

/** Options of `readSound`. */
export interface ReadSoundOptions {
  /** Samples per second of the result, 100 … 768,000. */
  readonly rate: number;
  /**
   * How channels become one. "served" (default) is the rule of Transformers.js: two channels become (left + right) · √2 / 2, of any
   * other number the first is taken. "mean" is the mean of all channels, "first" and "left" the first, "right" the second.
   */
  readonly downmix?: Downmix;
  readonly signal?: AbortSignal;
}

/** Length of a sound in seconds. */
export interface SoundLength {
  readonly seconds: number;
}

/** A sound of a dataset. Its `sha256` is that of its samples, so copies of it in other formats have the same. */
export interface SoundItem extends ClassSample, SoundLength {
  /** Transcript, in data with transcripts. */
  readonly text?: string;
}

/** What all datasets of sounds have. */
interface SoundData<Item> extends Omit<Dataset, "task" | "items" | "ignored"> {
  readonly items: readonly Item[];
  readonly summary: SoundSummary;
  /** Column or layout that gives the groups, such as "speaker". */
  readonly groupedBy?: string;
}

/** Sounds with a class each. */
export interface SoundDataset extends SoundData<SoundItem> {}

/** Sounds with transcripts. `classes` is empty, and every `label` is 0. */
export interface TranscriptDataset extends SoundData<SoundItem & { readonly text: string }> {}

/** A decoded file. */
export interface DecodedSound {
  readonly rate: number;
  /** float32[n] each, all of one length. */
  readonly channels: readonly Float32Array[];
  /** True if the header states another length than the file has, and all of the file was read. */
  readonly wrongLength?: boolean;
}

/** Returns the error for bytes that cannot be used as a sound. The message is a reason, without the name of the file. */
export const soundError = (reason: string, help?: string): EngraftError =>
  new EngraftError("DataError", reason, {
    help: help ?? "open it in an audio player and save it again as WAV or FLAC, or remove it",
    code: "broken-sound",
    details: { reason },
  });

/** Checks what the header of a sound states, before it is decoded. @throws DataError for values beyond the limits */
export function checkSound({
  rate,
  channels,
  frames = 0,
}: {
  readonly rate: number;
  readonly channels: number;
  /** Samples of a channel. */
  readonly frames?: number;
}): void {
  if (!(rate >= lowestRate && rate <= highestRate))
    throw soundError(`its header states ${rate} samples per second; 100 to 768,000 can be read`);
  if (!(channels >= 1 && channels <= channelLimit))
    throw soundError(`its header states ${channels} channels; 1 to ${channelLimit} can be read`);
  requireLength({ rate, channels, frames }, Math.floor(sampleLimit / channels));
}

/**
 * Checks the length of a sound.
 * @param most largest number of samples of a channel
 * @throws DataError for a longer one
 */
export function requireLength(
  { rate, channels, frames }: { readonly rate: number; readonly channels: number; readonly frames: number },
  most: number,
): void {
  if (frames <= most) return;
  throw soundError(
    `it is too long: ${Math.round(frames / rate / 60)} minutes at ${rate} samples per second with ${channels === 1 ? "1 channel" : `${channels} channels`}; at most ${Math.floor(most / rate / 60)} minutes fit into memory`,
    "cut it into clips of some seconds, for example: ffmpeg -i in.wav -f segment -segment_time 10 out%03d.wav",
  );
}
