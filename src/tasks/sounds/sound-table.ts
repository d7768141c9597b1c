import type { AudioFacts } from "../../bases/audio/audio-facts.js";
import { padding } from "../../bases/audio/log-mel.js";
import { stopIf } from "../../core/errors.js";
import { float32, type Tensor } from "../../core/tensor.js";
import { ByteStore, type OpenScratch } from "../../data/byte-store.js";
import type { ItemInputs, Pairs } from "../../data/item-inputs.js";
import { type ClipChange, type ClipSpeed, windowOf } from "./change-clip.js";
import { atSpeed, blendClips } from "./clip-operations.js";

/** Step of the padded lengths of short clips, in seconds, and the factor of longer ones. */
const [step, factor] = [0.1, 1.25];
/** Longest window of a clip in training, in seconds: longer windows cost time and show less varied data. */
const longestWindow = 5;
/** Share of the training clips that fit into the window. */
const fitting = 0.9;
/** Seconds of sound in a batch for scoring. */
const secondsAtOnce = 160;

/** A clip with its samples at the rate of the base. */
interface Clip {
  readonly sha256: string;
  readonly part?: string;
}

export interface SoundTableOptions {
  readonly audio: Pick<AudioFacts, "extractor" | "masked" | "fixed">;
  /** Returns the samples of a clip, float32[n] at the rate of the base. */
  readonly read: (index: number) => Promise<Float32Array>;
  /** Changes a clip in an epoch of the training. Default: only the window is drawn. */
  readonly change?: ClipChange;
  /** Speed of a clip in an epoch of the training. Default: 100 percent. */
  readonly speed?: ClipSpeed;
  /** True if a training takes whole clips instead of windows. Default false. */
  readonly whole?: boolean;
  /** Seed of the windows. Default 0. */
  readonly seed?: number;
  /** Opens the temporary file of many samples. Default: memory. */
  readonly scratch?: OpenScratch;
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/** Inputs of an audio model. */
export interface SoundInputs extends ItemInputs {
  /** Returns a clip as {@link inputOfClip} does. */
  alone(item: { readonly sha256: string }): Tensor;
}

/**
 * Returns the input of one clip as every program feeds it to the saved model: alone and unpadded, unless the model takes one length.
 * @param samples float32[n] at the rate of the base
 */
export function inputOfClip(
  { extractor, masked, fixed }: Pick<AudioFacts, "extractor" | "masked" | "fixed">,
  samples: Float32Array,
): Tensor {
  const dims = extractor.dims(samples.length);
  const data = extractor.extract(samples);
  if (dims.length > 1 || fixed === undefined) return float32([1, ...dims], data);
  return float32([1, ...fixed], paddedTo(fixed[0]!, data, masked));
}

/** Returns samples that are cut, or padded at their end. */
function paddedTo(size: number, samples: Float32Array, masked: boolean): Float32Array {
  const out = new Float32Array(size).fill(masked ? padding : 0);
  out.set(samples.subarray(0, size));
  return out;
}

/** The samples of all clips; equal clips are stored once. */
class StoredClips {
  private readonly places = new Map<string, readonly [first: number, count: number]>();
  private readonly bytes: ByteStore;

  constructor(scratch: OpenScratch | undefined) {
    this.bytes = new ByteStore(scratch);
  }

  has = (sha256: string): boolean => this.places.has(sha256);

  append(sha256: string, samples: Float32Array): void {
    const first = this.bytes.append(new Uint8Array(samples.slice().buffer));
    this.places.set(sha256, [first, samples.length]);
  }

  lengthOf = (sha256: string): number => this.places.get(sha256)?.[1] ?? 0;

