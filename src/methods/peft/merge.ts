import { withWeights } from "../../bases/heads.js";
import { float32, type Tensor } from "../../core/tensor.js";
import type { Graph } from "../../graph/graph.js";
import type { Node, Value } from "../../graph/node.js";
import { adapt, type Weights } from "./adapt.js";
import { type AdapterSpec, adapterValue, type Place } from "./adapter-spec.js";
import { isReadAlone, type Site, sitesOf } from "./sites.js";

/**
 * Merges a model's adapters: W + s B A, m ⊙ (W + s B A) / ‖W + s B A‖, or W with rows and columns scaled, in float64,
 * rounded once. The result has only the base's nodes.
 *
 * Adapters that cannot be merged stay as plain operators: of a weight stored as integers (merged, it would be four
 * times as large), of a weight that other nodes read too, and a bottleneck, which is not linear.
 *
 * @param weights the adapters' tensors by their names in the adapted graph; other tensors are set by name
 */
export function merged(graph: Graph, spec: AdapterSpec, weights: Weights): Graph {
  const sites = new Map(sitesOf(graph).map((site) => [site.weight, site]));
  const changed = new Map<Value, Tensor<"float32">>();
  const left = unmergeable(graph, spec);
  for (const place of spec.places)
    if (!left.includes(place)) mergeInto(graph, changed, sites.get(place.at)!, place, spec, weights);
  const unmerged = adapt(graph, { ...spec, dropout: 0, places: left }).graph;
  return withWeights(unmerged, new Map([...weights, ...changed]));
}

/** Returns the places whose adapter {@link merged} would leave as operators. */
export function unmergeable(graph: Graph, spec: AdapterSpec): readonly Place[] {
  const sites = new Map(sitesOf(graph).map((site) => [site.weight, site]));
  const readers = graph.consumers();
  return spec.places.filter((place) => {
    const site = sites.get(place.at);
    return !site || !mergeable(graph, site, place, spec, readers);
  });
}

function mergeable(
  graph: Graph,
  site: Site,
  place: Place,
  spec: AdapterSpec,
  readers: ReadonlyMap<Value, readonly Node[]>,
): boolean {
  const own = (value: Value): boolean =>
    graph.initializers.get(value)?.dtype === "float32" && isReadAlone(graph, site, value, readers);
  if (!own(site.weight)) return false;
  const { bias } = site.uses[0]!;
  if (spec.kind !== "ia3" || place.input || bias === undefined) return true;
  return own(bias) && site.uses.every((use) => use.bias === bias);
}

function mergeInto(
  graph: Graph,
  changed: Map<Value, Tensor<"float32">>,
  site: Site,
  place: Place,
  spec: AdapterSpec,
  weights: Weights,
): void {
  const now = (value: Value): Tensor<"float32"> =>
    changed.get(value) ??
    (weights.get(value) as Tensor<"float32"> | undefined) ??
    (graph.initializers.get(value) as Tensor<"float32">);
  const part = (suffix: string): Float32Array =>
    weights.get(adapterValue(place, suffix))!.data as Float32Array;
  const { dims, data: w } = now(site.weight);
  const { outputs } = site;
  const each = w.length / outputs;
  /** Index of weight k of output j: [out, …] or [in, out]. */
  const at = (j: number, k: number): number => (site.turned ? j * each + k : k * outputs + j);
  const result = new Float32Array(w.length);
  if (spec.kind === "ia3") {
    const l = part("ia3_l");
    const kernel = site.kind === "conv" ? dims.slice(2).reduce((a, b) => a * b, 1) : 1;
    const perGroup = outputs / site.groups;
    for (let j = 0; j < outputs; j++)
      for (let k = 0; k < each; k++) {
        const channel = Math.floor(j / perGroup) * site.inputs + Math.floor(k / kernel);
        result[at(j, k)] = w[at(j, k)]! * l[place.input ? channel : j]!;
      }
    const { bias } = site.uses[0]!;
    if (bias !== undefined && !place.input) {
      const b = now(bias);
      changed.set(
        bias,
        float32(
          b.dims,
          Float32Array.from(b.data, (v, j) => v * l[j]!),
        ),
      );
    }
  } else {
    const [a, b] = [part("lora_A.weight"), part("lora_B.weight")];
    const r = a.length / each;
    const row = new Float64Array(each);
    for (let j = 0; j < outputs; j++) {
      for (let k = 0; k < each; k++) row[k] = w[at(j, k)]!;
      for (let i = 0; i < r; i++) {
        const f = spec.scale * b[j * r + i]!;
        if (f !== 0) for (let k = 0; k < each; k++) row[k]! += f * a[i * each + k]!;
      }
      if (spec.kind === "dora") {
        let square = 0;
        for (const v of row) square += v * v;
        const f = part("lora_magnitude_vector.weight")[j]! / Math.sqrt(square);
        for (let k = 0; k < each; k++) row[k]! *= f;
      }
      for (let k = 0; k < each; k++) result[at(j, k)] = row[k]!;
    }
  }
  changed.set(site.weight, float32(dims, result));
}
