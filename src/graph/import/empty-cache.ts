import type { Shape } from "../../core/shape.js";
import { int64, type Tensor } from "../../core/tensor.js";
import { type GraphProto, readType, tensorProto, type ValueInfoProto, valueInfo } from "../../onnx/index.js";
import type { Graph } from "../graph.js";
import type { Node, OpNode, Value } from "../node.js";
import { foldConstants } from "../passes/fold-constants.js";
import { extract } from "../surgery/extract.js";

/** Inputs of a decoder whose value is known if a text is read as a whole, as exporters name them. */
const known: Readonly<Record<string, Tensor>> = {
  // Which branch of a merged decoder runs: the one without earlier keys and values.
  use_cache_branch: { dtype: "bool", dims: [1], data: Uint8Array.of(0) },
  // 0: the scores of all tokens.
  num_logits_to_keep: int64([], [0]),
};

/** An input with keys or values of earlier tokens in a layer, or of the source of an encoder–decoder. */
const isPast = (name: string): boolean => /^past(_key_values|_(key|value)(_self)?)?[._]\d/.test(name);
/** True for keys or values of a source, which no text replaces: they stay if they are read. */
export const isPastOfSource = (name: string): boolean => name.includes("encoder");
/** An output with keys or values for the next call. */
const isPresent = (name: string): boolean => /^present/.test(name);

/** Returns the names that the output of a past may have, as exporters write them. */
export const presentsOf = (past: Value): readonly Value[] => [
  past.replace(/^past(_key_values)?/, "present"),
  past.replace(/^past/, "present"),
];

/** Axis of a past that counts earlier tokens: the one named so, else the third of four that is not fixed. */
function pastAxis(info: ValueInfoProto): number {
  const { dtype, shape = [] } = readType(info) ?? {};
  if (dtype !== "float32" && dtype !== "float16") return -1;
  const named = shape.findIndex((size) => typeof size === "string" && size.includes("past"));
  return named < 0 && shape.length === 4 && typeof shape[2] !== "number" ? 2 : named;
}

/**
 * Makes the inputs of a decoder that continue earlier tokens those of a text that is read as a whole: keys and values of length 0,
 * a mask of the text's own length, and what is {@link known}.
 * @param proto is changed
 * @returns the inputs of the cache, with their sizes in the file: those of earlier tokens are now empty
 */
export function emptyCache(proto: GraphProto): ReadonlyMap<Value, Shape> {
  const empty = new Map<Value, Shape>();
  const ids = proto.input.find(({ name }) => name === "input_ids");
  const length = ids && readType(ids)?.shape?.[1];
  const withSize = (info: ValueInfoProto, axis: number, size: number | string): ValueInfoProto => {
    const type = readType(info)!;
    return valueInfo(info.name, {
      ...type,
      shape: type.shape!.map((given, i) => (i === axis ? size : given)),
    });
  };
  proto.input = proto.input.flatMap((info) => {
    const { name } = info;
    if (Object.hasOwn(known, name) && readType(info)?.dtype === known[name]!.dtype) {
      proto.initializer.push(tensorProto(name, known[name]!));
      return [];
    }
    const axis = isPast(name) ? pastAxis(info) : -1;
    if (axis < 0) return [info];
    empty.set(name, readType(info)!.shape!);
    return [isPastOfSource(name) ? info : withSize(info, axis, 0)];
  });
  if (empty.size > 0 && typeof length === "string")
    proto.input = proto.input.map((info) =>
      info.name === "attention_mask" && readType(info)?.shape?.length === 2
        ? withSize(info, 1, length)
        : info,
    );
  return empty;
}

/**
 * Returns a graph without its empty cache: no Concat puts nothing before the keys of a text, and the inputs and outputs of the cache
 * are gone. An input that is still read stays: without it, the graph computes nothing.
 */
export function withoutCache(graph: Graph): Graph {
  const folded = foldConstants(graph);
  const made = folded.withoutNodes();
  const captured = new Set(folded.nodes.flatMap((node) => (node.kind === "opaque" ? node.captures : [])));
  const renamed = new Map<Value, Value>();
  for (const given of folded.nodes) {
    const node: Node = { ...given, inputs: given.inputs.map((v) => renamed.get(v) ?? v) };
    const inputs = node.kind === "op" && node.op === "Concat" ? filledOperands(folded, node) : node.inputs;
    const [y] = node.outputs;
    if (inputs.length === 1 && node.inputs.length > 1 && !captured.has(y!)) renamed.set(y!, inputs[0]!);
    else made.push(inputs.length === 0 ? node : { ...node, inputs }, folded.typesOf(node));
  }
  const outputs = folded.outputs.filter((v) => !isPresent(v)).map((v) => renamed.get(v) ?? v);
  made.outputs.push(...outputs);
  return extract(made, outputs);
}

/** Returns the operands of a Concat that hold something. */
const filledOperands = ({ types }: Graph, { inputs, attributes }: OpNode<"Concat">): readonly Value[] =>
  inputs.filter((v) => types.get(v)?.shape?.at(attributes.axis) !== 0);
