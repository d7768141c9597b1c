import { EngraftError } from "../../core/errors.js";
import { formatType } from "../../core/shape.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { type Cut, extract, findCut, inline } from "../../graph/surgery/index.js";
import type { Body } from "../body.js";
import type { StoredAs } from "../weight-storage.js";
import { withLogits } from "../with-logits.js";
import { type AudioBase, soundInput } from "./audio-base.js";
import type { AudioFacts } from "./audio-facts.js";

/** Exporters' names for outputs of features, best first. */
const featureNames = ["features", "last_hidden_state", "hidden_states"];

/** Name of the output with features over time of a base that also gives one row a clip, and of the mask of its frames. */
const [frameName, maskName] = ["frames", "frame_mask"] as const;

/**
 * Cuts an audio model at its features: one row a clip. Features over time [batch, frames, D] are pooled by their mean.
 * @throws ModelError for features of another rank or unknown width
 */
export function audioBody(base: AudioBase): Body {
  const { graph, names, cut, type } = cutBase(base, base.cut, featureNames);
  const rank = type.shape?.length;
  const width = rank === 4 ? type.shape?.[1] : type.shape?.at(-1);
  if (type.dtype !== "float32" || rank === undefined || rank < 2 || rank > 4 || typeof width !== "number")
    throw new EngraftError(
      "ModelError",
      `the cut "${cut.value}" is ${formatType(type)}: features of sounds are float32[batch, D], [batch, frames, D] or [batch, D, frames, bands]`,
      { help: "name another value: --cut VALUE (`engraft inspect` lists the possible ones)" },
    );
  const g = new Builder(graph, "pooling");
  const hidden = names.get(cut.value)!;
  const row =
    rank === 2
      ? hidden
      : rank === 3
        ? g.reduceMean(hidden, { axes: [1] })
        : g.flatten(g.globalAveragePool(hidden));
  const features = addOutput(graph, "features", row, ["batch", width]);
  return { graph, cut, pooling: rank === 2 ? "none" : "mean", features, width };
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
  const { masked } = base.audio;
  const hasFrames = base.imported.graph.outputs.includes(frameName);
  const keep = hasFrames && masked ? [maskName] : [];
  const { graph, names, cut, type } = cutBase(base, base.cut, [frameName, ...featureNames.slice(1)], keep);
  const width = type.shape?.at(-1);
  if (type.dtype !== "float32" || type.shape?.length !== 3 || typeof width !== "number")
    throw new EngraftError(
      "ModelError",
      `the cut "${cut.value}" is ${formatType(type)}: features over time are float32[batch, frames, D]`,
      { help: "use another base, such as audio-mini, or name another value: --cut VALUE" },
    );
  const features = addOutput(graph, "features", names.get(cut.value)!, ["batch", "frames", width]);
  if (keep.length === 0) return { graph, cut, features, width };
  const present = addOutput(graph, "present", names.get(maskName)!, ["batch", "frames"]);
  return { graph, cut, features, present, width };
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

/** Copies the part of a base up to its cut into a graph with one input. */
function cutBase(
  base: AudioBase,
  requested: Value | undefined,
  names: readonly string[],
  keep: readonly Value[] = [],
) {
  const whole = base.imported.graph;
  const cut = cutOf(whole, requested, names);
  const trunk = extract(whole, [cut.value, ...keep]);
  const given = soundInput(trunk, { name: base.name, onnx: base.name });
  const graph = new Graph(whole.name);
  const input = graph.input(base.audio.extractor.input, { dtype: "float32", shape: inputShape(base.audio) });
  const bindings = new Map<Value, Value>([[given, input]]);
  const mask = trunk.inputs.find((v) => v !== given);
  if (mask !== undefined) {
    // All samples are of the clip: clips of different lengths do not share a batch.
    const g = new Builder(graph, "mask");
    const ones = g.cast(g.greater(input, g.number(Number.NEGATIVE_INFINITY)), trunk.typeOf(mask).dtype);
    bindings.set(mask, ones);
  }
  const copied = inline(graph, trunk, bindings);
  for (const [domain, version] of whole.opsets) graph.opsets.set(domain, version);
  return { graph, names: copied, cut, type: trunk.typeOf(cut.value) };
}

function inputShape({ extractor, fixed }: AudioFacts): readonly (string | number)[] {
  const free = extractor.dims(1).length === 1 ? ["length"] : extractor.dims(1);
  return ["batch", ...(fixed ?? free)];
}

function cutOf(graph: Graph, requested: Value | undefined, names: readonly string[]): Cut {
  if (requested !== undefined) return { value: requested, because: "--cut names it" };
  const named = names.find((name) => graph.outputs.includes(name));
  return named === undefined ? findCut(graph) : { value: named, because: "the features, by its name" };
}

/**
 * Returns the ONNX file of a model of sounds: `input_values`, or `input_features` of Whisper -> `logits` float32[batch, C], or
 * float32[batch, frames, C] of a model that gives a row a frame.
 */
export function exportSoundModel(
  model: Graph,
  { extractor }: Pick<AudioFacts, "extractor">,
  stored: StoredAs = new Map(),
): Uint8Array {
  const graph = new Graph(model.name);
  const [from] = model.inputs;
  const input = graph.input(extractor.input, model.typeOf(from!));
  const names = inline(graph, model, new Map([[from!, input]]));
  return withLogits(graph, names.get(model.outputs[0]!)!, { model, names, stored });
}
