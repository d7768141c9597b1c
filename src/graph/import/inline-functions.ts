import { clone } from "@bufbuild/protobuf";
import { EngraftError } from "../../core/errors.js";
import {
  type AttributeProto,
  AttributeProtoSchema,
  type FunctionProto,
  type ModelProto,
  type NodeProto,
  NodeProtoSchema,
} from "../../onnx/index.js";
import { nodeError } from "./attributes.js";
import { renameInNode, subgraphsOf } from "./subgraphs.js";

/** A node and the opset that it is written in. */
export interface VersionedNode {
  readonly node: NodeProto;
  readonly opset: number;
}

/** Most nodes after inlining: nested functions multiply. Real models stay far below. */
const limit = 50_000;

/**
 * Returns the nodes of a model with its own functions inlined.
 * @throws ModelError for a function that calls itself, or a file that grows without bound
 */
export function inlineFunctions(
  model: ModelProto,
  opset: number,
  fresh: (hint: string) => string,
): VersionedNode[] {
  const functions = new Map(model.functions.map((f) => [keyOf(f.domain, f.name, f.overload), f]));
  const out: VersionedNode[] = [];
  const visit = (node: NodeProto, version: number, inside: readonly FunctionProto[]): void => {
    const called = functions.get(keyOf(node.domain, node.opType, node.overload));
    if (!called) {
      if (out.length >= limit) {
        throw new EngraftError(
          "ModelError",
          `the functions of the model expand to more than ${limit} operators`,
          { help: "export the model without local functions" },
        );
      }
      for (const graph of subgraphsOf(node)) {
        const call = graph.node.find((n) => functions.has(keyOf(n.domain, n.opType, n.overload)));
        if (call)
          throw nodeError(
            call,
            "a function is called inside a subgraph",
            "export the model without local functions",
          );
      }
      out.push({ node, opset: version });
      return;
    }
    if (inside.includes(called)) throw nodeError(node, "the function calls itself");
    const own = called.opsetImport.find((o) => o.domain === "" || o.domain === "ai.onnx");
    for (const each of bodyOf(called, node, fresh))
      visit(each, own ? Number(own.version) : version, [...inside, called]);
  };
  for (const node of model.graph?.node ?? []) visit(node, opset, []);
  return out;
}

function keyOf(domain: string, name: string, overload: string): string {
  return `${domain} ${name} ${overload}`;
}

/** Returns a function's nodes with the values and attributes of the call. */
function bodyOf(called: FunctionProto, call: NodeProto, fresh: (hint: string) => string): NodeProto[] {
  const names = new Map<string, string>();
  called.input.forEach((name, i) => {
    names.set(name, call.input[i] ?? "");
  });
  called.output.forEach((name, i) => {
    const given = call.output[i] ?? "";
    if (names.has(name)) throw nodeError(call, `output "${name}" of the function is one of its inputs`);
    if (given !== "") names.set(name, given);
  });
  const rename = (v: string): string => {
    const known = names.get(v);
    if (known !== undefined) return known;
    const made = fresh(`${call.name || call.opType}/${v}`);
    names.set(v, made);
    return made;
  };
  const given = new Map(called.attributeProto.map((a) => [a.name, a]));
  for (const a of call.attribute) given.set(a.name, a);
  return called.node.map((node) => {
    const copy = clone(NodeProtoSchema, node);
    copy.name = `${call.name || call.opType}/${copy.name || copy.opType}`;
    putAttributes(copy, given);
    renameInNode(copy, rename);
    return copy;
  });
}

/** Replaces references to attributes of the call. If the call does not give one, it is removed. */
function putAttributes(node: NodeProto, given: ReadonlyMap<string, AttributeProto>): void {
  node.attribute = node.attribute.flatMap((a) => {
    if (a.refAttrName === "") return [a];
    const value = given.get(a.refAttrName);
    if (!value) return [];
    const copy = clone(AttributeProtoSchema, value);
    copy.name = a.name;
    return [copy];
  });
  for (const graph of subgraphsOf(node)) for (const inner of graph.node) putAttributes(inner, given);
}
