import { Graph } from "../../graph/graph.js";
import { inline } from "../../graph/surgery/index.js";

/** Prefix of the names of a hidden layer's weights. They are weights of a head: it begins with `headPrefix`. */
const prefix = "engraft/head/";

/** Names of the weights of a hidden layer in the model: float32[N, D] and float32[N]. */
export const hiddenValues = { weight: `${prefix}hidden.weight`, bias: `${prefix}hidden.bias` } as const;

/** Returns a base in which the hidden layer of an earlier head has names of the base: it is no part of a new head. */
export function withoutHiddenNames(part: Graph): Graph {
  const layers = Object.values(hiddenValues).filter((value) => part.initializers.has(value));
  const graph = new Graph(part.name);
  const inputs = part.inputs.map((value) => [value, graph.input(value, part.typeOf(value))] as const);
  const weights = layers.map((value) => {
    const name = graph.fresh(value.slice(prefix.length));
    return [value, graph.initializer(name, part.initializers.get(value)!)] as const;
  });
  const names = inline(graph, part, new Map([...inputs, ...weights]));
  graph.outputs.push(...part.outputs.map((value) => names.get(value)!));
  for (const [domain, version] of part.opsets) graph.opsets.set(domain, version);
  return graph;
}

/** Returns an opened file with {@link withoutHiddenNames} of its graph. */
export const withBaseNames = <F extends { readonly imported: { readonly graph: Graph } }>(file: F): F => ({
  ...file,
  imported: { ...file.imported, graph: withoutHiddenNames(file.imported.graph) },
});
