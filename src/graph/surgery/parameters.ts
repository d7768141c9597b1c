import { isFloat } from "../../core/dtype.js";
import { sizeOf } from "../../core/shape.js";
import type { Tensor } from "../../core/tensor.js";
import type { Graph } from "../graph.js";
import { isWholeRecurrence } from "../infer/recurrent.js";
import { type Node, none, type Value } from "../node.js";
import {
  isConstant,
  isFolded,
  isGrid,
  isParameterName,
  isRow,
  isSinusoid,
  isStatistic,
  isUniform,
} from "./weight-names.js";
import { type Origin, type ParameterKind, weightViews } from "./weight-views.js";

export type { ParameterKind } from "./weight-views.js";

export interface Parameter {
  readonly value: Value;
  readonly kind: ParameterKind;
  /** Position of the first node that reads it: small is early. */
  readonly depth: number;
  readonly size: number;
}

/** The role of a node's input. */
interface Role {
  readonly read: Value;
  readonly kind: ParameterKind;
  /**
   * Which initializers count as weights here. "any": all; "several": those with more than one number, or with a
   * parameter's name; "named": only those with a parameter's name.
   */
  readonly takes: "any" | "several" | "named";
}

/**
 * Returns the weights of a graph in the order in which they are used. Operator and name decide:
 *
 * - weights of convolutions, products, recurrences, normalisations and embedding tables, whatever their name;
 * - tensors of more than one number that are added to or multiplied with a value that depends on a weight;
 * - in other places (Concat, Where, Pow …), and for single numbers: tensors with a parameter's name
 * ("encoder.class_token").
 *
 * Not weights: Constant nodes, buffers by their names, masks and tables of sines by their numbers, epsilons and
 * scales of attention by their place, and arithmetic on values that depend on no weight (preprocessing). Running averages are "statistic": they get no gradient.
 */
export function parametersOf(graph: Graph): Parameter[] {
  const found = new Map<Value, Parameter>();
  const views = weightViews(graph);
  const originsOf = (v: Value): readonly Origin[] => views.get(v) ?? [{ value: v }];
  const paths = [...graph.initializers.keys()].some((name) => isParameterName(name, false));
  /** Values that depend on a weighted node. */
  const weighted = new Set<Value>();
  const frozen = new Set([...frozenNorms(graph), ...fixedNumbers(graph)]);
  const once = (test: (t: Tensor) => boolean) => {
    const known = new Map<Value, boolean>();
    return (value: Value, data: Tensor): boolean => {
      if (!known.has(value)) known.set(value, test(data));
      return known.get(value)!;
    };
  };
  // Each tensor is scanned once, however many nodes read it.
  const [inRow, inGrid, inSines] = [once(isRow), once(isGrid), once(isSinusoid)];

  const mayTrain = ({ value, combined }: Origin, { takes, kind }: Role): boolean => {
    const data = graph.initializers.get(value);
    if (!data || !isFloat(data.dtype)) return false;
    if (kind === "statistic") return true;
    if (isConstant(value, data) || frozen.has(value)) return false;
    // Positions are looked up like words, and multiplied like weights.
    if (inSines(value, data)) return false;
    if (takes === "any" && !combined) return !inRow(value, data);
    if (inGrid(value, data)) return false;
    if (isParameterName(value, paths)) return true;
    if (combined || data.data.length === 1) return false;
    return takes === "several" || (isFolded(value) && !isUniform(data));
  };

  graph.nodes.forEach((node, depth) => {
    // Also a weight that an earlier node reads, such as a table that two parts share.
    let isWeighted = node.inputs.some((v) => weighted.has(v));
    for (const role of rolesOf(graph, node, weighted, views)) {
      const origins = originsOf(role.read);
      // A written-out normalisation by running averages: its scale and shift are buffers too.
      if (role.kind !== "statistic" && origins.length > 1 && origins.some(({ value }) => isStatistic(value)))
        continue;
      for (const origin of origins) {
        if (!found.has(origin.value) && !mayTrain(origin, role)) continue;
        isWeighted = true;
        if (found.has(origin.value)) continue;
        const size = sizeOf(graph.initializers.get(origin.value)!.dims);
        found.set(origin.value, { value: origin.value, kind: origin.kind ?? role.kind, depth, size });
      }
    }
    if (isWeighted) for (const o of node.outputs) weighted.add(o);
  });
  return [...found.values()];
}

