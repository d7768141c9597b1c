import { isFloat } from "../../core/dtype.js";
import { EngraftError } from "../../core/errors.js";
import { type Message, message } from "../../core/messages/message.js";
import { formatShape } from "../../core/shape.js";
import type { Graph } from "../../graph/graph.js";
import type { Node, Value } from "../../graph/node.js";
import { findCut } from "../../graph/surgery/index.js";
import { ancestorsOf } from "./ancestors.js";
import { detectorMaps, type LevelUse, type PredictionMap } from "./detector-levels.js";
import { type FeatureMap, featureMaps, mapOf, strideOf } from "./feature-maps.js";
import { isAt, levelAt, requireSize } from "./level-at.js";
import type { FeatureLevel, FeatureLevels, RefusedValue } from "./levels.js";
import { predictionConvolutions } from "./prediction-convolutions.js";
import {
  type PictureInput,
  type PictureSize,
  requirePicture,
  type SizedGraph,
  sizedGraph,
} from "./sized-graph.js";
import { fewestChannels, levelStrides, type StageMap, stageMaps } from "./stage-levels.js";

export interface FindLevelsOptions {
  /** Picture size for the heights and widths of the result. Default: the size that the file fixes, else 352 x 416. */
  readonly size?: PictureSize;
  /** Number of classes of the model's classifier, if its configuration gives it. */
  readonly classes?: number;
}

/**
 * Picture size for the inference of sizes. Height and width differ, so their axes cannot be mistaken. The maps have 88,
 * 44, 22 and 11 rows: few networks have as many channels.
 */
export const probeSize: PictureSize = { height: 352, width: 416 };

/** Sides of the pictures of vision transformers, whose table of positions fits one size. */
const usualSides = [224, 384, 256, 336, 448, 512, 518, 192, 160, 128, 96, 64, 32];

/** What is found for one picture size. */
interface Attempt extends Pick<FeatureLevels, "kind" | "levels" | "decoder"> {
  readonly sized: SizedGraph;
  readonly maps: ReadonlyMap<Value, FeatureMap>;
  /** True if the sizes are known up to where the features end. */
  readonly isWhole: boolean;
}

/**
 * Finds the values of a model that hold features of several strides, for heads that predict boxes or masks.
 *
 * - detector: the maps that its prediction convolutions read
 * - segmenter: the last map of each stage of its encoder; besides, the map that the decoder's last convolution reads
 * - classifier: the last map of each stage
 *
 * Sizes are inferred for a picture whose height and width differ. If that does not work, because constants fix the size of
 * the picture (a table of positions), they are inferred for the file's own size, or for a usual one.
 *
 * @throws ModelError if the model has not one input of pictures, or if it takes another picture size only
 * @example
 * const { kind, levels } = findLevels(fromOnnx(bytes).graph, { size: { height: 320, width: 416 } });
 */
export function findLevels(graph: Graph, options: FindLevelsOptions = {}): FeatureLevels {
  const picture = requirePicture(graph);
  const probe = attempt(graph, picture, probeSize, options.classes);
  const own = ownAttempt(graph, picture, probe, options.classes);
  const isFree = !own || own.levels.every((level) => isAt(probe.sized, level));
  // With different sides no axes are mistaken, so the probe decides where it comes as far.
  const found = own && !(isFree && isSame(own, probe)) ? own : probe;
  const fixed = isFree ? undefined : sizeOf(own.sized);
  const size = options.size ?? fixed ?? picture.fixed ?? probeSize;
  requireSize(fixed, size);
  const sized = sizedGraph(graph, picture, size);
  const { kind, decoder } = found;
  // A detector's coarsest map may be a single place in a small picture.
  const there = found.levels.filter((level) => isAt(sized, level));
  return {
    kind,
    levels: (there.length > 0 ? there : found.levels).map((level) => levelAt(sized, level)),
    decoder: decoder && isAt(sized, decoder) ? levelAt(sized, decoder) : undefined,
    refused: refusedValues(found.sized, found.maps, found.levels),
    size,
    fixed,
  };
}

