import type { GraphProto, NodeProto, TensorProto } from "../../onnx/index.js";
import type { AnyOpNode } from "../node.js";
import { nodeError } from "./attributes.js";
import { sortNodes } from "./sort.js";
import { capturesOf, renameInNode } from "./subgraphs.js";
import { make } from "./upgrade.js";

/** What replaces an If whose condition is known. */
export interface InlinedBranch {
  readonly weights: readonly TensorProto[];
  readonly nodes: readonly NodeProto[];
}

/**
 * Returns the branch of an If that runs, as nodes of the surrounding graph. Its values get new names, its outputs
 * the names of the If's outputs. The nodes are changed in place.
 * @throws ModelError if the branch is missing, or its outputs differ from those of the If
 */
export function inlineBranch(
  node: NodeProto,
  condition: boolean,
  fresh: (hint: string) => string,
): InlinedBranch {
  const which = condition ? "then_branch" : "else_branch";
  const graph: GraphProto | undefined = node.attribute.find((a) => a.name === which)?.g;
  if (!graph) throw nodeError(node, `it has no ${which}`);
  if (graph.output.length !== node.output.length)
    throw nodeError(node, `its ${which} has ${graph.output.length} outputs, it has ${node.output.length}`);
  if (graph.sparseInitializer.length > 0) throw nodeError(node, `its ${which} has sparse weights`);

  const computed = new Set(graph.node.flatMap((n) => n.output.filter((v) => v !== "")));
  const names = new Map<string, string>();
  const copies: NodeProto[] = [];
  graph.output.forEach(({ name }, i) => {
    const given = node.output[i] ?? "";
    if (given === "") return;
    if (computed.has(name) && !names.has(name)) names.set(name, given);
    else copies.push(make("Identity", [name], [given]));
  });
  const prefix = node.name || node.output[0] || "If";
  for (const v of [...computed, ...graph.initializer.map((t) => t.name)])
    if (!names.has(v)) names.set(v, fresh(`${prefix}/${v}`));
  const rename = (v: string): string => names.get(v) ?? v;
  for (const each of graph.node) renameInNode(each, rename);
  for (const copy of copies) copy.input = copy.input.map(rename);
  for (const weight of graph.initializer) weight.name = rename(weight.name);

  const inside = new Set(graph.node.flatMap((n) => n.output));
  const outside = graph.node.flatMap((n) => [...n.input, ...capturesOf(n)]).filter((v) => !inside.has(v));
  const versioned = graph.node.map((each) => ({ node: each, opset: 0 }));
  const sorted = sortNodes(versioned, new Set(outside)).map((v) => v.node);
  return { weights: graph.initializer, nodes: [...sorted, ...copies] };
}

/**
 * Returns the condition that a node computes from known numbers. Exporters ask whether a size is 1 before they
 * squeeze.
 * @param of returns the one number (or truth value, 0 or 1) of input i; undefined if it is not known
 */
export function knownTruth(node: AnyOpNode, of: (i: number) => number | undefined): boolean | undefined {
  const [a, b] = [of(0), of(1)];
  if (a === undefined) return undefined;
  if (node.op === "Not") return a === 0;
  if (node.op === "Cast") return node.attributes.to === "bool" ? a !== 0 : undefined;
  if (b === undefined) return undefined;
  switch (node.op) {
    case "Equal":
      return a === b;
    case "Greater":
      return a > b;
    case "GreaterOrEqual":
      return a >= b;
    case "Less":
      return a < b;
    case "LessOrEqual":
      return a <= b;
    case "And":
      return a !== 0 && b !== 0;
    case "Or":
      return a !== 0 || b !== 0;
    default:
      return undefined;
  }
}
