import { bytesPerElement, isFloat } from "../core/dtype.js";
import { isStatic, sizeOf } from "../core/shape.js";
import { Builder } from "../graph/builder.js";
import { type Graph, readsOf } from "../graph/graph.js";
import { type Node, none, type Value } from "../graph/node.js";
import { extract, parametersOf } from "../graph/surgery/index.js";
import { openEvaluator } from "../runtime/open.js";
import type { Runtime, TrainingSession } from "../runtime/runtime.js";
import { badElement } from "./bad-element.js";
import type { StepFeeds } from "./loop.js";
import type { Step } from "./step/step.js";

/** Where a step first became non-finite. */
export interface NonFinite {
  readonly where: "data" | "weights" | "forward pass" | "gradient" | "update";
  readonly value: Value;
  /** `Conv "/layer1/conv"`, if a node computes the value. */
  readonly node?: string;
  /** The weight of its layer: the nearest one before it. */
  readonly layer?: Value;
  /** Position of the first bad item in the batch, if the value is data. */
  readonly item?: number;
}

/** Most bytes of the values that one run examines: all of them may be in memory at once. */
const bytesPerRun = 256e6;

/**
 * Returns the first non-finite value of a step that reaches the bad result, with the session's current state. The step
 * is run again, and each value is reduced inside the runtime to one number:
 *
 *     sum(x - x) = 0 if all of x is finite, NaN otherwise.
 *
 * An infinity that a later operator removes (a mask before a Softmax) is not the cause. So the search goes back from
 * the bad result through non-finite values, and ends at the earliest.
 *
 * @param feeds data of the one step, not stacked, with `rates`, `momentum` and `step`
 * @param bad a non-finite result of the step
 * @returns undefined if the step is finite when run again
 */
export async function firstNonFinite(
  session: TrainingSession,
  step: Pick<Step, "graph" | "state">,
  feeds: StepFeeds,
  bad: Value,
  runtime: Partial<Pick<Runtime, "fit" | "device" | "batchParts">> = {},
): Promise<NonFinite | undefined> {
  for (const [value, tensor] of Object.entries(feeds)) {
    const at = badElement(tensor);
    if (at !== undefined)
      return { where: "data", value, item: Math.floor(at / (tensor.data.length / (tensor.dims[0] ?? 1))) };
  }
  for (const [value, tensor] of await session.readState())
    if (badElement(tensor) !== undefined) return { where: "weights", value };

  const { graph } = step;
  const broken = new Set<Value>();
  for (const part of partsOf(graph))
    for (const v of await notFinite(session, graph, part, feeds, runtime)) broken.add(v);
  const node = earliest(graph, broken, bad);
  if (!node) return undefined;
  const value = node.outputs.find((v) => broken.has(v))!;
  const layer = nearestWeight(step, node);
  return {
    where: value.startsWith("grad/") ? "gradient" : value.startsWith("step/") ? "update" : "forward pass",
    value,
    node: `${node.op} "${node.name || value}"`,
    layer,
  };
}

/** Describes the result as the end of a sentence. */
export function describeNonFinite({ where, value, node, layer, item }: NonFinite): string {
  if (where === "data") return `the data holds it already: "${value}", item ${item} of the batch`;
  if (where === "weights") return `"${value}" was not finite before the step`;
  const of = layer === undefined ? "" : `, in the layer of "${layer}"`;
  return `the first value that is not finite is "${value}" of ${node}${of} (${where})`;
}

/** Yields the computed floats of a graph, in order, in groups that fit into memory together. */
function* partsOf(graph: Graph): Generator<Value[]> {
  let part: Value[] = [];
  let bytes = 0;
  for (const v of graph.nodes.flatMap((n) => n.outputs)) {
    const type = graph.types.get(v);
    if (
      v === none ||
      !type ||
      !isStatic(type.shape) ||
      (type.dtype !== "float32" && type.dtype !== "float64")
    )
      continue;
    const size = sizeOf(type.shape) * bytesPerElement[type.dtype];
    if (part.length > 0 && bytes + size > bytesPerRun) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(v);
    bytes += size;
  }
  if (part.length > 0) yield part;
}

/** Returns the values that are not finite in this step. */
async function notFinite(
  session: TrainingSession,
  graph: Graph,
  values: readonly Value[],
  feeds: StepFeeds,
  runtime: Partial<Pick<Runtime, "fit" | "device" | "batchParts">>,
): Promise<Value[]> {
  const probe = extract(graph, values);
  const g = new Builder(probe, "probe");
  const sums = values.map((v) => g.reduceSum(g.sub(v, v)));
  probe.outputs.splice(0, probe.outputs.length, ...sums);
  // Not optimised: x - x must not become 0.
  const evaluator = await openEvaluator(runtime, session, probe, {
    label: "the search for the first value that is not finite",
    optimization: "disabled",
  });
  try {
    const found = await evaluator.run(
      Object.fromEntries(evaluator.inputs.map(({ name }) => [name, feeds[name]!])),
    );
    return values.filter((_, i) => Number.isNaN((found[sums[i]!]!.data as Float32Array)[0]));
  } finally {
    await evaluator.dispose();
  }
}

/** Returns the first node whose broken output reaches `bad` through broken values. */
function earliest(graph: Graph, broken: ReadonlySet<Value>, bad: Value): Node | undefined {
  const producers = graph.producers();
  const seen = new Set<Node>();
  const open = [bad];
  for (let v = open.pop(); v !== undefined; v = open.pop()) {
    const node = producers.get(v);
    if (!node || seen.has(node) || !broken.has(v)) continue;
    seen.add(node);
    open.push(...readsOf(node));
  }
  return graph.nodes.find((node) => seen.has(node));
}

/** Returns the weight that is fewest nodes before this one. */
function nearestWeight({ graph, state }: Pick<Step, "graph" | "state">, from: Node): Value | undefined {
  const weights = new Set([
    ...state.map((s) => s.input).filter((v) => !v.includes("#")),
    ...parametersOf(graph).map((p) => p.value),
  ]);
  const producers = graph.producers();
  const seen = new Set<Node>([from]);
  for (let level = [from]; level.length > 0; ) {
    const reads = level.flatMap(readsOf);
    const weight = reads.find((v) => weights.has(v) && isFloat(graph.typeOf(v).dtype));
    if (weight !== undefined) return weight;
    level = [];
    for (const v of reads) {
      const node = producers.get(v);
      if (!node || seen.has(node)) continue;
      seen.add(node);
      level.push(node);
    }
  }
  return undefined;
}
