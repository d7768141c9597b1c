import { EngraftError } from "../../core/errors.js";
import { Graph, readsOf } from "../graph.js";
import type { Node, Value } from "../node.js";

/**
 * Returns the part of a graph that computes `outputs`, from its inputs or from the values in `from`, which become
 * inputs. Unused initializers are dropped.
 *
 * @throws ModelError if an output does not exist
 * @example
 * const backbone = extract(graph, ["pool"]);         // input … pool
 * const head = extract(graph, ["logits"], ["pool"]); // pool … logits
 */
export function extract(graph: Graph, outputs: readonly Value[], from: readonly Value[] = []): Graph {
  const producers = graph.producers();
  const stop = new Set(from);
  const needed = new Set<Value>();
  const kept = new Set<Node>();
  const stack = [...outputs];
  while (stack.length > 0) {
    const value = stack.pop()!;
    if (needed.has(value)) continue;
    if (!graph.has(value)) {
      throw new EngraftError("ModelError", `the graph has no value "${value}"`, {
        at: `graph "${graph.name}"`,
        help: "`engraft inspect` lists the values of a model",
      });
    }
    needed.add(value);
    const node = stop.has(value) ? undefined : producers.get(value);
    if (!node || kept.has(node)) continue;
    kept.add(node);
    stack.push(...readsOf(node));
  }
  const part = new Graph(graph.name);
  for (const input of graph.inputs) if (needed.has(input)) part.input(input, graph.typeOf(input));
  for (const value of from) {
    if (needed.has(value) && !part.has(value) && !graph.initializers.has(value))
      part.input(value, graph.typeOf(value));
  }
  for (const [value, data] of graph.initializers) if (needed.has(value)) part.initializer(value, data);
  for (const node of graph.nodes) if (kept.has(node)) part.push(node, graph.typesOf(node));
  part.outputs.push(...outputs);
  for (const [domain, version] of graph.opsets) part.opsets.set(domain, version);
  return part;
}
