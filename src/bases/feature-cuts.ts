import { formatType, type Shape } from "../core/shape.js";
import { type Graph, readsOf } from "../graph/graph.js";
import { none, type Value } from "../graph/node.js";
import { parametersOf } from "../graph/surgery/index.js";

/** Operators that belong to the convolution before them: a cut between the two is never better than one after both. */
const completes = new Set([
  "BatchNormalization",
  "Relu",
  "LeakyRelu",
  "PRelu",
  "Clip",
  "Sigmoid",
  "HardSwish",
  "Elu",
  "Gelu",
  "Mish",
]);

/** A value that all data passes through: the base can end there. */
export interface FeatureCut {
  readonly value: string;
  /** `float32[batch, 512, 7, 7]` */
  readonly type: string;
  /** Features per item after pooling; undefined if the size is not known. */
  readonly features: number | undefined;
  /** Sizes of the features: `["batch", 512, 7, 7]`. */
  readonly shape: Shape | undefined;
  /** Trainable parameters before it, and after it. */
  readonly parameters: number;
  readonly parametersAfter: number;
  /** Position of its node in the graph. */
  readonly depth: number;
}

/** A value that all data passes through. */
export interface Bottleneck {
  readonly value: Value;
  /** Position of its node in the graph. */
  readonly depth: number;
  /** Trainable parameters before it, and in total. */
  readonly parameters: number;
  readonly all: number;
}

/**
 * Returns every value after the first weight that all data passes through: nothing that depends on the input bypasses
 * it.
 * @param carries false for a value that may bypass, such as a size. Default: no value may
 */
export function bottlenecks(graph: Graph, carries: (value: Value) => boolean = () => true): Bottleneck[] {
  /** Values that depend on the input -> the last node that reads them. */
  const lastRead = new Map<Value, number>();
  const live = new Set<Value>(graph.inputs.filter(carries));
  graph.nodes.forEach((node, index) => {
    for (const v of readsOf(node)) lastRead.set(v, index);
  });
  for (const output of graph.outputs) lastRead.set(output, graph.nodes.length);
  const before = new Array<number>(graph.nodes.length + 1).fill(0);
  for (const { depth, size, kind } of parametersOf(graph))
    if (kind !== "statistic") before[depth] = before[depth]! + size;

  const all = before.reduce((sum, n) => sum + n, 0);
  const found: Bottleneck[] = [];
  let parameters = 0;
  graph.nodes.forEach((node, index) => {
    parameters += before[index]!;
    const reads = readsOf(node);
    const depends = reads.some((v) => live.has(v));
    for (const v of reads) if (lastRead.get(v) === index) live.delete(v);
    if (!depends) return;
    for (const v of node.outputs)
      if (v !== none && (lastRead.get(v) ?? -1) > index && carries(v)) live.add(v);
    const [value] = live;
    if (live.size !== 1 || value === undefined || !node.outputs.includes(value) || parameters === 0) return;
    found.push({ value, depth: index, parameters, all });
  });
  return found;
}

/**
 * Returns the values that all data passes through. Of several with the same weights before them, the last is listed,
 * because it is the most processed.
 */
export function featureCuts(graph: Graph): FeatureCut[] {
  const consumers = graph.consumers();
  const cuts: FeatureCut[] = [];
  for (const { value, depth, parameters, all } of bottlenecks(graph)) {
    const readers = consumers.get(value) ?? [];
    if (readers.length > 0 && readers.every((n) => completes.has(n.op))) continue;
    const type = graph.types.get(value);
    if (type?.dtype !== "float32") continue;
    const { shape } = type;
    // Channels first for maps, last for sequences (their tokens are averaged).
    const size = shape && (shape.length === 4 || shape.length === 2 ? shape[1] : shape.at(-1));
    const features = typeof size === "number" ? size : undefined;
    const last = cuts.at(-1);
    if (last?.parameters === parameters) cuts.pop();
    cuts.push({
      value,
      type: formatType(type),
      features,
      shape,
      parameters,
      parametersAfter: all - parameters,
      depth,
    });
  }
  return cuts;
}