  read(sha256: string): Float32Array {
    const [first, count] = this.places.get(sha256)!;
    const samples = new Float32Array(count);
    this.bytes.read(first, new Uint8Array(samples.buffer));
    return samples;
  }
}

/**
 * Reads the samples of clips, and returns them as inputs of an audio model. Scoring takes whole clips; a training takes a window of
 * each. A base that knows padding takes clips of different lengths in a batch. Another base takes clips of one length, and a training
 * repeats a short clip until the window is full.
 */
export async function soundTable(items: readonly Clip[], options: SoundTableOptions): Promise<SoundInputs> {
  const { audio, read, scratch, onProgress, signal } = options;
  const clips = new StoredClips(scratch);
  for (const [i, { sha256 }] of items.entries()) {
    stopIf(signal);
    if (!clips.has(sha256)) clips.append(sha256, await read(i));
    onProgress?.(i + 1);
  }
  const { extractor } = audio;
  const inputs =
    extractor.dims(1).length === 1
      ? waveforms(items, clips, options, audio.fixed?.[0])
      : spectrograms(items, clips, options);
  return { ...inputs, alone: ({ sha256 }) => inputOfClip(audio, clips.read(sha256)) };
}

/** Inputs of a base that takes samples. @param fixed the only length that it takes */
function waveforms(
  items: readonly Clip[],
  clips: StoredClips,
  { audio: { extractor, masked }, change, speed, whole = false, seed = 0 }: SoundTableOptions,
  fixed: number | undefined,
): ItemInputs {
  const { rate } = extractor;
  const lengths = items.map(({ sha256 }) => clips.lengthOf(sha256));
  const trained = items.flatMap(({ part = "train" }, i) => (part === "train" ? [lengths[i]!] : []));
  const padded = (n: number): number => fixed ?? (masked ? paddedLength(n, rate) : Math.max(1, n));
  const longest = Math.max(1, ...lengths.map(padded));
  const window = fixed ?? (whole ? longest : trainingWindow(trained, rate));
  // The whole clip is normalised, then cut, as the served model does it.
  const row = (samples: Float32Array, size: number): Float32Array =>
    paddedTo(size, extractor.extract(samples), masked);
  const rows = (size: number, all: readonly Float32Array[]): Tensor => {
    const data = new Float32Array(all.length * size);
    for (const [i, samples] of all.entries()) data.set(row(samples, size), i * size);
    return float32([all.length, size], data);
  };
  const changed = (items: readonly Clip[], size: number, epoch: number): Float32Array[] =>
    items.map((item) => {
      const id = idOf(item);
      const percent = speed?.(epoch, id) ?? 100;
      // At this speed the window gives at most `size` samples.
      const most = Math.floor((size * percent) / 100);
      const clip = clips.read(item.sha256);
      const filled = masked || whole || clip.length >= most ? clip : repeated(clip, most);
      const window = atSpeed(windowOf(filled, most, seed, epoch, id), percent);
      return change ? change(window, epoch, id, size) : window;
    });
  return {
    unit: "clips",
    atOnce: Math.max(1, Math.min(32, Math.floor((secondsAtOnce * rate) / longest))),
    longest,
    ...(fixed !== undefined && { fixed }),
    fill: masked ? padding : 0,
    cut: {
      count: fixed === undefined ? 0 : lengths.filter((n) => n > fixed).length,
      of: items.length,
      at: longest,
    },
    lengthOf: ({ sha256 }) => Math.min(window, padded(clips.lengthOf(sha256))),
    sizeOf: ({ sha256 }) => padded(clips.lengthOf(sha256)),
    tensor: (given, size) =>
      rows(
        size,
        given.map(({ sha256 }) => clips.read(sha256)),
      ),
    changed: (given, size, epoch) => rows(size, changed(given, size, epoch)),
    blended: (given, size, epoch, pairs) => rows(size, blend(changed(given, size, epoch), pairs)),
  };
}

/** Inputs of a base that takes frames of one size. */
function spectrograms(
  items: readonly Clip[],
  clips: StoredClips,
  { audio: { extractor }, change, speed }: SoundTableOptions,
): ItemInputs {
  const dims = extractor.dims(1);
  const each = dims.reduce((a, b) => a * b, 1);
  const rows = (all: readonly Float32Array[]): Tensor => {
    const data = new Float32Array(all.length * each);
    for (const [i, samples] of all.entries()) data.set(extractor.extract(samples), i * each);
    return float32([all.length, ...dims], data);
  };
  const changed = (items: readonly Clip[], epoch: number): Float32Array[] =>
    items.map((item) => {
      const id = idOf(item);
      const clip = atSpeed(clips.read(item.sha256), speed?.(epoch, id) ?? 100);
      return change ? change(clip, epoch, id) : clip;
    });
  return {
    unit: "clips",
    uniform: { atOnce: 8 },
    atOnce: 8,
    longest: 1,
    fixed: 1,
    fill: 0,
    cut: { count: 0, of: items.length, at: 1 },
    lengthOf: () => 1,
    sizeOf: () => 1,
    tensor: (given) => rows(given.map(({ sha256 }) => clips.read(sha256))),
    ...((change || speed) && { changed: (given, _size, epoch) => rows(changed(given, epoch)) }),
    blended: (given, _size, epoch, pairs) => rows(blend(changed(given, epoch), pairs)),
  };
}

/** Name of a clip in its draws. */
const idOf = (item: Clip & { readonly id?: string }): string => item.id ?? item.sha256;

/** Blends each clip with the other one of its pair. */
const blend = (clips: readonly Float32Array[], { order, share }: Pairs): Float32Array[] =>
  clips.map((clip, i) => blendClips(clip, clips[order[i]!]!, share));

/** Returns the padded length of a clip: a multiple of 0.1 s up to 1 s, and at most a quarter more beyond. */
export function paddedLength(samples: number, rate: number): number {
  const unit = Math.max(1, Math.round(step * rate));
  const units = Math.max(1, Math.ceil(samples / unit));
  let size = Math.min(units, Math.round(1 / step));
  while (size < units) size = Math.ceil(size * factor);
  return size * unit;
}

/** Returns the samples of a training's window: nine of ten clips fit into it, and it has at most 5 s. */
function trainingWindow(lengths: readonly number[], rate: number): number {
  const sorted = [...lengths].sort((a, b) => a - b);
  const most = sorted[Math.min(sorted.length - 1, Math.floor(fitting * sorted.length))] ?? rate;
  return Math.min(paddedLength(most, rate), longestWindow * rate);
}

/** Returns a clip that is played again until it has `size` samples. */
const repeated = (samples: Float32Array, size: number): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => samples[i % samples.length]!);