/** Returns what is found for the size that the file fixes, or that constants in it fix. */
function ownAttempt(
  graph: Graph,
  picture: PictureInput,
  probe: Attempt,
  classes: number | undefined,
): Attempt | undefined {
  if (picture.fixed) return attempt(graph, picture, picture.fixed, classes);
  if (probe.isWhole) return undefined;
  for (const side of usualSides) {
    const found = attempt(graph, picture, { height: side, width: side }, classes);
    if (found.isWhole) return found;
  }
  return undefined;
}

const sizeOf = ({ height, width }: PictureSize): PictureSize => ({ height, width });

/** True if a head can be trained on the levels: two strides, a detector's one stride, or a transformer's tokens. */
export const isEnough = ({ kind, levels }: Pick<FeatureLevels, "kind" | "levels">): boolean =>
  levels.length > 1 ||
  levels.some(({ values }) => kind === "detector" || values.some((one) => one.layout === "tokens"));

/** True if two attempts found the same values in a model of the same kind. */
const isSame = (a: Attempt, b: Attempt): boolean => {
  const [values, others] = [a, b].map(({ levels }) =>
    levels.flatMap((l) => l.values.map((one) => one.value)),
  );
  return a.kind === b.kind && values!.join() === others!.join();
};

function attempt(
  graph: Graph,
  picture: PictureInput,
  size: PictureSize,
  classes: number | undefined,
): Attempt {
  const sized = sizedGraph(graph, picture, size);
  const maps = featureMaps(sized);
  const predicted = detectorMaps(predictionConvolutions(sized, maps));
  if (predicted) {
    const levels = [...predicted.values()].map(detectorLevel);
    return { kind: "detector", levels, decoder: undefined, sized, maps, isWhole: true };
  }
  const dense = denseOutputs(sized, maps);
  const decoder = dense.map((output) => decoderMap(sized, maps, output)).find((map) => map !== undefined);
  const ends = decoder ? [decoder.value] : dense.length > 0 ? dense : endsOf(sized.graph, classes);
  return {
    kind: dense.length > 0 ? "segmenter" : "classifier",
    levels: stageMaps(sized, maps, ends).map(stageLevel),
    decoder: decoder && levelOf([{ map: decoder, use: "both" }], message("level-decoder")),
    isWhole: ends.every((value) => sized.graph.types.has(value)),
    sized,
    maps,
  };
}

/** Returns the values where a classifier's features end. Other outputs than the first may be features too. */
function endsOf(graph: Graph, classes: number | undefined): readonly Value[] {
  try {
    return [findCut(graph, classes).value, ...graph.outputs.slice(1)];
  } catch (error) {
    if (error instanceof EngraftError && error.kind === "ModelError") return graph.outputs;
    throw error;
  }
}

const detectorLevel = (maps: readonly PredictionMap[]): FeatureLevel =>
  levelOf(maps, message("level-predictions", { convolution: maps[0]!.readBy, maps: maps.length }));

function stageLevel({ map, is }: StageMap): FeatureLevel {
  const because: Message =
    is === "way out"
      ? message("level-way-out", { stride: 2 * map.stride })
      : message(is === "widest" ? "level-widest" : "level-tokens");
  return levelOf([{ map, use: "both" }], because);
}

/** Returns a level of maps with one height and width. */
export function levelOf(
  maps: readonly { readonly map: FeatureMap; readonly use: LevelUse }[],
  because: Message,
): FeatureLevel {
  const { stride, height, width } = maps[0]!.map;
  const values = maps.map(({ map: { value, channels, layout, prefix }, use }) => ({
    value,
    use,
    channels,
    layout,
    prefix,
  }));
  return {
    stride,
    height,
    width,
    values,
    because,
    channels: values.reduce((sum, one) => sum + one.channels, 0),
  };
}

