import { draws } from "../../core/random.js";
import { sizeOf } from "../../core/shape.js";
import { float32, type Tensor } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import type { Graph } from "../../graph/graph.js";
import { none, type Value } from "../../graph/node.js";
import { headPrefix, headValues } from "../heads.js";

/** A map of features, float32[batch, C, h, w]. Several values of one size count as one map with their channels together. */
export interface FeatureMap {
  readonly values: readonly Value[];
  /** Nominal side of a cell, in pixels of the network's input. */
  readonly stride: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** A grid of cells at which a dense head predicts. */
export interface HeadLevel {
  readonly height: number;
  readonly width: number;
  /** Positions of the maps that it reads. Coarser maps are enlarged. */
  readonly reads: readonly number[];
}

/** The form of a dense head. */
export interface DenseHeadShape {
  readonly maps: readonly FeatureMap[];
  readonly levels: readonly HeadLevel[];
  /** Predicted numbers of a cell. */
  readonly outputs: number;
  /** Channels inside of the head. */
  readonly width: number;
  /** Residual blocks of each level, which widen its field of view. */
  readonly blocks: number;
  /** How a coarser map is enlarged. */
  readonly enlarge: "nearest" | "linear";
}

/** Names of the weights of a level. */
export const levelNames = (level: number) => {
  const at = (name: string) => `${headPrefix}level${level}/${name}`;
  return {
    /** Mixes the channels of a map: float32[width, C, 1, 1]. */
    mix: (map: number) => at(`mix${map}.weight`),
    mixBias: at("mix.bias"),
    block: (block: number, name: string) => at(`block${block}/${name}`),
    /** float32[outputs, width, 1, 1] */
    out: at("out.weight"),
    outBias: at("out.bias"),
  };
};

/** Names of the normalisation of a map. */
export const mapNames = (map: number) => {
  const at = (name: string) => `${headPrefix}map${map}/norm.${name}`;
  return { scale: at("scale"), bias: at("bias"), mean: at("mean"), variance: at("variance") };
};

/** Added to the variance of a channel. */
export const normEpsilon = 1e-5;

/**
 * Adds a dense head to the maps of a backbone, and returns its prediction for each level, float32[batch, outputs, h, w].
 *
 * Each map is normalised. A level adds its maps after 1 × 1 convolutions to `width` channels, the coarser ones enlarged. SiLU, residual
 * blocks and a 1 × 1 convolution follow. All weights are 0, and normalisations pass their input: {@link freshDenseHead} draws weights.
 * While the last convolution of each block is 0, a cell sees its own features only, so a head that was solved on rows of features is
 * this head.
 *
 * @see Lin et al., "Feature Pyramid Networks", 2017
 */
export function addDenseHead(graph: Graph, shape: DenseHeadShape): Value[] {
  const g = new Builder(graph, "engraft/dense");
  const normal = shape.maps.map((map, m) => addNorm(g, map, m));
  return shape.levels.map((level, l) => {
    const names = levelNames(l);
    const mixed = level.reads.map((m, first) => {
      const weight = zeros(g, names.mix(m), [shape.width, shape.maps[m]!.channels, 1, 1]);
      const bias = first === 0 ? zeros(g, names.mixBias, [shape.width]) : none;
      return enlarged(g, g.conv(normal[m]!, weight, bias), shape.maps[m]!, level, shape.enlarge);
    });
    let x = silu(
      g,
      mixed.reduce((a, b) => g.add(a, b)),
    );
    for (let b = 0; b < shape.blocks; b++)
      x = g.add(
        x,
        addBlock(g, x, shape.width, (name) => names.block(b, name)),
      );
    const out = zeros(g, names.out, [shape.outputs, shape.width, 1, 1]);
    return g.conv(x, out, zeros(g, names.outBias, [shape.outputs]));
  });
}

/** Makes a value the only output of a graph, under the name `logits`. */
export function onlyLogits(graph: Graph, value: Value): Graph {
  const name = headValues.logits;
  graph.push({ kind: "op", op: "Identity", name, inputs: [value], outputs: [name], attributes: {} }, [
    graph.typeOf(value),
  ]);
  graph.outputs.splice(0, graph.outputs.length, name);
  return graph;
}

/** x σ(x) */
export const silu = (g: Builder, x: Value): Value => g.mul(x, g.sigmoid(x));

/** Adds BatchNormalization of a map, with mean 0 and variance 1 until they are known. */
function addNorm(g: Builder, { values, channels }: FeatureMap, map: number): Value {
  const names = mapNames(map);
  const filled = (name: string, value: number): Value =>
    g.graph.initializer(name, float32([channels], new Float32Array(channels).fill(value)));
  const x = g.concat(values, 1);
  const inputs = [
    x,
    filled(names.scale, 1),
    filled(names.bias, 0),
    filled(names.mean, 0),
    filled(names.variance, 1),
  ];
  return g.node("BatchNormalization", inputs, { epsilon: normEpsilon, momentum: 0.9, training_mode: false });
}

/** A 3 × 3 convolution of each channel, SiLU, and a 1 × 1 convolution. */
function addBlock(g: Builder, x: Value, width: number, nameOf: (name: string) => Value): Value {
  const weight = zeros(g, nameOf("depthwise.weight"), [width, 1, 3, 3]);
  const bias = zeros(g, nameOf("depthwise.bias"), [width]);
  const inner = silu(g, g.conv(x, weight, bias, { pads: [1, 1, 1, 1], group: width }));
  const last = zeros(g, nameOf("pointwise.weight"), [width, width, 1, 1]);
  return g.conv(inner, last, zeros(g, nameOf("pointwise.bias"), [width]));
}

function enlarged(
  g: Builder,
  x: Value,
  from: FeatureMap,
  to: HeadLevel,
  mode: DenseHeadShape["enlarge"],
): Value {
  if (from.height === to.height && from.width === to.width) return x;
  return g.node("Resize", [x, none, none, g.ints([to.height, to.width])], {
    mode,
    coordinate_transformation_mode: mode === "linear" ? "half_pixel" : "asymmetric",
    nearest_mode: "floor",
    axes: [2, 3],
    keep_aspect_ratio_policy: "stretch",
    cubic_coeff_a: -0.75,
    exclude_outside: false,
    extrapolation_value: 0,
  });
}

const zeros = (g: Builder, name: Value, dims: readonly number[]): Value =>
  g.graph.initializer(name, float32(dims, new Float32Array(sizeOf(dims))));

/** Deviation of the first predictions. @see Lin et al., "Focal Loss for Dense Object Detection", 2017, section 4.1 */
const outDeviation = 0.01;

/**
 * Draws random weights of a dense head: σ² = 2 / fan-in for convolutions before SiLU, σ = 0.01 for the predictions, 0 for the last
 * convolution of each block and for biases.
 * @param outBias float32[outputs]: first predictions of a level. Default 0
 * @see He et al., "Delving Deep into Rectifiers", 2015
 */
export function freshDenseHead(
  shape: Pick<DenseHeadShape, "maps" | "levels" | "outputs" | "width" | "blocks">,
  seed: number,
  outBias?: (level: number) => Float32Array,
): ReadonlyMap<Value, Tensor> {
  const { maps, levels, outputs, width, blocks } = shape;
  const weights = new Map<Value, Tensor>();
  const draw = (name: Value, dims: readonly number[], deviation: number): void => {
    const normal = draws(seed, "initial weights", name);
    weights.set(
      name,
      float32(
        dims,
        Float32Array.from({ length: sizeOf(dims) }, () => deviation * normal.normal()),
      ),
    );
  };
  levels.forEach(({ reads }, l) => {
    const names = levelNames(l);
    const fan = reads.reduce((sum, m) => sum + maps[m]!.channels, 0);
    for (const m of reads) draw(names.mix(m), [width, maps[m]!.channels, 1, 1], Math.sqrt(2 / fan));
    for (let b = 0; b < blocks; b++)
      draw(names.block(b, "depthwise.weight"), [width, 1, 3, 3], Math.sqrt(2 / 9));
    draw(names.out, [outputs, width, 1, 1], outDeviation);
    if (outBias) weights.set(names.outBias, float32([outputs], outBias(l)));
  });
  return weights;
}

/** Returns the number of weights of a dense head, without running statistics. */
export function headParameters({ maps, levels, outputs, width, blocks }: DenseHeadShape): number {
  const norms = maps.reduce((sum, { channels }) => sum + 2 * channels, 0);
  const ofBlock = 9 * width + width + width * width + width;
  const ofLevel = ({ reads }: HeadLevel): number =>
    reads.reduce((sum, m) => sum + width * maps[m]!.channels, 0) +
    width +
    blocks * ofBlock +
    outputs * (width + 1);
  return norms + levels.reduce((sum, level) => sum + ofLevel(level), 0);
}
