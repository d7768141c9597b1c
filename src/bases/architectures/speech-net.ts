import { float32, zeros } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { type Frames, logMel } from "../audio/log-mel.js";
import { meanOverTime, withoutPadding } from "../audio/pool-frames.js";
import { audioMiniFrontEnd } from "./audio-net.js";

/** Channels of each layer. */
const width = 64;
/** Size and stride of each layer: the first two make frames of 40 ms. */
const layers = [
  { kernel: 5, stride: 2 },
  { kernel: 5, stride: 2 },
  { kernel: 9, stride: 1 },
  { kernel: 9, stride: 1 },
] as const;

/** Outputs of {@link speechNet}. */
export const speechNetOutputs = ["frames", "frame_mask"] as const;

/**
 * Builds a small network for speech without a head: log-mel frames, minus the mean of each band over the clip, and four
 * convolutions over time with LayerNormalization and ReLU. It has 115,000 parameters.
 *
 * `input_values` float32[batch, samples] at 16 kHz -> `frames` float32[batch, frames, 64], 40 ms each, and `frame_mask`
 * float32[batch, frames]. Samples of the value `padding` are behind the end of a clip, and change no frame of it. All weights are zeros:
 * fill them with `freshWeights`.
 */
export function speechNet(): Graph {
  const graph = new Graph("speech");
  const waveform = graph.input("input_values", { dtype: "float32", shape: ["batch", "samples"] });
  const heard = logMel(new Builder(graph, "log-mel"), waveform, audioMiniFrontEnd);
  let frames = withoutBandMeans(new Builder(graph, "means"), heard);
  layers.forEach((layer, i) => {
    frames = convolution(new Builder(graph, `conv${i + 1}`), frames, layer);
  });
  const g = new Builder(graph);
  const sequence = g.transpose(frames.values, [0, 2, 1]);
  [sequence, frames.present].forEach((value, i) => {
    const name = speechNetOutputs[i]!;
    graph.push({ kind: "op", op: "Identity", name, inputs: [value], outputs: [name], attributes: {} }, [
      graph.typeOf(value),
    ]);
    graph.outputs.push(name);
  });
  return graph;
}

/** Subtracts the mean of each band over the frames of a clip, so that a microphone's own colour is gone. */
function withoutBandMeans(g: Builder, frames: Frames): Frames {
  const { values, present } = frames;
  const mean = g.unsqueeze(meanOverTime(g, values, present), [2]);
  return { values: withoutPadding(g, { values: g.sub(values, mean), present }), present };
}

/** Frames behind the end are 0 after each layer, as the padding of a convolution is. */
function convolution(
  g: Builder,
  { values, present }: Frames,
  { kernel, stride }: (typeof layers)[number],
): Frames {
  const from = g.typeOf(values).shape![1] as number;
  const weight = g.weight("weight", zeros("float32", [width, from, kernel]));
  const half = (kernel - 1) / 2;
  const y = g.conv(values, weight, g.weight("bias", zeros("float32", [width])), {
    strides: [stride],
    pads: [half, half],
  });
  const scale = g.weight("norm.scale", float32([width], new Float32Array(width).fill(1)));
  const bias = g.weight("norm.bias", zeros("float32", [width]));
  const rows = g.transpose(y, [0, 2, 1]);
  const normal: Value = g.node("LayerNormalization", [rows, scale, bias], { axis: -1, epsilon: 1e-5 });
  const kept =
    stride === 1
      ? present
      : g.slice(present, { starts: [0], ends: [2 ** 31 - 1], axes: [1], steps: [stride] });
  const active = g.transpose(g.relu(normal), [0, 2, 1]);
  return { values: withoutPadding(g, { values: active, present: kept }), present: kept };
}
