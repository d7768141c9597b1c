import { readsOf } from "./graph.js";
import type { Node, Value } from "./node.js";

/**
 * Returns the nodes in the order in which onnxruntime runs them. This differs from the order of the file.
 * onnxruntime starts from the nodes that nobody reads, the last one first. Before each node come all nodes that it
 * reads; among those, the last in the file comes first.
 *
 * So a node runs when it is first needed. Values that a step recomputes are recomputed in the backward pass.
 * This requires the updates at the end of the file to be in the order of the forward pass.
 */
export function executionOrder(nodes: readonly Node[]): Node[] {
  const producer = new Map<Value, number>();
  nodes.forEach((node, i) => {
    for (const v of node.outputs) producer.set(v, i);
  });
  const before = nodes.map((node) => {
    const made = new Set(readsOf(node).map((v) => producer.get(v)));
    made.delete(undefined);
    return ([...made] as number[]).sort((a, b) => a - b);
  });
  const read = new Set(before.flat());
  const stack = nodes.map((_, i) => i).filter((i) => !read.has(i));
  const state = new Uint8Array(nodes.length);
  const order: Node[] = [];
  while (stack.length > 0) {
    const i = stack.at(-1)!;
    if (state[i] === 0) {
      state[i] = 1;
      for (const j of before[i]!) if (state[j] === 0) stack.push(j);
    } else {
      stack.pop();
      if (state[i] === 1) order.push(nodes[i]!);
      state[i] = 2;
    }
  }
  return order;
}

/**
 * Moves the nodes that nobody reads to the end, the node that can run last first. `executionOrder` then runs an
 * update as soon as its gradient can be computed, so the gradient's memory is free before the next one.
 *
 * A leaf can run when the last value that it shares with other nodes is there. Values that do not come from
 * `sources` are there at once.
 */
export function leavesLast(nodes: readonly Node[], sources: readonly Node[]): Node[] {
  /** The only leaf that a value leads to; undefined if it leads to several. */
  const leads = new Map<Value, Node | undefined>();
  const leafOf = new Map<Node, Node | undefined>();
  const leaves: Node[] = [];
  for (const node of [...nodes].reverse()) {
    const ends = new Set(node.outputs.filter((v) => leads.has(v)).map((v) => leads.get(v)));
    if (ends.size === 0) leaves.push(node);
    const end = ends.size === 0 ? node : ends.size === 1 ? [...ends][0] : undefined;
    leafOf.set(node, end);
    for (const v of readsOf(node)) leads.set(v, !leads.has(v) || leads.get(v) === end ? end : undefined);
  }
  const from = new Set(sources);
  const ready = new Map<Value, number>();
  const time = new Map<Node, number>();
  nodes.forEach((node, i) => {
    const before = Math.max(-1, ...readsOf(node).map((v) => ready.get(v) ?? -1));
    const at = leafOf.get(node) === undefined && (before >= 0 || from.has(node)) ? i : before;
    time.set(node, at);
    for (const v of node.outputs) ready.set(v, at);
  });
  const last = new Set(leaves.reverse().sort((a, b) => time.get(b)! - time.get(a)!));
  return [...nodes.filter((n) => !last.has(n)), ...last];
}
