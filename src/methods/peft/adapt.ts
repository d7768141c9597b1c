import { EngraftError } from "../../core/errors.js";
import { draws } from "../../core/random.js";
import type { Tensor } from "../../core/tensor.js";
import type { Graph } from "../../graph/graph.js";
import { dequantizedWeight } from "../../graph/import/dequantize.js";
import type { AnyOpNode, Value } from "../../graph/node.js";
import { type AdapterSpec, type AdapterTensor, type Place, tensorsOf } from "./adapter-spec.js";
import { saltOf } from "./dropout.js";
import { bottleneck, dora, ia3, lora } from "./insert.js";
import { type Rewrite, rewritten } from "./rewrite.js";
import { type Site, sitesOf } from "./sites.js";

/** A model with adapters and frozen weights. */
export interface Adapted {
  readonly graph: Graph;
  /** Trainable tensors, by place. */
  readonly tensors: ReadonlyMap<Place, readonly AdapterTensor[]>;
  /** Values that no gradient passes. */
  readonly constants: readonly Value[];
}

/**
 * Adds adapters to a model, whose own weights become constants. The output does not change at first, because every
 * adapter starts as the identity: B = 0, l = 1, U = 0, m = ‖W‖.
 *
 * @param seed of the random matrices
 * @throws ModelError if the model lacks weights that the adapters belong to
 */
export function adapt(graph: Graph, spec: AdapterSpec, seed = 0): Adapted {
  const sites = new Map(sitesOf(graph).map((site) => [site.weight, site]));
  const producers = new Map(graph.nodes.flatMap((n, i) => n.outputs.map((v) => [v, i] as const)));
  const missing = spec.places.filter((p) =>
    spec.kind === "adapter" ? !producers.has(p.at) : !sites.has(p.at),
  );
  if (missing.length > 0)
    throw new EngraftError(
      "ModelError",
      `the model has no ${missing
        .map((p) => `"${p.at}"`)
        .slice(0, 3)
        .join(", ")}, which ${missing.length} of ${spec.places.length} adapters belong to`,
      {
        help: "put adapters into the base that they were trained for",
        details: { missing: missing.map((p) => p.at) },
      },
    );
  const tensors = new Map<Place, readonly AdapterTensor[]>();
  const rewrites = new Map<number, Rewrite>();
  const constants: Value[] = [];
  for (const place of spec.places) {
    const site = sites.get(place.at);
    const shape =
      spec.kind === "adapter" ? channelsOf(graph, place.at) : { site: site!, spatial: spatialOf(site!) };
    const draw = draws(seed, "adapter", place.name);
    const made = tensorsOf(spec, place, shape, draw, () => outputNorms(graph, site!));
    tensors.set(place, made);
  }
  const of = (place: Place): Value[] => tensors.get(place)!.map((t) => t.value);
  if (spec.kind === "ia3") scaleOutputs(graph, spec, sites, of, rewrites);
  else
    for (const place of spec.places) {
      const [a, b, c, d] = of(place) as [Value, Value, Value, Value];
      if (spec.kind === "adapter") {
        const { spatial } = channelsOf(graph, place.at);
        const parts = { down: a, downBias: b, up: c, upBias: d };
        rewrites.set(producers.get(place.at)!, bottleneck(parts, spatial > 0));
        continue;
      }
      const site = sites.get(place.at)!;
      for (const use of site.uses) {
        const low = {
          site,
          a,
          b,
          m: c,
          scale: spec.scale,
          dropout: spec.dropout,
          salt: saltOf(seed, `${place.name}/${use.node}`),
          constant: (v: Value) => constants.push(v),
        };
        const product = graph.nodes[use.node] as AnyOpNode;
        if (spec.kind === "dora") rewrites.set(use.node, dora(low));
        else rewrites.set(use.end, lora(low, product));
      }
    }
  const adapted = rewritten(graph, rewrites, (g) => {
    for (const list of tensors.values()) for (const t of list) g.graph.initializer(t.value, t.initial());
  });
  return { graph: adapted, tensors, constants };
}

/** IA3 may scale both the input and the output of a weight's product. */
function scaleOutputs(
  graph: Graph,
  spec: AdapterSpec,
  sites: ReadonlyMap<Value, Site>,
  of: (place: Place) => Value[],
  rewrites: Map<number, Rewrite>,
): void {
  const byNode = new Map<number, { conv: boolean; input?: Value; output?: Value }>();
  for (const place of spec.places) {
    const site = sites.get(place.at)!;
    for (const use of site.uses) {
      const index = place.input ? use.node : use.end;
      const [l] = of(place);
      const conv = graph.nodes[use.node]!.op === "Conv";
      byNode.set(index, { ...byNode.get(index), conv, ...(place.input ? { input: l! } : { output: l! }) });
    }
  }
  for (const [index, { conv, ...l }] of byNode) rewrites.set(index, ia3(conv, l));
}

const spatialOf = (site: Site): number => (site.kind === "conv" ? site.dims.length - 2 : 0);

/** Returns the channels of a value: the second size of a map [batch, channels, height, width], else the last. */
function channelsOf(graph: Graph, value: Value): { width: number; spatial: number } {
  const shape = graph.types.get(value)?.shape;
  const isMap = shape !== undefined && shape.length === 4;
  const width = isMap ? shape[1] : shape?.at(-1);
  if (typeof width !== "number")
    throw new EngraftError(
      "ModelError",
      `the channels of "${value}" are not known, so no adapter fits behind it`,
      { help: "give the sizes of the pictures (image size), or use lora" },
    );
  return { width, spatial: isMap ? 2 : 0 };
}

/**
 * Returns ‖W‖ over the weights of each output, the initial magnitudes of DoRA. @throws ModelError if W is not known
 * before the model runs
 */
function outputNorms(graph: Graph, site: Site): Float32Array {
  const weight =
    (graph.initializers.get(site.weight) as Tensor<"float32"> | undefined) ??
    dequantizedWeight(graph, site.weight);
  if (weight === undefined)
    throw new EngraftError(
      "ModelError",
      `the numbers of the weight of "${site.name}" are not known before the model runs: dora begins with their norms`,
      { at: `value "${site.weight}"`, help: "use --strategy lora, or leave this weight out of targets" },
    );
  const squares = new Float64Array(site.outputs);
  const each = weight.data.length / site.outputs;
  for (let i = 0; i < weight.data.length; i++)
    squares[site.turned ? Math.floor(i / each) : i % site.outputs]! += weight.data[i]! ** 2;
  return Float32Array.from(squares, Math.sqrt);
}

/** Returns the tensors of adapters by their names in PEFT's files. */
export function keysOf(adapted: Pick<Adapted, "tensors">): Map<string, Value> {
  const keys = new Map<string, Value>();
  for (const [place, list] of adapted.tensors)
    for (const t of list)
      keys.set(`base_model.model.${place.name}${place.input ? ".in" : ""}.${t.suffix}`, t.value);
  return keys;
}

/** Returns all tensors that are fed, trained or saved. */
export function valuesOf({ tensors }: Pick<Adapted, "tensors">): AdapterTensor[] {
  return [...tensors.values()].flat();
}

export type Weights = ReadonlyMap<Value, Tensor>;
