import { toBinary } from "@bufbuild/protobuf";
import type { Tensor } from "../../core/tensor.js";
import { AttributeProtoSchema, type NodeProto } from "../../onnx/index.js";
import { type Node, none, type OpaqueNode, type Value } from "../node.js";
import { serialized } from "../to-onnx-attributes.js";
import { customAttributes } from "./node-values.js";
import { capturesOf } from "./subgraphs.js";

/** Creates an opaque node. `why` is the reason if its operator is known in other forms. */
export function opaqueNode(node: NodeProto, inputs: readonly Value[], why: string | undefined): Node {
  return {
    kind: "opaque",
    op: node.opType,
    domain: node.domain,
    name: node.name,
    inputs,
    outputs: node.output,
    captures: capturesOf(node),
    attributes: bytesOf(node),
    ...(why === undefined ? {} : { why }),
  };
}

/** Creates a node of a user-defined operator. */
export function customNode(node: NodeProto, inputs: readonly Value[]): Node {
  const attributes = customAttributes(node);
  // Not enumerable: spreading the attributes to change one drops the serialized form.
  Object.defineProperty(attributes, serialized, { value: bytesOf(node) });
  const { opType: op, domain, name, output: outputs } = node;
  return { kind: "custom", op, domain, name, inputs, outputs, attributes };
}

/**
 * Creates a whole recurrence that could be unrolled, or could be once its length is known (`why` it is not). An
 * initial state of zeros is left out because it would fix the batch.
 */
export function wholeRecurrence(
  node: NodeProto,
  inputs: readonly Value[],
  constantOf: (v: Value) => Tensor | undefined,
  why?: string,
): OpaqueNode {
  // Inputs 5 to 7 are h, c and peepholes; zeros mean the same as omitted.
  const needed = inputs.map((v, i) => (i >= 5 && isZero(constantOf(v)) ? none : v));
  const whole = opaqueNode(node, trimmed(needed), why) as OpaqueNode;
  return { ...whole, domain: "", unrolls: why === undefined ? true : "sized" };
}

function isZero(value: Tensor | undefined): boolean {
  return (
    value !== undefined && value.dtype !== "string" && Array.from(value.data, Number).every((n) => n === 0)
  );
}

/** Removes omitted values at the end. */
export function trimmed(values: readonly Value[]): Value[] {
  let end = values.length;
  while (end > 0 && values[end - 1] === none) end--;
  return values.slice(0, end);
}

function bytesOf(node: NodeProto): Uint8Array[] {
  return node.attribute.map((a) => toBinary(AttributeProtoSchema, a));
}
