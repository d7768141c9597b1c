import { EngraftError } from "../../core/errors.js";
import type { NodeProto } from "../../onnx/index.js";
import { nodeError, whereOf } from "./attributes.js";
import type { VersionedNode } from "./inline-functions.js";
import { capturesOf } from "./subgraphs.js";

/**
 * Sorts nodes topologically. ONNX demands this order, but some files do not keep it.
 * @throws ModelError for a value computed twice, a value that nothing computes, or a cycle
 */
export function sortNodes(nodes: readonly VersionedNode[], given: ReadonlySet<string>): VersionedNode[] {
  const producer = new Map<string, number>();
  nodes.forEach(({ node }, i) => {
    for (const v of node.output) {
      if (v === "") continue;
      if (producer.has(v) || given.has(v)) throw nodeError(node, `two values of the graph are called "${v}"`);
      producer.set(v, i);
    }
  });
  const sources = nodes.map(({ node }) => sourcesOf(node, producer, given));
  if (sources.every((list, i) => list.every((j) => j < i))) return [...nodes];

  const waitsFor = sources.map((list) => list.length);
  const readers = nodes.map((): number[] => []);
  sources.forEach((list, i) => {
    for (const j of list) readers[j]!.push(i);
  });
  const order = waitsFor.flatMap((n, i) => (n === 0 ? [i] : []));
  for (let at = 0; at < order.length; at++) {
    for (const i of readers[order[at]!]!) if (--waitsFor[i]! === 0) order.push(i);
  }
  if (order.length < nodes.length) throw cycle(nodes, sources, waitsFor);
  return order.map((i) => nodes[i]!);
}

function sourcesOf(
  node: NodeProto,
  producer: ReadonlyMap<string, number>,
  given: ReadonlySet<string>,
): number[] {
  const list = new Set<number>();
  for (const v of [...node.input, ...capturesOf(node)]) {
    if (v === "") continue;
    const from = producer.get(v);
    if (from !== undefined) list.add(from);
    else if (!given.has(v)) throw nodeError(node, `it reads "${v}", which nothing in the graph computes`);
  }
  return [...list];
}

/** Finds a cycle: walks backwards from any waiting node until one appears twice. */
function cycle(
  nodes: readonly VersionedNode[],
  sources: readonly (readonly number[])[],
  waitsFor: readonly number[],
): EngraftError {
  let at = waitsFor.findIndex((n) => n > 0);
  const seen = new Set<number>();
  while (!seen.has(at)) {
    seen.add(at);
    at = sources[at]!.find((j) => waitsFor[j]! > 0)!;
  }
  const walk = [...seen];
  const ring = walk.slice(walk.indexOf(at)).reverse();
  const first = ring.indexOf(ring.reduce((a, b) => Math.min(a, b)));
  const loop = [...ring.slice(first), ...ring.slice(0, first)];
  const named = loop.slice(0, 4).map((i) => whereOf(nodes[i]!.node));
  return new EngraftError(
    "ModelError",
    `the graph has a cycle of ${loop.length} operators: ${named.join(", ")}`,
    {
      at: `value "${nodes[loop[0]!]!.node.output[0] ?? ""}"`,
      help: "the file is damaged, or made by a faulty exporter: export it again",
    },
  );
}
