import { float32 } from "../../core/tensor.js";
import type { Builder } from "../../graph/builder.js";
import type { Value } from "../../graph/node.js";
import { binsOf, type FrameSpec, frameMatrix } from "./frames.js";
import { type MelSpec, melFilters } from "./mel-filters.js";

/** A log-mel front end: frames, bands, and the smallest power before the logarithm. */
export interface LogMelSpec {
  /** Samples per second. */
  readonly rate: number;
  readonly frames: FrameSpec;
  readonly mel: MelSpec;
  /** Smallest power of a band, so that its logarithm is finite; of magnitudes it is added to all. */
  readonly floor: number;
  /** Values that the bands sum: |M · frame|² or |M · frame|. Default power. */
  readonly of?: "power" | "magnitude";
}

/**
 * Samples below this value are padding behind the end of a clip: no recording has them. It marks the end of a clip without a
 * second input.
 */
export const paddingBelow = -1000;

/** The value of samples behind the end of a clip. */
export const padding = -10_000;

/** A sequence of frames in a graph. */
export interface Frames {
  /** float32[batch, bands, frames] */
  readonly values: Value;
  /** 1 for a frame of the clip, 0 behind its end: float32[batch, frames]. The first frame is always 1. */
  readonly present: Value;
}

/**
 * Adds a log-mel front end to a graph: log(max(floor, mel · |M · frame|²)), or log(floor + mel · |M · frame|). Windowing, the Fourier transform and the steps before
 * them are one convolution, so every runtime computes the same numbers.
 *
 * A clip of n samples has max(1, 1 + ⌊(n − length) / hop⌋) frames. A clip shorter than a frame is filled with zeros.
 * @param waveform float32[batch, samples], −1 to 1; samples below {@link paddingBelow} are behind the clip's end
 */
export function logMel(g: Builder, waveform: Value, spec: LogMelSpec): Frames {
  const { rate, frames, mel, floor, of = "power" } = spec;
  const { length, hop } = frames;
  const bins = binsOf(frames);
  const filters = melFilters(mel, bins, rate);
  const used = Array.from({ length: bins }, (_, k) => k).filter((k) =>
    filters.some((w, at) => at % bins === k && w > 0),
  );
  const matrix = frameMatrix(frames);
  const rows = [...used, ...used.map((k) => bins + k)];
  const kernel = Float32Array.from(
    rows.flatMap((row) => [...matrix.subarray(row * length, (row + 1) * length)]),
  );
  const weights = Float32Array.from(
    Array.from({ length: mel.bands }, (_, band) => used.map((k) => filters[band * bins + k]!)).flat(),
  );
  const absent = g.less(waveform, g.number(paddingBelow));
  const samples = g.pad(g.where(absent, g.number(0), waveform), [0, 0, 0, length - 1]);
  // "const" in the name: a file that is read again must not take them for weights.
  const constant = (dims: readonly number[], data: Float32Array): Value =>
    g.weight("const", { ...float32(dims, data), constant: true });
  const spectrum = g.conv(g.unsqueeze(samples, [1]), constant([rows.length, 1, length], kernel), "", {
    strides: [hop],
  });
  const half = (start: number): Value =>
    g.slice(spectrum, { starts: [start], ends: [start + used.length], axes: [1] });
  const [real, imaginary] = [half(0), half(used.length)];
  const power = g.add(g.mul(real, real), g.mul(imaginary, imaginary));
  const size = of === "power" ? power : g.sqrt(power);
  const bands = g.matmul(constant([mel.bands, used.length], weights), size);
  const positive = of === "power" ? g.max(bands, g.number(floor)) : g.add(bands, g.number(floor));
  return { values: g.log(positive), present: wholeFrames(g, absent, frames) };
}

/** Marks the frames that end within the clip, and the first one. */
function wholeFrames(g: Builder, absent: Value, { length, hop }: FrameSpec): Value {
  const inside = g.sub(g.number(1), g.cast(absent, "float32"));
  const filled = g.pad(inside, [0, 0, 0, length - 1]);
  const farEnd = 2 ** 31 - 1;
  const lasts = g.slice(filled, { starts: [length - 1], ends: [farEnd], axes: [1], steps: [hop] });
  const rest = g.slice(lasts, { starts: [1], ends: [farEnd], axes: [1] });
  const first = g.slice(lasts, { starts: [0], ends: [1], axes: [1] });
  return g.concat([g.add(g.mul(first, g.number(0)), g.number(1)), rest], 1);
}
