import type { TensorType } from "../../core/shape.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { bindDims, type Cut, findCut, inline } from "../../graph/surgery/index.js";
import { batchedPart } from "../batched-part.js";
import { headPrefix } from "../heads.js";
import { findFrameHead } from "../transcripts/find-frame-head.js";
import { type AudioBase, soundInput } from "./audio-base.js";
import type { AudioFacts } from "./audio-facts.js";
import type { FrameGrid } from "./frame-grid.js";
import { frontEndPrefix } from "./front-end-tables.js";
import { cutOfMix, layerStates, mixCut, mixOf } from "./layer-states.js";
import { paddingBelow } from "./log-mel.js";
import { yamnetPatches } from "./yamnet-patches.js";

/** Name of the output with features over time of a base that also gives one row a clip, and of the mask of its frames. */
const [frameName, maskName] = ["frames", "frame_mask"] as const;

/** Returns the value that marks the frames of a clip, if the graph has one for this cut. */
function frameMask(graph: Graph, names: readonly string[]): Value | undefined {
  const own = findFrameHead(graph);
  if (own) return own.present;
  return names.includes(frameName) && graph.outputs.includes(maskName) ? maskName : undefined;
}

/** Exporters' names for outputs of features, best first: of one row a clip, or of a row a frame. */
export const featureNames = {
  clip: ["features", "last_hidden_state", "hidden_states"],
  frame: [frameName, "last_hidden_state", "hidden_states"],
} as const;

/** An audio model up to its cut, with one input. */
export interface CutModel {
  readonly graph: Graph;
  readonly cut: Cut;
  /** The value at the cut, and its type. */
  readonly value: Value;
  readonly type: TensorType;
  /** 1 for a frame of the clip, 0 behind its end: float32[batch, frames]. Missing: all are, or the value is one row a clip. */
  readonly present?: Value;
}

/** Copies the part of a base up to its cut into a graph with one input. @param names of outputs with features, best first */
export function cutBase(base: AudioBase, names: readonly string[]): CutModel {
  const { audio } = base;
  if (base.cut === mixCut) return mixBase(base, names);
  const whole = base.imported.graph;
  const cut = cutOf(whole, base.cut, names);
  const mask = audio.masked ? frameMask(whole, names) : undefined;
  const trunk = batchedPart(whole, mask === undefined ? [cut.value] : [cut.value, mask]);
  if (audio.patches) return overPatches(base, trunk, cut);
  const { graph, copied, inside } = copyTrunk(base, trunk);
  const value = copied.get(cut.value)!;
  const type = graph.typeOf(value);
  const present = mask === undefined ? inside : copied.get(mask);
  if (type.shape?.length !== 3) return { graph, cut, value, type };
  return { graph, cut, value, type, present };
}

/** Copies a base up to its last layer, and mixes its layers. */
function mixBase(base: AudioBase, names: readonly string[]): CutModel {
  const { graph, states, present } = layersOf(base, names);
  const value = mixOf(
    new Builder(graph, "mix"),
    states.map(([, state]) => state),
  );
  const cut = cutOfMix(states.map(([name]) => name));
  return { graph, cut, value, type: graph.typeOf(value), present };
}

/** Copies a base up to its last layer. @returns each hidden state by its name in the base, and its value in the copy */
export function layersOf(base: AudioBase, names: readonly string[]) {
  const whole = base.imported.graph;
  const found = layerStates(whole, cutOf(whole, undefined, names).value);
  const { graph, copied, inside: present } = copyTrunk(base, batchedPart(whole, found));
  return { graph, states: found.map((name) => [name, copied.get(name)!] as const), present };
}

/** Starts a graph with the one input of an audio model. */
function started({ audio, imported }: AudioBase): { readonly graph: Graph; readonly input: Value } {
  const graph = new Graph(imported.graph.name);
  for (const [domain, version] of imported.graph.opsets) graph.opsets.set(domain, version);
  return {
    graph,
    input: graph.input(audio.extractor.input, { dtype: "float32", shape: inputShape(audio) }),
  };
}

