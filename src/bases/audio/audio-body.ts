import { EngraftError } from "../../core/errors.js";
import { formatType } from "../../core/shape.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { type Cut, inline } from "../../graph/surgery/index.js";
import type { Body } from "../body.js";
import type { StoredAs } from "../weight-storage.js";
import { oneHead, withLogits } from "../with-logits.js";
import type { AudioBase } from "./audio-base.js";
import type { AudioFacts } from "./audio-facts.js";
import { cutBase, featureNames, layersOf, rowOf } from "./cut-audio.js";
import { cutOfMix } from "./layer-states.js";
import { meanOverTime } from "./pool-frames.js";

/**
 * Cuts an audio model at its features: one row a clip. Features over time [batch, frames, D] are pooled by their mean.
 * @throws ModelError for features of another rank or unknown width
 */
export function audioBody(base: AudioBase): Body {
  const { graph, cut, value, type, present } = cutBase(base, featureNames.clip);
  const rank = type.shape?.length;
  const width = rank === 4 ? type.shape?.[1] : type.shape?.at(-1);
  if (type.dtype !== "float32" || rank === undefined || rank < 2 || rank > 4 || typeof width !== "number")
    throw new EngraftError(
      "ModelError",
      `the cut "${cut.value}" is ${formatType(type)}: features of sounds are float32[batch, D], [batch, frames, D] or [batch, D, frames, bands]`,
      { help: "name another value: --cut VALUE (`engraft inspect` lists the possible ones)" },
    );
  const g = new Builder(graph, "pooling");
  const row = present === undefined ? rowOf(g, value) : meanOfPresent(g, value, present);
  const features = addOutput(graph, "features", row, ["batch", width]);
  return { graph, cut, pooling: rank === 2 && present === undefined ? "none" : "mean", features, width };
}

/** Mean over the frames of a clip: [batch, frames, D] -> [batch, D]. */
const meanOfPresent = (g: Builder, frames: Value, present: Value): Value =>
  meanOverTime(g, g.transpose(frames, [0, 2, 1]), present);

/** An audio model cut at each of its layers. */
export interface LayerBody extends Body {
  /** Names of the L hidden states in the base. */
  readonly layers: readonly Value[];
}

/**
 * Cuts an audio model at the ends of all its layers. The features of a clip are the means over time of each layer, one behind the other:
 * float32[batch, L · D].
 * @throws ModelError if the base shows no layers
 */
export function audioLayersBody(base: AudioBase): LayerBody {
  const { graph, states, present } = layersOf(base, featureNames.clip);
  const g = new Builder(graph, "pooling");
  const means = states.map(([, state]) => (present ? meanOfPresent(g, state, present) : rowOf(g, state)));
  const width = states.length * (graph.typeOf(means[0]!).shape!.at(-1) as number);
  const features = addOutput(graph, "features", g.concat(means, 1), ["batch", width]);
  const layers = states.map(([name]) => name);
  const cut = { ...cutOfMix(layers), value: `layers ${layers.join(" ")}` };
  return { graph, cut, pooling: "mean", features, width, layers };
}

/** An audio model cut at its features over time. */
export interface FrameBody {
  /** One input; its outputs are {@link features} and {@link present}. */
  readonly graph: Graph;
  readonly cut: Cut;
  /** float32[batch, frames, D] */
  readonly features: Value;
  /** 1 for a frame of the clip, 0 behind its end: float32[batch, frames]. Missing: the base knows no padding. */
  readonly present?: Value;
  /** D */
  readonly width: number;
}

/**
 * Cuts an audio model at its features over time, float32[batch, frames, D], for a prediction a frame.
 * @throws ModelError if the base gives one row a clip only
 */
export function audioFrames(base: AudioBase): FrameBody {
  const { graph, cut, value, type, present } = cutBase(base, featureNames.frame);
  const width = type.shape?.at(-1);
  if (type.dtype !== "float32" || type.shape?.length !== 3 || typeof width !== "number")
    throw new EngraftError(
      "ModelError",
      `the cut "${cut.value}" is ${formatType(type)}: features over time are float32[batch, frames, D]`,
      { help: "use another base, such as audio-mini, or name another value: --cut VALUE" },
    );
  const features = addOutput(graph, "features", value, ["batch", "frames", width]);
  if (present === undefined) return { graph, cut, features, width };
  return { graph, cut, features, present: addOutput(graph, "present", present, ["batch", "frames"]), width };
}

/** Adds an output with a name and type of its own. */
function addOutput(graph: Graph, hint: string, value: Value, shape: readonly (string | number)[]): Value {
  const output = graph.fresh(hint);
  graph.push(
    { kind: "op", op: "Identity", name: output, inputs: [value], outputs: [output], attributes: {} },
    [{ dtype: "float32", shape }],
  );
  graph.outputs.push(output);
  return output;
}

/**
 * Returns the ONNX file of a model of sounds: `input_values`, or `input_features` of Whisper -> `logits` float32[batch, C], or
 * float32[batch, frames, C] of a model that gives a row a frame.
 */
export function exportSoundModel(
  model: Graph,
  { extractor }: Pick<AudioFacts, "extractor">,
  stored: StoredAs = new Map(),
  outputs = oneHead,
): Uint8Array {
  const graph = new Graph(model.name);
  const [from] = model.inputs;
  const input = graph.input(extractor.input, model.typeOf(from!));
  const names = inline(graph, model, new Map([[from!, input]]));
  const scores = model.outputs.map((value) => names.get(value)!);
  return withLogits(graph, scores, { model, names, stored, outputs });
}
