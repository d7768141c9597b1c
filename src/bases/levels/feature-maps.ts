import { type Dim, formatType, isStatic, type StaticShape } from "../../core/shape.js";
import type { Node, Value } from "../../graph/node.js";
import type { PictureSize, SizedGraph } from "./sized-graph.js";

/** Order of the axes of a feature map. tokens: [batch, prefix + height · width, channels]. */
export type MapLayout = "NCHW" | "NHWC" | "tokens";

/** A value that holds a row of features for each place of a grid over the picture. */
export interface FeatureMap {
  readonly value: Value;
  /** Pixels of the picture per place, to the next power of two. */
  readonly stride: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly layout: MapLayout;
  /** Tokens before those of the grid, such as a class token; 0 for other layouts. */
  readonly prefix: number;
}

/** Patch sides of vision transformers. */
const patchSides = [4, 8, 14, 16, 32];
/** Most class and register tokens before the tokens of the grid. */
const mostPrefix = 8;
/** Largest difference of the strides of height and width, as a share. */
const mostSkew = 0.15;
/** Most places that a map lacks at its border: Inception v3, which does not pad, lacks 3.75 at stride 4. */
const mostMissing = 4;

/** Operators that write a map with channels on axis 1. */
const channelsFirst = new Set(
  `Conv ConvTranspose MaxPool AveragePool LpPool BatchNormalization InstanceNormalization LRN
  DepthToSpace SpaceToDepth`.split(/\s+/),
);
/** Operators that keep the shape of an input, place by place: their result is a map only if that input is one. */
const pointwise = new Set(
  `Add Sub Mul Div Pow Min Max Neg Abs Sqrt Exp Log Reciprocal Erf Where Cast Relu Sigmoid Tanh Softplus Softsign
  HardSwish LeakyRelu Elu Selu HardSigmoid PRelu Clip Softmax LogSoftmax Gelu Mish Identity`.split(/\s+/),
);

/** Operators that may give the axes another meaning. */
const reordering = new Set(["Reshape", "Flatten", "Squeeze", "Unsqueeze"]);

/** Returns every feature map of a graph, in the order in which they are computed. */
export function featureMaps(sized: SizedGraph): Map<Value, FeatureMap> {
  const maps = new Map<Value, FeatureMap>();
  for (const node of sized.graph.nodes) {
    for (const value of node.outputs) {
      if (!sized.fromPicture.has(value)) continue;
      const found = mapOf(sized, value, layoutsOf(sized, maps, node));
      if (typeof found !== "string") maps.set(value, found);
    }
  }
  return maps;
}

/** Returns the layouts that a node's output may have, the likeliest first. */
function layoutsOf(
  { fromPicture }: SizedGraph,
  maps: ReadonlyMap<Value, FeatureMap>,
  node: Node,
): readonly MapLayout[] {
  if (channelsFirst.has(node.op)) return ["NCHW"];
  const computed = node.inputs.filter((v) => fromPicture.has(v));
  const read = computed.flatMap((v) => maps.get(v)?.layout ?? []);
  if (pointwise.has(node.op)) return read.slice(0, 1);
  if (node.op === "MatMul" || node.op === "LayerNormalization")
    return computed.length > 1 ? [] : read.filter((layout) => layout !== "NCHW");
  const any = ["NCHW", "NHWC", "tokens"] as const;
  if (node.op === "Transpose") {
    const moved = `${read[0]} ${node.kind === "op" && node.attributes.perm}`;
    return moved === "NCHW 0,2,3,1" ? ["NHWC"] : moved === "NHWC 0,3,1,2" ? ["NCHW"] : any;
  }
  return read.length === 0 || reordering.has(node.op) ? any : read.slice(0, 1);
}

/**
 * Returns the feature map that a value is, or the reason why it is none.
 *
 * stride = 2^round(log2(H / h)); h and w are H / stride and W / stride up to one place, or up to 4 places if h / w and
 * H / W differ by less than 15 %.
 *
 * @param layouts orders of axes to try
 */
export function mapOf(
  { graph, batch, height, width }: SizedGraph,
  value: Value,
  layouts: readonly MapLayout[] = ["NCHW", "NHWC", "tokens"],
): FeatureMap | string {
  const type = graph.types.get(value);
  const sides = type?.shape?.slice(1);
  if (!type?.shape || !isStatic(sides)) return "its size is not known for this picture size";
  if (type.dtype !== "float32") return `it is ${formatType(type)}, not float32`;
  if (sides.length !== 2 && sides.length !== 3) return `it has ${sides.length + 1} axes, not 3 or 4`;
  if (type.shape[0] !== batch) return "its first axis is not the batch";
  const picture = { height, width };
  for (const layout of layouts) {
    const grid = layout === "tokens" ? tokenGrid(sides, picture) : mapGrid(sides, layout, picture);
    if (grid) return { value, layout, ...grid };
  }
  return `it has no axes of height and width for a picture of ${height} x ${width}`;
}

type Grid = Pick<FeatureMap, "stride" | "channels" | "height" | "width" | "prefix">;

/** Returns the stride of a grid of h × w places over the picture; undefined if it is no such grid. */
export function strideOf(h: Dim | undefined, w: Dim | undefined, picture: PictureSize): number | undefined {
  if (typeof h !== "number" || typeof w !== "number" || h * w <= 1) return undefined;
  const stride = 2 ** Math.round(Math.log2(picture.height / h));
  const [rows, columns] = [picture.height / stride, picture.width / stride];
  const missing = Math.max(Math.abs(h - rows), Math.abs(w - columns));
  const skew = Math.abs((h * picture.width) / (w * picture.height) - 1);
  // A map of few places is skewed by rounding alone.
  const fits = stride >= 1 && (missing <= 1 || (missing <= mostMissing && skew < mostSkew));
  return fits ? stride : undefined;
}

function mapGrid(sides: StaticShape, layout: "NCHW" | "NHWC", picture: PictureSize): Grid | undefined {
  const [a, b, c] = sides;
  if (a === undefined || b === undefined || c === undefined) return undefined;
  const [channels, height, width] = layout === "NCHW" ? [a, b, c] : [c, a, b];
  const stride = strideOf(height, width, picture);
  return stride === undefined ? undefined : { stride, channels, height, width, prefix: 0 };
}

function tokenGrid(sides: StaticShape, picture: PictureSize): Grid | undefined {
  const [length, channels, more] = sides;
  if (length === undefined || channels === undefined || more !== undefined) return undefined;
  const grids = patchSides.flatMap((side) => {
    const [height, width] = [Math.floor(picture.height / side), Math.floor(picture.width / side)];
    const prefix = length - height * width;
    return height * width > 1 && prefix >= 0 && prefix <= mostPrefix
      ? [{ stride: 2 ** Math.round(Math.log2(side)), channels, height, width, prefix }]
      : [];
  });
  return grids.sort((p, q) => p.prefix - q.prefix)[0];
}
