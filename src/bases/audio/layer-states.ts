import { EngraftError } from "../../core/errors.js";
import { float32 } from "../../core/tensor.js";
import type { Builder } from "../../graph/builder.js";
import type { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { type Cut, extract } from "../../graph/surgery/index.js";
import { bottlenecks } from "../feature-cuts.js";
import { headPrefix } from "../heads.js";

/** The cut that takes a learned mix of all layers: `--cut mix`. */
export const mixCut = "mix";

/** Weight of the mix in the graph: float32[layers], before its softmax. It trains with the head, at the head's learning rate. */
export const mixWeight = `${headPrefix}mix.weight`;

/**
 * Returns the hidden states of a transformer: the value in front of its first layer, and the end of each layer, float32[batch, frames,
 * D]. A layer ends at the last value that all data passes through before the attention of the next one.
 * @param cut where the features of the model are: the search ends there
 * @throws ModelError if there are no two states of one width
 */
export function layerStates(graph: Graph, cut: Value): readonly Value[] {
  const trunk = extract(graph, [cut]);
  // Sizes, positions and masks depend on the input too, but they are no features.
  const isFeature = (v: Value): boolean => trunk.types.get(v)?.dtype === "float32";
  const places = bottlenecks(trunk, isFeature).filter(({ value }) => widthOf(trunk, value) !== undefined);
  const attentions = trunk.nodes.flatMap((node, index) => (node.op === "Softmax" ? [index] : []));
  const before = (index: number, list: typeof places) => list.findLast(({ depth }) => depth < index)?.value;
  // The width of the last layer: what follows it may be wider or narrower.
  const width = widthOf(trunk, before(attentions.at(-1) ?? 0, places) ?? "");
  const same = places.filter(({ value }) => widthOf(trunk, value) === width);
  const ends = [...attentions, trunk.nodes.length].map((index) => before(index, same));
  const states = [...new Set(ends)].filter((v) => v !== undefined);
  if (states.length > 1) return states;
  throw new EngraftError(
    "ModelError",
    "the base shows no layers with attention, so there is nothing to mix",
    {
      at: `the values up to "${cut}"`,
      help: "leave out --cut mix, or use a base such as wav2vec2, HuBERT, WavLM, AST or the encoder of Whisper",
    },
  );
}

/** Width of features over time; undefined for another value. */
function widthOf(graph: Graph, value: Value): number | undefined {
  const { dtype, shape } = graph.types.get(value) ?? {};
  const width = shape?.at(-1);
  return dtype === "float32" && shape?.length === 3 && typeof width === "number" ? width : undefined;
}

/**
 * Adds the mix of layers: z = Σ_i a_i h_i,   a = softmax(w).
 * @param states h_i, all of one size
 * @see Yang et al., "SUPERB: Speech processing Universal PERformance Benchmark", 2021, section 3.1
 */
export function mixOf(g: Builder, states: readonly Value[]): Value {
  const weight = g.graph.initializer(mixWeight, float32([states.length], new Float32Array(states.length)));
  const shares = g.softmax(weight, 0);
  const parts = states.map((state, i) =>
    g.mul(state, g.slice(shares, { starts: [i], ends: [i + 1], axes: [0] })),
  );
  return parts.reduce((sum, part) => g.add(sum, part));
}

/** Describes the cut of a mix. @param shares a_i, once they are learned */
export const cutOfMix = (states: readonly Value[], shares?: readonly number[]): Cut => ({
  value: shares ? `mix ${shares.map((a) => a.toFixed(3)).join(" ")}` : mixCut,
  because: `a weighted sum of ${states.length} layers, from "${states[0]}" to "${states.at(-1)}"`,
});
