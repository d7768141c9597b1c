import { EngraftError } from "../../core/errors.js";
import { formatType, type TensorType } from "../../core/shape.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { bindDims, type Cut, extract, findCut, inline } from "../../graph/surgery/index.js";
import type { Body } from "../body.js";
import type { StoredAs } from "../weight-storage.js";
import { withLogits } from "../with-logits.js";
import { type AudioBase, soundInput } from "./audio-base.js";
import type { AudioFacts } from "./audio-facts.js";
import { frontEndPrefix } from "./front-end-tables.js";
import { meanOverTime } from "./pool-frames.js";
import { yamnetPatches } from "./yamnet-patches.js";

/** Exporters' names for outputs of features, best first. */
const featureNames = ["features", "last_hidden_state", "hidden_states"];

/** Name of the output with features over time of a base that also gives one row a clip, and of the mask of its frames. */
const [frameName, maskName] = ["frames", "frame_mask"] as const;

/**
 * Cuts an audio model at its features: one row a clip. Features over time [batch, frames, D] are pooled by their mean.
 * @throws ModelError for features of another rank or unknown width
 */
export function audioBody(base: AudioBase): Body {
  const { graph, cut, value, type, present } = cutBase(base, featureNames);
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

/** Returns one row of features a clip: the mean over time or over a map. */
function rowOf(g: Builder, value: Value): Value {
  const rank = g.typeOf(value).shape!.length;
  if (rank === 2) return value;
  return rank === 3 ? g.reduceMean(value, { axes: [1] }) : g.flatten(g.globalAveragePool(value));
}

/** Mean over the frames of a clip: [batch, frames, D] -> [batch, D]. */
const meanOfPresent = (g: Builder, frames: Value, present: Value): Value =>
  meanOverTime(g, g.transpose(frames, [0, 2, 1]), present);

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
  const { graph, cut, value, type, present } = cutBase(base, [frameName, ...featureNames.slice(1)]);
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

/** An audio model up to its cut, with one input. */
interface CutModel {
  readonly graph: Graph;
  readonly cut: Cut;
  /** The value at the cut, and its type. */
  readonly value: Value;
  readonly type: TensorType;
  /** 1 for a frame of the clip, 0 behind its end: float32[batch, frames]. Missing: all are, or the value is one row a clip. */
  readonly present?: Value;
}

/** Copies the part of a base up to its cut into a graph with one input. @param names of outputs with features, best first */
function cutBase(base: AudioBase, names: readonly string[]): CutModel {
  const { audio } = base;
  const whole = base.imported.graph;
  const cut = cutOf(whole, base.cut, names);
  const hasMask = names.includes(frameName) && audio.masked && whole.outputs.includes(maskName);
  const trunk = extract(whole, hasMask ? [cut.value, maskName] : [cut.value]);
  const graph = new Graph(whole.name);
  for (const [domain, version] of whole.opsets) graph.opsets.set(domain, version);
  const input = graph.input(audio.extractor.input, { dtype: "float32", shape: inputShape(audio) });
  if (audio.patches) return overPatches(graph, trunk, cut, input);
  const copied = inline(graph, trunk, boundInputs(graph, trunk, input));
  const value = copied.get(cut.value)!;
  const present = hasMask ? copied.get(maskName)! : undefined;
  return { graph, cut, value, type: graph.typeOf(value), ...(present !== undefined && { present }) };
}

/** Binds the inputs of a base: its sounds, and a mask of them. */
function boundInputs(graph: Graph, trunk: Graph, input: Value): Map<Value, Value> {
  const given = soundInput(trunk, { name: trunk.name, onnx: trunk.name });
  const bindings = new Map<Value, Value>([[given, input]]);
  const mask = trunk.inputs.find((v) => v !== given);
  if (mask !== undefined) {
    // All samples are of the clip: clips of different lengths do not share a batch.
    const g = new Builder(graph, "mask");
    const ones = g.cast(g.greater(input, g.number(Number.NEGATIVE_INFINITY)), trunk.typeOf(mask).dtype);
    bindings.set(mask, ones);
  }
  return bindings;
}

/** Copies a network over patches behind YAMNet's front end: its features are a row a patch. */
function overPatches(graph: Graph, trunk: Graph, cut: Cut, input: Value): CutModel {
  const given = soundInput(trunk, { name: trunk.name, onnx: trunk.name });
  const [rows, ...sizes] = trunk.typeOf(given).shape!;
  const front = new Builder(graph, frontEndPrefix);
  const { values, present } = yamnetPatches(front, input);
  const named = typeof rows === "string" ? bindDims(trunk, { [rows]: "patches" }) : trunk;
  const patches = front.reshape(values, [-1, ...(sizes as number[])]);
  const copied = inline(graph, named, new Map([[given, patches]]));
  const g = new Builder(graph, "patches");
  const row = rowOf(g, copied.get(cut.value)!);
  const width = graph.typeOf(row).shape!.at(-1)!;
  const shape = g.concat(
    [g.node("Shape", [present], { start: 0, end: undefined }), g.ints([width as number])],
    0,
  );
  const value = g.node("Reshape", [row, shape], { allowzero: false });
  return { graph, cut, value, present, type: { dtype: "float32", shape: ["batch", "frames", width] } };
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