/**
 * Copies a part of a base behind that input.
 * @returns the value of the copy for each value of the base; inside: 1 for a frame of the clip, if the base knows padding by its mask
 */
function copyTrunk(base: AudioBase, trunk: Graph) {
  const { audio } = base;
  const { graph, input } = started(base);
  const sounds = soundInput(trunk, { name: trunk.name, onnx: trunk.name });
  const mask = trunk.inputs.find((v) => v !== sounds);
  const g = new Builder(graph, "mask");
  const sized = takesSamples(audio) ? ofFixedLength(graph, input, audio.fixed?.[0]) : input;
  const absent = mask === undefined ? undefined : g.less(sized, g.number(paddingBelow));
  const samples = audio.grid && absent ? g.where(absent, g.number(0), sized) : sized;
  const bindings = new Map<Value, Value>([[sounds, samples], ...layersOfOldHead(graph, trunk)]);
  // A base without a grid gets clips of one length: all their samples are of the clip.
  if (mask !== undefined && absent !== undefined)
    bindings.set(mask, g.cast(g.node("Not", [absent], {}), trunk.typeOf(mask).dtype));
  const inside = audio.grid && absent ? framesInside(g, absent, audio.grid) : undefined;
  return { graph, copied: inline(graph, trunk, bindings), inside };
}

/** Copies weights of a head that Engraft wrote, and that are in the base now, under names of the base. */
const layersOfOldHead = (graph: Graph, trunk: Graph): [Value, Value][] =>
  [...trunk.initializers]
    .filter(([value]) => value.startsWith(headPrefix))
    .map(([value, data]) => [value, graph.initializer(graph.fresh(value.slice(headPrefix.length)), data)]);

/** Marks the frames that end within the clip, and the first one: float32[batch, frames]. */
function framesInside(g: Builder, absent: Value, { size, stride }: FrameGrid): Value {
  const present = g.sub(g.number(1), g.cast(absent, "float32"));
  const at = (starts: number, ends: number): Value =>
    g.slice(present, { starts: [starts], ends: [ends], axes: [1], steps: [stride] });
  const first = at(size - 1, size);
  return g.concat([g.add(g.mul(first, g.number(0)), g.number(1)), at(size - 1 + stride, 2 ** 31 - 1)], 1);
}

/** Copies a network over patches behind YAMNet's front end: its features are a row a patch. */
function overPatches(base: AudioBase, trunk: Graph, cut: Cut): CutModel {
  const { graph, input } = started(base);
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

const takesSamples = ({ extractor }: AudioFacts): boolean => extractor.dims(1).length === 1;

/** Samples of any length; frames of the size that the file takes. */
function inputShape(audio: AudioFacts): readonly (string | number)[] {
  return ["batch", ...(takesSamples(audio) ? ["length"] : (audio.fixed ?? audio.extractor.dims(1)))];
}

/** Cuts samples to the only length that a file takes, or fills them with zeros. */
function ofFixedLength(graph: Graph, samples: Value, length: number | undefined): Value {
  if (length === undefined) return samples;
  const g = new Builder(graph, "length");
  const filled = g.pad(samples, [0, 0, 0, length]);
  return g.slice(filled, { starts: [0], ends: [length], axes: [1] });
}

function cutOf(graph: Graph, requested: Value | undefined, names: readonly string[]): Cut {
  if (requested !== undefined) return { value: requested, because: "--cut names it" };
  const own = findFrameHead(graph);
  if (own) return { value: own.features, because: "it feeds the head of a recogniser" };
  const named = names.find((name) => graph.outputs.includes(name));
  return named === undefined ? findCut(graph) : { value: named, because: "the features, by its name" };
}

/** Returns one row of features a clip: the mean over time or over a map. */
export function rowOf(g: Builder, value: Value): Value {
  const rank = g.typeOf(value).shape!.length;
  if (rank === 2) return value;
  return rank === 3 ? g.reduceMean(value, { axes: [1] }) : g.flatten(g.globalAveragePool(value));
}
