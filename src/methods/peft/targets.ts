import { EngraftError } from "../../core/errors.js";
import type { Graph } from "../../graph/graph.js";
import { matchNames } from "../match-names.js";
import { auto } from "../strategy-settings.js";
import { isReadAlone, type Site } from "./sites.js";

/** Returns every name of a weight: its module's, its own, and its nodes'. */
function namesOf(graph: Graph, site: Site): string[] {
  return [site.name, site.weight, ...site.uses.map((use) => graph.nodes[use.node]!.name)];
}

/**
 * Returns the weights that match a pattern: `*` matches any text, and the last parts of a dotted name are enough, as in PEFT's
 * `target_modules`. "all" and "auto" leave out a weight that other nodes read too, such as a last layer that is tied to the word
 * embedding: an adapter of it cannot be merged.
 *
 * @param usual the weights for "auto"
 * @param what name of the option in messages: `targets of strategy "lora"`
 * @throws OptionError if none matches, listing all
 */
export function chooseSites(
  graph: Graph,
  sites: readonly Site[],
  pattern: string,
  usual: readonly Site[],
  what: string,
): Site[] {
  if (pattern === auto || pattern === "all") {
    const readers = graph.consumers();
    return (pattern === auto ? usual : sites).filter((site) =>
      isReadAlone(graph, site, site.weight, readers),
    );
  }
  const tests = pattern.split(",").map((part) => matchNames(part.trim(), { endings: true }));
  const chosen = sites.filter((site) =>
    namesOf(graph, site).some((name) => tests.some((test) => test(name))),
  );
  if (chosen.length > 0) return chosen;
  const names = sites.map((site) => site.name);
  const shown = names.slice(0, mostNames);
  throw new EngraftError(
    "OptionError",
    `option ${what} is ${JSON.stringify(pattern)}, which names no weight of the base`,
    {
      help: `it has ${names.length}: ${shown.join(", ")}${names.length > mostNames ? ", …" : ""}; * stands for any text, and the last part of a name is enough`,
      details: { pattern, names },
    },
  );
}

/** Names listed in a message; all are in its details. */
const mostNames = 40;

/** @throws ModelError if nothing in the base can have an adapter */
export function requireSites(graph: Graph, sites: readonly Site[], strategy: string): void {
  if (sites.length > 0) return;
  const integer = graph.nodes.find(
    (n) =>
      n.kind === "opaque" &&
      /^(QLinear|MatMulInteger|ConvInteger|QGemm|QAttention|DynamicQuantizeMatMul|MatMulNBits)/.test(n.op),
  );
  throw new EngraftError(
    "ModelError",
    integer
      ? `${integer.op} "${integer.name || integer.outputs[0]}" computes with integers, through which no gradient is followed: ${strategy} cannot stand beside it`
      : `${strategy} stands beside products and convolutions with float weights, and the base has none before its cut`,
    {
      help: integer
        ? "use --strategy probe, or a base whose weights alone are integers (DequantizeLinear), or the float one"
        : "use --strategy probe, or another base",
    },
  );
}