/** Returns the inputs of a node that may be weights. */
function rolesOf(
  graph: Graph,
  node: Node,
  weighted: ReadonlySet<Value>,
  views: ReadonlyMap<Value, unknown>,
): Role[] {
  const [first = none, second = none, third = none, fourth = none, fifth = none] = node.inputs;
  const any = (read: Value, kind: ParameterKind): Role => ({ read, kind, takes: "any" });
  const named = (read: Value, kind: ParameterKind): Role => ({ read, kind, takes: "named" });
  // Computed from initializers alone: the reader determines its role.
  if (node.outputs.some((v) => views.has(v))) return [];
  if (isWholeRecurrence(node)) {
    const states = [node.inputs[5] ?? none, node.inputs[6] ?? none];
    const peepholes = node.inputs[7] ?? none;
    const weights = [
      any(second, "weight"),
      any(third, "weight"),
      any(fourth, "bias"),
      any(peepholes, "bias"),
    ];
    return [...weights, ...states.map((v) => named(v, "bias"))];
  }
  if (node.kind !== "op") return [];
  switch (node.op) {
    case "Conv":
    case "ConvTranspose":
    case "Gemm":
      return [any(first, "weight"), any(second, "weight"), any(third, "bias")];
    case "MatMul":
      return [any(first, "weight"), any(second, "weight")];
    case "PRelu":
      return [any(second, "bias")];
    case "BatchNormalization":
      return [
        any(second, "norm"),
        any(third, "norm"),
        { read: fourth, kind: "statistic", takes: "any" },
        { read: fifth, kind: "statistic", takes: "any" },
      ];
    case "InstanceNormalization":
      // Exporters write a normalisation without scale and bias with ones and zeros.
      if (isAll(graph.initializers.get(second), 1) && isAll(graph.initializers.get(third), 0)) return [];
      return [any(second, "norm"), any(third, "norm")];
    case "LayerNormalization":
      return [any(second, "norm"), any(third, "norm")];
    case "Gather":
      return [
        graph.initializers.get(first)?.dims.length === 2 ? any(first, "weight") : named(first, "weight"),
      ];
    case "GatherElements":
    case "GatherND":
      return [named(first, "weight")];
    case "Add":
    case "Sub":
    case "Mul":
    case "Div":
    case "Pow": {
      // Arithmetic on the bare input is preprocessing.
      const kind = node.op === "Add" || node.op === "Sub" ? "bias" : "norm";
      const takes = node.op === "Pow" ? "named" : "several";
      const role = (read: Value): Role => ({ read, kind, takes });
      return [...(weighted.has(first) ? [role(second)] : []), ...(weighted.has(second) ? [role(first)] : [])];
    }
    case "Min":
    case "Max":
      return node.inputs.some((v) => weighted.has(v)) ? node.inputs.map((v) => named(v, "bias")) : [];
    case "Concat":
      return node.inputs.map((v) => named(v, "bias"));
    case "Where":
      return [named(second, "bias"), named(third, "bias")];
    case "ScatterND":
    case "ScatterElements":
      return [named(third, "bias")];
    default:
      return [];
  }
}

/** True for a tensor that holds this number everywhere. */
function isAll(tensor: Tensor | undefined, number: number): boolean {
  return tensor !== undefined && Array.prototype.every.call(tensor.data, (v) => v === number);
}

/**
 * Returns the scales and shifts of batch normalisations with frozen statistics, as PyTorch's exporter folds those
 * of a detector (FrozenBatchNorm2d): Conv, Mul by [1, C, 1, 1], Add of [1, C, 1, 1]. In PyTorch they are buffers. A
 * group normalisation has [C, 1, 1] and no convolution before it; a trainable BatchNormalization is merged into its
 * convolution.
 */
function frozenNorms(graph: Graph): Set<Value> {
  const frozen = new Set<Value>();
  const producers = graph.producers();
  const perChannel = (v: Value): boolean => {
    const dims = isFolded(v) ? graph.initializers.get(v)?.dims : undefined;
    return dims !== undefined && dims.length > 2 && dims.every((d, axis) => d === 1 || axis === 1);
  };
  for (const add of graph.nodes) {
    if (add.kind !== "op" || add.op !== "Add") continue;
    for (const [x = none, shift = none] of [add.inputs, [...add.inputs].reverse()]) {
      const mul = producers.get(x);
      if (!perChannel(shift) || mul?.kind !== "op" || mul.op !== "Mul") continue;
      for (const [conv = none, scale = none] of [mul.inputs, [...mul.inputs].reverse()])
        if (perChannel(scale) && producers.get(conv)?.op === "Conv") frozen.add(scale).add(shift);
    }
  }
  return frozen;
}

/** Operators on the way from a factor to a Softmax: they neither project nor activate. */
const passing: ReadonlySet<string> = new Set([
  ...["Add", "Sub", "Mul", "Div", "Where", "Cast", "Identity"],
  ...["Reshape", "Transpose", "Squeeze", "Unsqueeze", "Expand", "Slice"],
]);

/**
 * Returns the single numbers that no training moves, by their place: the epsilon that is added under a square root,
 * and the scale of attention, a number without a path that is multiplied into the input of a Softmax.
 */
function fixedNumbers(graph: Graph): Set<Value> {
  const fixed = new Set<Value>();
  const consumers = graph.consumers();
  const single = (v: Value): boolean => graph.initializers.get(v)?.data.length === 1;
  const read = (node: Node): readonly Node[] => node.outputs.flatMap((v) => consumers.get(v) ?? []);
  for (const node of graph.nodes) {
    if (node.kind !== "op") continue;
    const [a = none, b = none] = node.inputs;
    for (const number of [a, b].filter(single)) {
      if (node.op === "Add" && read(node).some((n) => isRoot(graph, n))) fixed.add(number);
      const scales = (node.op === "Mul" || node.op === "Div") && !number.includes(".");
      if (scales && reachesSoftmax(graph, node, read)) fixed.add(number);
    }
  }
  return fixed;
}

/** True for a square root, also written as a power of 1/2 or -1/2. */
function isRoot({ initializers }: Graph, node: Node): boolean {
  if (node.op === "Sqrt") return true;
  const exponent = node.op === "Pow" ? initializers.get(node.inputs[1] ?? none) : undefined;
  return exponent?.data.length === 1 && Math.abs(Number(exponent.data[0])) === 0.5;
}

/** True if the result becomes scores of attention: through products of two computed values, not of a weight. */
function reachesSoftmax({ initializers }: Graph, from: Node, read: (node: Node) => readonly Node[]): boolean {
  const seen = new Set<Node>([from]);
  const open = [from];
  for (let node = open.pop(); node; node = open.pop()) {
    for (const next of read(node)) {
      if (next.op === "Softmax") return true;
      const product = next.op === "MatMul" && !next.inputs.some((v) => initializers.has(v));
      if (seen.has(next) || !(product || passing.has(next.op))) continue;
      seen.add(next);
      open.push(next);
    }
  }
  return false;
}
