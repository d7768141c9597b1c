import { float32, zeros } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import type { Value } from "../../graph/node.js";
import type { FrameBody } from "../audio/audio-body.js";
import { withoutPadding } from "../audio/pool-frames.js";
import { headPrefix } from "../heads.js";

/** Convolutions over time in front of the linear head: how many, their channels, and how many frames each sees. */
const [layers, width, kernel] = [2, 64, 9] as const;

/** Operators whose result for a frame depends on the whole clip. */
const overWholeClip = new Set(["Softmax", "LSTM", "GRU", "RNN", "Attention", "MultiHeadAttention"]);

/** Returns whether frames know what comes long before and after them: by attention or by a recurrent layer. */
export const knowsContext = ({ graph }: Pick<FrameBody, "graph">): boolean =>
  graph.nodes.some(({ op }) => overWholeClip.has(op));

/**
 * Adds convolutions over time behind the frames of a base, as a part of the head. Frames of a base of convolutions alone know a few tenths
 * of a second: enough for a letter, but not for the word around it. All new weights are zeros: fill them with `freshWeights`.
 * @see docs/decisions/0036-speech-from-audio-mini.md
 */
export function withContext(frames: FrameBody): FrameBody {
  const { present } = frames;
  const graph = frames.graph.clone();
  const g = new Builder(graph, `${headPrefix}context`);
  let channels = g.transpose(frames.features, [0, 2, 1]);
  for (let i = 1; i <= layers; i++) channels = convolution(g.scope(`${i}`), channels, present);
  const features = g.transpose(channels, [0, 2, 1]);
  graph.outputs.splice(0, graph.outputs.length, features, ...(present === undefined ? [] : [present]));
  return { ...frames, graph, features, width };
}

/**
 * A convolution over time, LayerNormalization and ReLU: [batch, channels, frames] -> [batch, width, frames]. Frames behind the end of a
 * clip are 0 after it, as the padding of the convolution is.
 */
function convolution(g: Builder, x: Value, present: Value | undefined): Value {
  const from = g.typeOf(x).shape![1] as number;
  const half = (kernel - 1) / 2;
  const weight = g.weight("weight", zeros("float32", [width, from, kernel]));
  const bias = g.weight("bias", zeros("float32", [width]));
  const rows = g.transpose(g.conv(x, weight, bias, { pads: [half, half] }), [0, 2, 1]);
  const scale = g.weight("norm.scale", float32([width], new Float32Array(width).fill(1)));
  const shift = g.weight("norm.bias", zeros("float32", [width]));
  const normal = g.node("LayerNormalization", [rows, scale, shift], { axis: -1, epsilon: 1e-5 });
  const values = g.transpose(g.relu(normal), [0, 2, 1]);
  return present === undefined ? values : withoutPadding(g, { values, present });
}
