import type { Shape } from "../../core/shape.js";
import { float32 } from "../../core/tensor.js";
import type { Builder } from "../../graph/builder.js";
import type { Value } from "../../graph/node.js";
import { type LogMelSpec, logMel, paddingBelow } from "./log-mel.js";

/** Frames and bands of a patch: 0.96 s; and frames from one patch to the next. */
const [patchFrames, bands, patchHop] = [96, 64, 48] as const;

/** The front end of YAMNet. @see Plakal and Ellis, YAMNet, features.py and params.py */
export const yamnetFrontEnd: LogMelSpec = {
  rate: 16_000,
  frames: { length: 400, hop: 160, fft: 512, window: "periodic", removeMean: false, preEmphasis: 0 },
  mel: { bands, from: 125, to: 7500, scale: "kaldi", triangles: "kaldi" },
  floor: 0.001,
  of: "magnitude",
};

/** Samples of the first patch, and from one patch to the next. */
const samplesOfPatch = (patchFrames - 1) * yamnetFrontEnd.frames.hop + yamnetFrontEnd.frames.length;
const samplesOfHop = patchHop * yamnetFrontEnd.frames.hop;

/** True for the input of a network over YAMNet's patches: [batch, 96, 64], with or without an axis of size 1. */
export function takesPatches(shape: Shape): boolean {
  const sizes = shape.slice(1).filter((d) => d !== 1);
  return sizes.length === 2 && sizes[0] === patchFrames && sizes[1] === bands;
}

/** Patches of clips in a graph. */
export interface Patches {
  /** float32[batch, P, 96, 64] */
  readonly values: Value;
  /** 1 for a patch of the clip, 0 behind its end: float32[batch, P]. The first patch is always 1. */
  readonly present: Value;
}

/**
 * Adds YAMNet's front end to a graph: log-mel frames in overlapping patches. A clip of n samples has
 * 1 + ⌈max(0, n − 15,600) / 7,680⌉ patches; zeros fill the last one.
 * @param waveform float32[batch, samples] at 16 kHz; samples below `paddingBelow` are behind the clip's end
 */
export function yamnetPatches(g: Builder, waveform: Value): Patches {
  const filled = g.pad(waveform, [0, 0, 0, samplesOfPatch - 1]);
  const { values } = logMel(g, filled, yamnetFrontEnd);
  // Patches by a convolution with the identity: exact, for any number of frames.
  const identity = Float32Array.from({ length: patchFrames ** 2 }, (_, i) =>
    i % (patchFrames + 1) === 0 ? 1 : 0,
  );
  const kernel = g.weight("const", {
    ...float32([patchFrames, 1, 1, patchFrames], identity),
    constant: true,
  });
  const patches = g.conv(g.unsqueeze(values, [1]), kernel, "", { strides: [1, patchHop] });
  return { values: g.transpose(patches, [0, 3, 1, 2]), present: presentPatches(g, waveform) };
}

/** Patch p > 0 is of the clip if more than 7,680 (p − 1) + 15,600 samples are. */
function presentPatches(g: Builder, waveform: Value): Value {
  const inside = g.sub(g.number(1), g.cast(g.less(waveform, g.number(paddingBelow)), "float32"));
  const first = samplesOfPatch - samplesOfHop;
  // As many places as there are patches: 1 + ⌊(n + 398) / 7680⌋, with the filled frames of logMel.
  const places = g.pad(inside, [0, 0, 0, first + yamnetFrontEnd.frames.length - 1]);
  const at = (starts: number, ends: number): Value =>
    g.slice(places, { starts: [starts], ends: [ends], axes: [1], steps: [samplesOfHop] });
  const start = at(0, 1);
  const rest = at(first + samplesOfHop, 2 ** 31 - 1);
  return g.concat([g.add(g.mul(start, g.number(0)), g.number(1)), rest], 1);
}
