import { isFloat } from "../../core/dtype.js";
import type { Shape } from "../../core/shape.js";
import { type Graph, readsOf } from "../../graph/graph.js";
import type { Node, Value } from "../../graph/node.js";
import type { Site } from "./sites.js";

/** Roles of attention's weights. One weight may have several, because exporters join q, k and v. */
export interface AttentionRoles {
  readonly query: ReadonlySet<Site>;
  readonly key: ReadonlySet<Site>;
  readonly value: ReadonlySet<Site>;
  /** The projection of attention's output. */
  readonly out: ReadonlySet<Site>;
}

/** Most nodes between scores and a projection; attention has fewer. */
const farthest = 64;

/**
 * Finds the projections of attention by computation instead of names: softmax(q kᵀ) v, with q, k, v computed from
 * products with frozen weights, and the following product.
 */
export function attentionRoles(graph: Graph, sites: readonly Site[]): AttentionRoles {
  const producers = graph.producers();
  const consumers = graph.consumers();
  const siteOf = new Map<Node, Site>(
    sites.flatMap((s) => s.uses.map((u) => [graph.nodes[u.node]!, s] as const)),
  );
  const roles = {
    query: new Set<Site>(),
    key: new Set<Site>(),
    value: new Set<Site>(),
    out: new Set<Site>(),
  };
  const floats = (node: Node): Value[] =>
    readsOf(node).filter((v) => isFloat(graph.types.get(v)?.dtype ?? "float32"));
  const isProduct = (node: Node | undefined): node is Node =>
    node?.kind === "op" && (node.op === "MatMul" || node.op === "FusedMatMul") && !siteOf.has(node);
  /** Adds the nearest projections that a value is computed from. */
  const before = (value: Value | undefined, found: Set<Site>): void => {
    const waiting = value === undefined ? [] : [value];
    const seen = new Set(waiting);
    for (let v = waiting.shift(); v !== undefined && seen.size < farthest; v = waiting.shift()) {
      const node = producers.get(v);
      const site = node && siteOf.get(node);
      if (site) found.add(site);
      else if (node)
        for (const next of floats(node)) if (!seen.has(next)) waiting.push(next) && seen.add(next);
    }
  };
  /** Returns the first node with a property on the only path from a value. */
  const behind = (value: Value, wanted: (node: Node) => boolean): Node | undefined => {
    let now: Value | undefined = value;
    for (let i = 0; i < farthest && now !== undefined; i++) {
      const readers: readonly Node[] = consumers.get(now) ?? [];
      const hit = readers.find(wanted);
      if (hit) return hit;
      now = readers.find((n) => n.inputs[0] === now && n.op !== "Shape")?.outputs[0];
    }
    return undefined;
  };
  for (const node of graph.nodes) {
    if (node.op !== "Softmax") continue;
    const mixed = behind(node.outputs[0]!, isProduct);
    let scores = producers.get(node.inputs[0]!);
    // Between q kᵀ and its softmax: scale, mask, position bias.
    for (let i = 0; i < 8 && scores && !isProduct(scores); i++)
      scores = floats(scores)
        .map((v) => producers.get(v))
        .find((n) => n !== undefined && (isProduct(n) || floats(n).some((v) => producers.has(v))));
    if (!mixed || !isProduct(scores)) continue;
    before(scores.inputs[0], roles.query);
    before(scores.inputs[1], roles.key);
    before(mixed.inputs[1], roles.value);
    const projection = behind(mixed.outputs[0]!, (n) => siteOf.has(n));
    if (projection) roles.out.add(siteOf.get(projection)!);
  }
  return roles;
}

/** The end of a residual branch: a value that is added to the shortcut. */
export interface BranchEnd {
  readonly value: Value;
  /** The weight that computes it. */
  readonly site: Site;
}

/**
 * Returns the ends of residual branches, x + f(x): in a transformer after attention and after the feed-forward layer,
 * in a ResNet after the last convolution of a block. Of two computed summands of one type, the branch is the one with
 * more weights before it.
 */
export function branchEnds(graph: Graph, sites: readonly Site[]): BranchEnd[] {
  const producers = graph.producers();
  const consumers = graph.consumers();
  const siteOf = new Map<Node, Site>(
    sites.flatMap((s) => s.uses.map((u) => [graph.nodes[u.node]!, s] as const)),
  );
  const depth = new Map<Value, number>();
  for (const node of graph.nodes) {
    const most = Math.max(0, ...readsOf(node).map((v) => depth.get(v) ?? 0)) + (siteOf.has(node) ? 1 : 0);
    for (const v of node.outputs) depth.set(v, most);
  }
  /** Returns the weight that a value comes from, through biases, norms and reshapes. */
  const origin = (value: Value): Site | undefined => {
    let node = producers.get(value);
    for (let i = 0; i < farthest && node !== undefined; i++) {
      const site = siteOf.get(node);
      if (site) return site;
      const computed = node.inputs.filter(
        (v) => producers.has(v) && isFloat(graph.types.get(v)?.dtype ?? "bool"),
      );
      // Shifted-back windows are slices of one value, concatenated again.
      if (computed.length !== 1 && node.op !== "Concat") return undefined;
      if (computed[0] === undefined || computed[0] !== node.inputs.find((v) => producers.has(v)))
        return undefined;
      node = producers.get(computed[0]!);
    }
    return undefined;
  };
  const ends = new Map<Value, BranchEnd>();
  for (const node of graph.nodes) {
    if (node.op !== "Add" || (consumers.get(node.outputs[0]!) ?? []).some((n) => n.op === "Softmax"))
      continue;
    const [a, b] = node.inputs as [Value, Value];
    const computed = (v: Value): boolean => producers.has(v) || graph.inputs.includes(v);
    const [ta, tb] = [graph.types.get(a), graph.types.get(b)];
    if (!computed(a) || !computed(b) || !sameSizes(ta?.shape, tb?.shape)) continue;
    const [da, db] = [depth.get(a) ?? 0, depth.get(b) ?? 0];
    if (da === db) continue;
    const value = da > db ? a : b;
    const site = origin(value);
    if (site) ends.set(value, { value, site });
  }
  return [...ends.values()];
}

/** True if two values have the same known sizes: a residual sum does not broadcast. */
function sameSizes(a: Shape | undefined, b: Shape | undefined): boolean {
  if (!a || !b || a.length !== b.length) return false;
  return a.every((d, i) => typeof d !== "number" || typeof b[i] !== "number" || d === b[i]);
}
