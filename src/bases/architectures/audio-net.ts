import { float32, zeros } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { kaldiFrames } from "../audio/frames.js";
import { frontEndPrefix } from "../audio/front-end-tables.js";
import { type Frames, type LogMelSpec, logMel } from "../audio/log-mel.js";
import { maxOverTime, meanOverTime, withoutLoudness } from "../audio/pool-frames.js";

/** The front end of `audio-mini`: Kaldi's frames, 64 bands from 20 to 8000 Hz, as AST has them with 128 bands. */
export const audioMiniFrontEnd: LogMelSpec = {
  rate: 16_000,
  frames: kaldiFrames,
  mel: { bands: 64, from: 20, to: 8000, scale: "kaldi", triangles: "kaldi" },
  // Difference between 1 and the next float32, as Kaldi has it.
  floor: 2 ** -23,
};

export interface AudioNetOptions {
  /** Channels of the convolutions. The first two halve the number of frames; all halve the number of bands. */
  readonly widths: readonly number[];
}

/** Values of a network of sounds. */
export interface AudioNetValues {
  /** One row a clip, float32[batch, D]. */
  readonly features: Value;
  /** Features over time, 40 ms each: channels of the last convolution. */
  readonly frames: Frames;
}

/**
 * Builds a small network of sounds without a head: log-mel frames, minus the loudness of the clip, 3×3 convolutions with
 * BatchNormalization and ReLU, mean over the bands. The features of a clip are mean and maximum of the last convolution over time, each
 * normalised.
 *
 * `input_values` float32[batch, samples] at 16 kHz -> `features` float32[batch, 2 · widths.at(-1)]. Clips of different lengths
 * are padded with `padding`, which changes no feature. All weights are zeros: fill them with `freshWeights`.
 */
export function audioNet(options: AudioNetOptions): Graph {
  const graph = new Graph("audio");
  const waveform = graph.input("input_values", { dtype: "float32", shape: ["batch", "length"] });
  const heard = logMel(new Builder(graph, frontEndPrefix), waveform, audioMiniFrontEnd);
  const { features, frames } = audioLayers(graph, heard, options);
  const sequence = new Builder(graph).transpose(frames.values, [0, 2, 1]);
  for (const [name, value] of [
    ["features", features],
    ["frames", sequence],
    ["frame_mask", frames.present],
  ] as const) {
    graph.push({ kind: "op", op: "Identity", name, inputs: [value], outputs: [name], attributes: {} }, [
      graph.typeOf(value),
    ]);
    graph.outputs.push(name);
  }
  return graph;
}

/** Adds the layers behind the front end. */
export function audioLayers(graph: Graph, heard: Frames, { widths }: AudioNetOptions): AudioNetValues {
  const { values } = withoutLoudness(new Builder(graph, "loudness"), heard);
  let [x, present, from] = [new Builder(graph).unsqueeze(values, [1]), heard.present, 1];
  widths.forEach((width, i) => {
    const g = new Builder(graph, `conv${i + 1}`);
    const stride = i < 2 ? 2 : 1;
    const hidden = (mask: Value): Value => g.unsqueeze(mask, [1, 2]);
    // Frames behind the end are 0, as the padding of a convolution is: a padded clip has the features of the clip alone.
    const masked = g.mul(x, hidden(present));
    const w = g.weight("weight", zeros("float32", [width, from, 3, 3]));
    const y = g.conv(masked, w, "", { strides: [2, stride], pads: [1, 1, 1, 1] });
    if (stride === 2) present = g.slice(present, { starts: [0], ends: [2 ** 31 - 1], axes: [1], steps: [2] });
    x = g.relu(norm(g, y, width));
    from = width;
  });
  const g = new Builder(graph, "pooling");
  const frames = { values: g.reduceMean(x, { axes: [2] }), present };
  const rows = [meanOverTime(g, frames.values, present), maxOverTime(g, frames.values, present)];
  // A linear head sees features of one scale, whichever part they are from.
  const features = norm(new Builder(graph, "features"), g.concat(rows, 1), 2 * from);
  return { features, frames };
}

function norm(g: Builder, x: Value, width: number): Value {
  const ones = (): Float32Array => new Float32Array(width).fill(1);
  const weights = [
    g.weight("norm.scale", float32([width], ones())),
    g.weight("norm.bias", zeros("float32", [width])),
    g.weight("norm.mean", zeros("float32", [width])),
    g.weight("norm.variance", float32([width], ones())),
  ];
  return g.node("BatchNormalization", [x, ...weights], {
    epsilon: 1e-5,
    momentum: 0.9,
    training_mode: false,
  });
}
