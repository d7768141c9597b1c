import { EngraftError } from "../../core/errors.js";
import { type Graph, readsOf } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import type { Parameter } from "../../graph/surgery/index.js";
import { matchNames } from "../match-names.js";

/** Prefix of a pattern for {@link selectWeights}: all weights after this value. */
export const afterWord = "after:";

/**
 * Returns the weights that match a pattern: names in which `*` matches any text, separated by commas, or `after:VALUE`
 * for those after a value of the graph.
 *
 * @param weights trainable weights
 * @returns the matching ones in order; at least one
 * @throws OptionError if none matches, ModelError for an unknown value
 * @example selectWeights(graph, parametersOf(graph), "layer4.*,after:/layer3/out")
 */
export function selectWeights(graph: Graph, weights: readonly Parameter[], pattern: string): Parameter[] {
  const tests = pattern.split(",").map((part) => testOf(graph, part.trim()));
  const chosen = weights.filter((weight) => tests.some((test) => test(weight)));
  if (chosen.length > 0) return chosen;
  const names = weights.slice(0, mostNames).map((w) => JSON.stringify(w.value));
  throw new EngraftError(
    "OptionError",
    `--trainable ${JSON.stringify(pattern)} names no weight of the base`,
    {
      help: `its ${weights.length} weights are called ${names.join(", ")}${weights.length > mostNames ? ", …" : ""}; * stands for any text, ${afterWord}VALUE for all weights behind a value`,
      details: { pattern, weights: weights.map((w) => w.value) },
    },
  );
}

/** Names listed in a message; all are in its details. */
const mostNames = 40;

function testOf(graph: Graph, part: string): (weight: Parameter) => boolean {
  if (part.startsWith(afterWord)) {
    const behind = readersBehind(graph, part.slice(afterWord.length));
    return ({ value }) => behind.has(value);
  }
  const matches = matchNames(part);
  return ({ value }) => matches(value);
}

/** Returns the values that are read only by nodes that depend on a value. */
function readersBehind(graph: Graph, value: Value): Set<Value> {
  if (!graph.has(value)) {
    throw new EngraftError("ModelError", `the graph has no value ${JSON.stringify(value)}`, {
      help: "`engraft inspect` lists the values of a model",
    });
  }
  const moved = new Set([value]);
  const behind = new Set<Value>();
  const before = new Set<Value>();
  for (const node of graph.nodes) {
    const reads = readsOf(node);
    const depends = reads.some((v) => moved.has(v));
    for (const v of reads) (depends ? behind : before).add(v);
    if (depends) for (const v of node.outputs) moved.add(v);
  }
  for (const v of before) behind.delete(v);
  return behind;
}
