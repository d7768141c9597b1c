import type { Graph } from "../graph.js";
import { renameCaptures } from "../import/subgraphs.js";
import { type Node, none, type Value } from "../node.js";

/**
 * Copies the nodes and initializers of `source` into `target`. `bindings` maps values of the source (its inputs, or
 * initializers to be replaced) to values of the target.
 *
 * @param hint wanted name of a value; default its own. Free names are kept
 * @returns the target's name of every value of the source
 * @throws ModelError if an input of the source is not bound and its name is taken
 */
export function inline(
  target: Graph,
  source: Graph,
  bindings: ReadonlyMap<Value, Value>,
  hint = (value: Value): Value => value,
): Map<Value, Value> {
  const names = new Map<Value, Value>(bindings);
  names.set(none, none);
  for (const input of source.inputs)
    if (!names.has(input)) names.set(input, target.input(input, source.typeOf(input)));
  for (const [value, data] of source.initializers) {
    if (!names.has(value)) names.set(value, target.initializer(target.fresh(hint(value)), data));
  }
  const nameOf = (value: Value): Value => {
    const known = names.get(value);
    if (known !== undefined) return known;
    const made = target.fresh(hint(value));
    names.set(value, made);
    return made;
  };
  for (const node of source.nodes) target.push(renamed(node, nameOf), source.typesOf(node));
  return names;
}

function renamed(node: Node, nameOf: (value: Value) => Value): Node {
  const moved = { ...node, inputs: node.inputs.map(nameOf), outputs: node.outputs.map(nameOf) };
  if (moved.kind !== "opaque") return moved;
  // The subgraphs of an opaque node refer to captures by name: rename those too.
  const names = new Map(moved.captures.map((v) => [v, nameOf(v)] as const).filter(([a, b]) => a !== b));
  return {
    ...moved,
    captures: moved.captures.map(nameOf),
    attributes: renameCaptures(moved.attributes, names),
  };
}
