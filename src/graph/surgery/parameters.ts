import { isFloat } from "../../core/dtype.js";
import { sizeOf } from "../../core/shape.js";
import type { Tensor } from "../../core/tensor.js";
import type { Graph } from "../graph.js";
import { isWholeRecurrence } from "../infer/recurrent.js";
import { none, type Value } from "../node.js";
import { weightViews } from "./weight-views.js";

/** What a weight is for: weight decay leaves biases and norms alone. */
export type ParameterKind = "weight" | "bias" | "norm" | "statistic";

export interface Parameter {
  readonly value: Value;
  readonly kind: ParameterKind;
  /** Position of the first node that reads it: small is early. */
  readonly depth: number;
  readonly size: number;
}

/**
 * The weights of a graph in the order in which they are used. Constants of pre-processing (an Add or Mul
 * before the first weighted node) are not weights; running mean and variance of BatchNormalization are
 * "statistic": they never get a gradient.
 */
export function parametersOf(graph: Graph): Parameter[] {
  const found = new Map<Value, Parameter>();
  const views = weightViews(graph);
  const originsOf = (v: Value): readonly Value[] => views.get(v) ?? [v];
  /** Values that depend on a weighted node. */
  const weighted = new Set<Value>();
  /** Looked through once, however many nodes read it. */
  const constants = new Map<Value, number | undefined>();
  const isAll = (value: Value = none, number: number): boolean => {
    if (!constants.has(value)) constants.set(value, onlyNumberOf(graph.initializers.get(value)));
    return constants.get(value) === number;
  };
  graph.nodes.forEach((node, depth) => {
    const take = (read: Value = none, kind: ParameterKind): void => {
      for (const value of originsOf(read)) {
        const data = graph.initializers.get(value);
        if (!data || !isFloat(data.dtype) || found.has(value)) continue;
        found.set(value, { value, kind, depth, size: sizeOf(data.dims) });
      }
    };
    const before = found.size;
    const [first, second, third] = node.inputs;
    if (isWholeRecurrence(node)) {
      take(second, "weight");
      take(third, "weight");
      take(node.inputs[3], "bias");
      take(node.inputs[7], "bias");
    } else if (node.kind === "op") {
      switch (node.op) {
        case "Conv":
        case "ConvTranspose":
        case "Gemm":
          take(first, "weight");
          take(second, "weight");
          take(third, "bias");
          break;
        case "MatMul":
          take(first, "weight");
          take(second, "weight");
          break;
        case "PRelu":
          take(second, "bias");
          break;
        case "BatchNormalization":
          take(second, "norm");
          take(third, "norm");
          take(node.inputs[3], "statistic");
          take(node.inputs[4], "statistic");
          break;
        case "LayerNormalization":
          take(second, "norm");
          take(third, "norm");
          break;
        case "InstanceNormalization":
          // Ones and zeros are how exporters write a normalisation that has no scale of its own.
          if (isAll(second, 1) && isAll(third, 0)) break;
          take(second, "norm");
          take(third, "norm");
          break;
        case "Gather":
          if (rank(graph, first) === 2) take(first, "weight");
          break;
        case "Add":
        case "Mul":
        case "Sub":
        case "Div":
          for (const [a, b] of [
            [first, second],
            [second, first],
          ] as const) {
            if (
              a !== undefined &&
              weighted.has(a) &&
              originsOf(b ?? none).some((v) => elements(graph, v) > 1)
            ) {
              take(b, node.op === "Add" || node.op === "Sub" ? "bias" : "norm");
            }
          }
          break;
        default:
          break;
      }
    }
    if (found.size > before || node.inputs.some((v) => weighted.has(v)))
      for (const o of node.outputs) weighted.add(o);
  });
  return [...found.values()];
}

function rank(graph: Graph, value: Value | undefined): number {
  return value === undefined ? 0 : (graph.initializers.get(value)?.dims.length ?? 0);
}
function elements(graph: Graph, value: Value | undefined): number {
  return value === undefined ? 0 : (graph.initializers.get(value)?.data.length ?? 0);
}

/** The number that a tensor holds everywhere, if it does. */
function onlyNumberOf(tensor: Tensor | undefined): number | undefined {
  const first = tensor?.data[0];
  if (typeof first !== "number") return undefined;
  return Array.prototype.every.call(tensor!.data, (v) => v === first) ? first : undefined;
}
