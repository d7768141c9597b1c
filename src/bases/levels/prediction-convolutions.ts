import type { Tensor } from "../../core/tensor.js";
import { readsOf } from "../../graph/graph.js";
import type { Node, Value } from "../../graph/node.js";
import { isRow } from "../../graph/surgery/weight-names.js";
import type { FeatureMap } from "./feature-maps.js";
import type { SizedGraph } from "./sized-graph.js";

/** A convolution whose outputs are only moved and mapped number by number on the way to the model's outputs. */
export interface PredictionConvolution {
  readonly name: string;
  /** The map that it reads. */
  readonly reads: FeatureMap;
  /** Its own output channels. */
  readonly channels: number;
  /** True if a Sigmoid or Softmax follows on the way to an output. */
  readonly isScored: boolean;
  /** True if a distribution over distances follows (DFL: a Softmax, then its mean over bins). */
  readonly isDistance: boolean;
  /** True if a Concat follows. */
  readonly isJoined: boolean;
}

type Flags = Pick<PredictionConvolution, "isScored" | "isDistance" | "isJoined">;

/** Operators that move or map single numbers; the first input holds them. */
const passed = new Set(
  `Reshape Transpose Split Slice Squeeze Unsqueeze Flatten Identity Cast Pad Expand Sigmoid Softmax LogSoftmax Exp
  Log Relu LeakyRelu Clip HardSigmoid Tanh Softplus Sqrt Neg Floor TopK Gather GatherElements GatherND ReduceMax
  ArgMax ReduceSum Greater GreaterOrEqual Less NonZero`.split(/\s+/),
);
/** Operators that combine numbers of several inputs. */
const combining = new Set(
  "Add Sub Mul Div Pow Min Max Where And Concat ScatterND ScatterElements".split(" "),
);
const weighted = /Conv|MatMul|Gemm|LSTM|GRU|RNN/;

/**
 * Returns the prediction convolutions of a model: those that a walk back from the outputs meets first.
 *
 * The walk does not pass sums of maps, so the score maps of a segmenter that adds several strides are not met. It passes
 * the convolution of a distribution over distances. A convolution whose output other weights read predicts nothing.
 */
export function predictionConvolutions(
  sized: SizedGraph,
  maps: ReadonlyMap<Value, FeatureMap>,
): PredictionConvolution[] {
  const { graph, fromPicture } = sized;
  const producers = graph.producers();
  const feeding = feedsWeights(sized, producers);
  const found = new Map<Node, PredictionConvolution>();
  const seen = new Set<string>();
  const none: Flags = { isScored: false, isDistance: false, isJoined: false };
  const stack: [Value, Flags][] = graph.outputs.map((v) => [v, none]);
  while (stack.length > 0) {
    const [value, flags] = stack.pop()!;
    const key = `${flags.isScored}|${flags.isDistance}|${flags.isJoined}|${value}`;
    const node = producers.get(value);
    if (!node || !fromPicture.has(value) || seen.has(key)) continue;
    seen.add(key);
    const weight = graph.initializers.get(node.inputs[1] ?? "");
    const isMean = isMeanOfBins(weight, node);
    if (node.op === "Conv" && !isMean) {
      const reads = maps.get(node.inputs[0] ?? "");
      const channels = weight?.dims[0] ?? 0;
      if (!reads || feeding.has(value)) continue;
      const before = found.get(node);
      found.set(node, {
        name: node.name || value,
        reads,
        channels,
        isScored: flags.isScored || before?.isScored === true,
        isDistance: flags.isDistance || before?.isDistance === true,
        isJoined: flags.isJoined || before?.isJoined === true,
      });
      continue;
    }
    const next: Flags = {
      isScored: flags.isScored || ((node.op === "Sigmoid" || node.op === "Softmax") && !flags.isDistance),
      isDistance: flags.isDistance || isMean,
      isJoined: flags.isJoined || node.op === "Concat",
    };
    for (const v of passedInputs(sized, maps, node, isMean)) stack.push([v, next]);
  }
  // The walk goes from the last output to the first; the order of the graph is easier to read.
  const order = new Map(graph.nodes.map((node, index) => [node, index]));
  return [...found].sort(([a], [b]) => order.get(a)! - order.get(b)!).map(([, one]) => one);
}

/** Returns the inputs of a node that the walk goes on with. */
function passedInputs(
  { fromPicture, graph }: SizedGraph,
  maps: ReadonlyMap<Value, FeatureMap>,
  node: Node,
  isMean: boolean,
): readonly Value[] {
  const computed = readsOf(node).filter((v) => fromPicture.has(v));
  if (node.kind !== "op") return weighted.test(node.op) ? [] : computed;
  if (isMean || passed.has(node.op)) return computed.filter((v) => v === node.inputs[0]);
  if (!combining.has(node.op)) return [];
  if (node.op === "Concat" || computed.length < 2) return computed;
  const areMaps = computed.every((v) => maps.has(v) && graph.types.get(v)?.shape?.length === 4);
  return areMaps && !isScoreProduct(node, computed, maps) ? [] : computed;
}

/** True for class scores times the objectness of the place: one of the maps has one channel. */
function isScoreProduct(
  node: Node,
  computed: readonly Value[],
  maps: ReadonlyMap<Value, FeatureMap>,
): boolean {
  return node.op === "Mul" && computed.some((v) => maps.get(v)?.channels === 1);
}

/** True for the mean over bins 0, 1, 2 … of a distribution over distances, as a convolution or a product. */
function isMeanOfBins(weight: Tensor | undefined, node: Node): boolean {
  if (!weight || (node.op !== "Conv" && node.op !== "MatMul") || node.inputs.length > 2) return false;
  const one =
    node.op === "Conv" ? weight.dims[0] === 1 : weight.dims.at(-1) === 1 || weight.dims.length === 1;
  return one && isRow(weight);
}

/** Returns the values from which other weights compute, other than regions that RoiAlign reads. */
function feedsWeights({ graph }: SizedGraph, producers: ReadonlyMap<Value, Node>): Set<Value> {
  const feeding = new Set<Value>();
  const stack = graph.nodes
    .filter(
      (node) => weighted.test(node.op) && !isMeanOfBins(graph.initializers.get(node.inputs[1] ?? ""), node),
    )
    .flatMap((node) => readsOf(node));
  while (stack.length > 0) {
    const value = stack.pop()!;
    if (feeding.has(value)) continue;
    feeding.add(value);
    const node = producers.get(value);
    if (!node) continue;
    stack.push(...(node.op === "RoiAlign" ? node.inputs.slice(0, 1) : readsOf(node)));
  }
  return feeding;
}
