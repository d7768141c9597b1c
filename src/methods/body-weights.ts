import { headPrefix, headValues } from "../bases/heads.js";
import { EngraftError, invariant } from "../core/errors.js";
import type { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import { type Parameter, parametersOf } from "../graph/surgery/index.js";
import { selectWeights } from "./finetune/select-weights.js";

/** Weights of a classifier: those of its base, the trainable ones of those, and its new head's. */
export interface Weights {
  /** All float weights of the base in the order of use, without running statistics. */
  readonly all: readonly Parameter[];
  /** Those that the user lets train. */
  readonly body: readonly Parameter[];
  readonly head: readonly Parameter[];
  /** True if the model reads tokens: its first weights are embedding tables. */
  readonly readsTokens: boolean;
}

/**
 * Splits a classifier's weights into base and head.
 * @param pattern trainable weights of the base, see `selectWeights`; default all
 * @throws ModelError if the base has no float weights (an int8 model), OptionError if the pattern matches none
 */
export function weightsOf(model: Graph, pattern?: string): Weights {
  const parameters = parametersOf(model).filter((p) => p.kind !== "statistic");
  const isHead = (p: Parameter): boolean => p.value.startsWith(headPrefix);
  const all = parameters.filter((p) => !isHead(p));
  if (all.length === 0) {
    const integer = model.nodes.find((n) => n.kind === "opaque" && /Quant|QLinear|Integer|QGemm/.test(n.op));
    throw new EngraftError(
      "ModelError",
      integer
        ? `the base's weights are integers (${integer.op}${integer.name ? ` "${integer.name}"` : ""}): they have no gradient, so it cannot be fine-tuned`
        : "the base has no float weights before the cut, so there is nothing to fine-tune",
      { help: "use --strategy probe, which trains only a new head, or a float version of the model" },
    );
  }
  const body = pattern === undefined ? all : selectWeights(model, all, pattern);
  const readsTokens = model.inputs.some((input) =>
    /^u?int(32|64)$/.test(model.types.get(input)?.dtype ?? ""),
  );
  return { all, body, head: parameters.filter(isHead), readsTokens };
}

/** Returns the weights of the new head. */
export const headOf = (model: Graph): readonly Parameter[] =>
  parametersOf(model).filter((p) => p.kind !== "statistic" && p.value.startsWith(headPrefix));

/** Returns the value that the new head reads. */
export function featuresOf(model: Graph): Value {
  const head = model.nodes.find((n) => n.inputs[1] === headValues.weight);
  invariant(head !== undefined, "the model has no head of ours");
  return head.inputs[0]!;
}

/**
 * Returns the layers of a body from the input on. A layer is a weight (of a convolution or product) with the following
 * biases and normalisations, up to the next weight.
 */
export function layersOf(body: readonly Parameter[]): Parameter[][] {
  const layers: Parameter[][] = [];
  let depth = -1;
  for (const parameter of [...body].sort((a, b) => a.depth - b.depth)) {
    const begins = layers.length === 0 || (parameter.kind === "weight" && parameter.depth > depth);
    // Several weights of one node (a recurrent layer's) are one layer.
    if (parameter.kind === "weight") depth = parameter.depth;
    if (begins) layers.push([parameter]);
    else layers.at(-1)!.push(parameter);
  }
  return layers;
}

/**
 * Divides layers into `count` groups of equal length, the longer ones first; fewer groups if there are not enough
 * layers.
 */
export function inGroups(layers: readonly Parameter[][], count: number): Parameter[][] {
  const n = Math.min(count, layers.length);
  return Array.from({ length: n }, (_, i) =>
    layers.slice(Math.ceil((i * layers.length) / n), Math.ceil(((i + 1) * layers.length) / n)).flat(),
  );
}

/** Operators whose third input shifts what their second one scales. */
const normalisations = new Set([
  "BatchNormalization",
  "LayerNormalization",
  "InstanceNormalization",
  "GroupNormalization",
]);

/**
 * Returns the weights that are added: biases, and the shifts of normalisations, also of one written out as `Mul` by a
 * scale and `Add` of a shift.
 */
export function shiftsOf(model: Graph, weights: readonly Parameter[]): Set<Value> {
  const shifts = new Set<Value>(weights.filter((p) => p.kind === "bias").map((p) => p.value));
  for (const node of model.nodes) {
    if (node.kind === "op" && normalisations.has(node.op) && node.inputs[2]) shifts.add(node.inputs[2]);
  }
  return shifts;
}

/** Returns scales and shifts of normalisations, written-out ones included. */
export function normsOf(model: Graph, weights: readonly Parameter[]): Set<Value> {
  const norms = new Set<Value>(weights.filter((p) => p.kind === "norm").map((p) => p.value));
  const biases = new Set<Value>(weights.filter((p) => p.kind === "bias").map((p) => p.value));
  const scaled = new Set<Value>();
  for (const node of model.nodes) {
    if (node.kind !== "op") continue;
    if (node.op === "Mul" && node.inputs.some((v) => norms.has(v))) scaled.add(node.outputs[0]!);
    if (node.op === "Add" && node.inputs.some((v) => scaled.has(v)))
      for (const v of node.inputs) if (biases.has(v)) norms.add(v);
  }
  return norms;
}