/** Coarsest stride of a segmenter's output. */
const coarsestOutput = 8;
/** Operators between a segmenter's last convolution and its output. */
const enlarging = new Set(
  `Resize Reshape Transpose Squeeze Unsqueeze Identity Cast Sigmoid Softmax LogSoftmax Clip Relu ArgMax Slice Split
  Add Sub Mul Div Pow BatchNormalization`.split(/\s+/),
);

/** Returns the outputs that hold a value for each place of the picture and are computed from a coarser map. */
function denseOutputs(
  { graph, batch, height, width, fromPicture }: SizedGraph,
  maps: ReadonlyMap<Value, FeatureMap>,
): Value[] {
  const producers = graph.producers();
  return graph.outputs.filter((value) => {
    const shape = graph.types.get(value)?.shape;
    if (!fromPicture.has(value) || shape?.[0] !== batch) return false;
    // Maps of classes [batch, height, width] have no axis of channels.
    const sides =
      shape.length === 3 ? [shape.slice(1)] : shape.length === 4 ? [shape.slice(2), shape.slice(1, 3)] : [];
    const strides = sides.flatMap(([h, w]) => strideOf(h, w, { height, width }) ?? []);
    const from = ancestorsOf(producers, [value]);
    const coarsest = Math.max(...[...maps.values()].map((map) => (from.has(map.value) ? map.stride : 1)));
    return strides.some((stride) => stride <= coarsestOutput && stride < coarsest);
  });
}

/** Returns the map that a segmenter's last convolution reads; undefined if its output is a sum of several. */
function decoderMap(
  { graph, fromPicture }: SizedGraph,
  maps: ReadonlyMap<Value, FeatureMap>,
  output: Value,
): FeatureMap | undefined {
  const producers = graph.producers();
  for (let node: Node | undefined = producers.get(output); node; ) {
    if (node.op === "Conv" || node.op === "ConvTranspose") return maps.get(node.inputs[0] ?? "");
    const computed = node.inputs.filter((v) => fromPicture.has(v));
    if (!enlarging.has(node.op) || computed.length !== 1) return undefined;
    node = producers.get(computed[0]!);
  }
  return undefined;
}

/** Most refused values that are listed: the last ones. */
const mostListed = 24;

/** Returns values of rank 3 and 4 that are no level, each with the reason: the last of each shape and reason. */
function refusedValues(
  sized: SizedGraph,
  maps: ReadonlyMap<Value, FeatureMap>,
  levels: readonly FeatureLevel[],
): RefusedValue[] {
  const taken = new Set(levels.flatMap((level) => level.values.map((one) => one.value)));
  const strides = new Set(levels.map((level) => level.stride));
  const last = new Map<string, RefusedValue>();
  for (const node of sized.graph.nodes)
    for (const value of node.outputs) {
      const type = sized.graph.types.get(value);
      if (!sized.fromPicture.has(value) || taken.has(value)) continue;
      const rank = type?.shape?.length ?? 4;
      if ((type && !isFloat(type.dtype)) || rank < 3 || rank > 4) continue;
      const map = maps.get(value);
      const why = map ? whyNoLevel(map, strides) : whyNoMap(sized, value);
      const shape = type?.shape?.map((d, i) => (i === 0 && d === sized.batch ? "batch" : d));
      const key = `${formatShape(shape)} ${why}`;
      last.delete(key);
      last.set(key, { value, shape, why });
    }
  return [...last.values()].slice(-mostListed);
}

function whyNoMap(sized: SizedGraph, value: Value): string {
  const found = mapOf(sized, value);
  return typeof found === "string" ? found : "it is a product or a score, not a map of features";
}

function whyNoLevel({ stride, channels, layout }: FeatureMap, strides: ReadonlySet<number>): string {
  if (!levelStrides.includes(stride)) return `stride ${stride}, not one of ${levelStrides.join(", ")}`;
  if (channels < fewestChannels) return `${channels} channels, fewer than ${fewestChannels}`;
  if (strides.has(stride)) return `another value of stride ${stride} is the level`;
  return layout === "NCHW"
    ? `stride ${stride}, and no map of stride ${2 * stride} is computed from it`
    : "not all data passes through it";
}
