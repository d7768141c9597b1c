import { draws } from "../../core/random.js";
import { float32, type Tensor } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import type { Graph } from "../../graph/graph.js";
import { none, type Value } from "../../graph/node.js";
import { headPrefix, headValues } from "../heads.js";

/** A map of features, float32[batch, C, h, w]. Several values of one size count as one map with their channels together. */
export interface FeatureMap {
  readonly values: readonly Value[];
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

export interface DetectionHeadOptions {
  /** K */
  readonly classes: number;
  /** True if each map has seen the coarser ones, as those of a detector have: a level then reads its own map only. */
  readonly hasNeck: boolean;
  /** Channels inside of the head. */
  readonly width: number;
  /** Residual blocks of each level, which widen its field of view. */
  readonly blocks: number;
  /** Seed of random weights. */
  readonly seed: number;
}

/** Names of the weights of a level. @param level its position, the finest first */
export const levelNames = (level: number) => {
  const at = (name: string) => `${headPrefix}level${level}/${name}`;
  return {
    /** Mixes the channels of a map: float32[width, C, 1, 1]. */
    mix: (map: number) => at(`mix${map}.weight`),
    mixBias: at("mix.bias"),
    /** float32[K + 4, width, 1, 1] */
    out: at("out.weight"),
    outBias: at("out.bias"),
  };
};

/** Names of the normalisation of a map. */
export const mapNames = (map: number) => {
  const at = (name: string) => `${headPrefix}map${map}/norm.${name}`;
  return { scale: at("scale"), bias: at("bias"), mean: at("mean"), variance: at("variance") };
};

/**
 * Adds a detection head without anchors to the maps of a backbone: output `logits` float32[batch, P, K + 4], K class logits and four
 * raw distances for each place, level by level from the finest, row by row.
 *
 * Each map is normalised. A level adds its own map and the coarser ones, enlarged, after 1 × 1 convolutions to `width` channels.
 * SiLU, residual blocks and a 1 × 1 convolution follow. The last convolution of a block starts at 0, so at first a place sees its
 * own features only: a head that was solved on rows of features is a start for this one.
 *
 * @param maps the finest first
 * @see Lin et al., "Feature Pyramid Networks", 2017; Zhang et al., "Fixup Initialization", 2019, for blocks that start at 0
 */
export function withDetectionHead(body: Graph, maps: readonly FeatureMap[], options: DetectionHeadOptions): Graph {
  const graph = body.clone();
  const g = new Builder(graph, "engraft/detection");
  const { classes, hasNeck, blocks } = options;
  const outputs = classes + 4;
  const normal = maps.map((map, m) => normalised(g, map, m));
  const rows = maps.map((map, level) => {
    const read = maps.flatMap((_, m) => (m === level || (!hasNeck && m > level) ? [m] : []));
    const mixed = read.map((m) => {
      const weight = random(g, levelNames(level).mix(m), [options.width, maps[m]!.channels, 1, 1], options, read.length);
      const bias = m === level ? zeros(g, levelNames(level).mixBias, [options.width]) : undefined;
      return enlarged(g, g.conv(normal[m]!, weight, bias), maps[m]!, map);
    });
    let x = silu(g, mixed.reduce((a, b) => g.add(a, b)));
    for (let b = 0; b < blocks; b++) x = g.add(x, block(g, x, `${headPrefix}level${level}/block${b}`, options));
    const weight = random(g, levelNames(level).out, [outputs, options.width, 1, 1], options, 1, 0.01);
    const y = g.conv(x, weight, zeros(g, levelNames(level).outBias, [outputs]));
    return g.transpose(g.reshape(y, [0, outputs, map.height * map.width]), [0, 2, 1]);
  });
  graph.outputs.length = 0;
  graph.outputs.push(named(graph, g.concat(rows, 1), headValues.logits));
  return graph;
}

/** BatchNormalization of a map, with mean 0 and variance 1 until they are known. */
function normalised(g: Builder, { values, channels }: FeatureMap, map: number): Value {
  const names = mapNames(map);
  const filled = (name: string, value: number) =>
    g.graph.initializer(name, float32([channels], new Float32Array(channels).fill(value)));
  const inputs = [g.concat(values, 1), filled(names.scale, 1), filled(names.bias, 0)];
  inputs.push(filled(names.mean, 0), filled(names.variance, 1));
  return g.node("BatchNormalization", inputs, { epsilon: 1e-5, momentum: 0.9, training_mode: false });
}

function block(g: Builder, x: Value, name: string, options: DetectionHeadOptions): Value {
  const { width } = options;
  const depthwise = random(g, `${name}/depthwise.weight`, [width, 1, 3, 3], options, 9);
  const inner = g.conv(x, depthwise, zeros(g, `${name}/depthwise.bias`, [width]), { pads: [1, 1, 1, 1], group: width });
  const pointwise = g.graph.initializer(`${name}/pointwise.weight`, float32([width, width, 1, 1], new Float32Array(width * width)));
  return g.conv(silu(g, inner), pointwise, zeros(g, `${name}/pointwise.bias`, [width]));
}

/** x σ(x) */
export const silu = (g: Builder, x: Value): Value => g.mul(x, g.sigmoid(x));

/** Repeats the cells of a coarser map. */
function enlarged(g: Builder, x: Value, from: FeatureMap, to: FeatureMap): Value {
  if (from.height === to.height && from.width === to.width) return x;
  return g.node("Resize", [x, none, none, g.ints([to.height, to.width])], {
    ...{ mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor", axes: [2, 3] },
    ...{ cubic_coeff_a: -0.75, exclude_outside: false, extrapolation_value: 0 },
    keep_aspect_ratio_policy: "stretch",
  });
}

function zeros(g: Builder, name: string, dims: readonly number[]): Value {
  return g.graph.initializer(name, float32(dims, new Float32Array(dims.reduce((a, b) => a * b, 1))));
}

/** Draws a weight with σ² = 2 / fan-in, or with a given σ. */
function random(
  g: Builder,
  name: string,
  dims: readonly number[],
  { seed }: DetectionHeadOptions,
  share: number,
  sigma = Math.sqrt(2 / (dims[1]! * share)),
): Value {
  const draw = draws(seed, "initial weights", name);
  const data = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => sigma * draw.normal());
  const weight: Tensor = float32(dims, data);
  return g.graph.initializer(name, weight);
}

function named(graph: Graph, value: Value, name: Value): Value {
  graph.push(
    { kind: "op", op: "Identity", name, inputs: [value], outputs: [name], attributes: {} },
    [graph.typeOf(value)],
  );
  return name;
}
