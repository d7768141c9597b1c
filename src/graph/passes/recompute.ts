import { EngraftError } from "../../core/errors.js";
import { sizeOf } from "../../core/shape.js";
import { executionOrder, leavesLast } from "../execution-order.js";
import { type Graph, readsOf } from "../graph.js";
import { type Node, none, type Value } from "../node.js";
import { isView, peakBytes } from "../peak-memory.js";
import {
  mayRepeat,
  type Parts,
  type Repeated,
  repeatForward,
  sizes,
  splitForward,
  withNodes,
} from "./repeat-forward.js";

export interface RecomputeOptions {
  /** Last values of the forward pass: the loss, and scalars. */
  readonly ends: readonly Value[];
  /** Memory that a step may take in bytes, inputs and weights included. Undefined: the least that is possible. */
  readonly limitBytes?: number;
  /** True if outputs that are no ends take no memory: a state that is overwritten. */
  readonly overwrites?: boolean;
  /** If no plan keeps to the limit, take the one with least memory. Default false: throw. */
  readonly orLeast?: boolean;
}

export interface Recomputed {
  readonly graph: Graph;
  /** Bytes that a step takes, computed from its shapes: before and after. */
  readonly bytes: { readonly before: number; readonly now: number };
  /** Recomputed share of the forward pass's work, 0 … 1. */
  readonly share: number;
}

/** A plan for recomputation: kept values, their memory, and the cost. */
interface Plan {
  readonly kept: ReadonlySet<Value>;
  readonly repeated: Repeated;
  readonly peak: number;
  readonly cost: number;
}

/** Smallest value that is worth dropping, as a share of all that the backward pass reads. */
const worthDropping = 1 / 2000;
/** Number of segment lengths that are tried, each √2 shorter than the one before. */
const lengths = 16;
/** Work of an elementwise operator, in multiplications per element: it waits for memory. */
const elementwiseWork = 50;

/**
 * Trades work for memory. Results of the forward pass are not kept for the backward pass. They are recomputed just
 * before they are read, in segments, from the values at the segments' ends.
 *
 * Segments of several lengths are tried. Each holds at most b bytes that the backward pass reads, and as few bytes
 * as possible cross the ends. The cheapest plan within the limit wins. Then values are kept again while the limit
 * allows, those first that save most work per byte. Without a limit, the length with the lowest peak wins. The
 * results are the same, bit for bit where the runtime computes the same node twice alike.
 *
 * @see Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost"
 * @throws OptionError if no plan keeps to the limit; it gives the least memory that is possible
 */
export function recompute(
  graph: Graph,
  { ends, limitBytes, orLeast = false, overwrites = false }: RecomputeOptions,
): Recomputed {
  const notOwned = overwrites ? graph.outputs.filter((v) => !ends.includes(v)) : [];
  const search = new Search(splitForward(graph, ends), new Set(notOwned));
  const all = search.plan(search.everything);
  const result = (plan: Plan): Recomputed => ({
    graph: plan.repeated.repeated.length === 0 ? graph : withNodes(search.parts, plan.repeated),
    bytes: { before: search.fixed + all.peak, now: search.fixed + plan.peak },
    share: plan.cost / search.work,
  });
  if (limitBytes !== undefined && search.fixed + all.peak <= limitBytes) return result(all);
  const plans = search.segmentations();
  const least = plans.reduce((a, b) => (b.peak < a.peak ? b : a), all);
  const target = limitBytes === undefined ? least.peak : limitBytes - search.fixed;
  const room = orLeast ? Math.max(target, least.peak) : target;
  const fitting = plans.filter((p) => p.peak <= room);
  if (fitting.length === 0 && least.peak > room)
    throw tooSmall(search.fixed, least.peak, all.peak, limitBytes!);
  return result(
    search.refine(
      fitting.reduce((a, b) => (b.cost < a.cost ? b : a), least),
      room,
    ),
  );
}

class Search {
  readonly fixed: number;
  readonly work: number;
  /** All values of the forward pass: nothing is recomputed. */
  readonly everything: ReadonlySet<Value>;
  private readonly size: ReturnType<typeof sizes>;
  private readonly base = new Map<Value, Value>();
  /** Values of the forward pass that the backward pass reads, in order of computation, without views. */
  private readonly saved: ReadonlySet<Value>;
  /** Values that are always kept. */
  private readonly always: ReadonlySet<Value>;

  /** @param notOwned values in memory that the step does not own */
  constructor(
    readonly parts: Parts,
    notOwned: ReadonlySet<Value>,
  ) {
    const { graph, forward, rest, producers } = parts;
    const size = sizes(parts);
    this.size = (v, copies) => (notOwned.has(v) ? 0 : size(v, copies));
    this.fixed = [...graph.inputs, ...graph.initializers.keys()].reduce((n, v) => n + this.size(v), 0);
    this.work = Math.max(
      1,
      forward.reduce((n, node) => n + workOf(graph, node), 0),
    );
    this.everything = new Set(producers.keys());
    for (const node of forward)
      if (isView(node)) this.base.set(node.outputs[0]!, this.owner(node.inputs[0]!));
    const saved = new Set(rest.flatMap(readsOf).map((v) => this.owner(v)));
    this.saved = new Set([...producers.keys()].filter((v) => saved.has(v)));
    const total = [...this.saved].reduce((n, v) => n + this.size(v), 0);
    const captured = new Set(graph.nodes.flatMap((n) => (n.kind === "opaque" ? n.captures : [])));
    this.always = new Set(
      [...producers]
        .filter(([v, n]) => !mayRepeat(n) || captured.has(v) || this.size(v) < worthDropping * total)
        .map(([v]) => v),
    );
  }

  private owner(v: Value): Value {
    return this.base.get(v) ?? v;
  }

  plan(kept: ReadonlySet<Value>): Plan {
    const found = repeatForward(this.parts, kept);
    const repeated = { ...found, nodes: leavesLast(found.nodes, this.parts.forward) };
    const order = executionOrder(repeated.nodes);
    const peak = peakBytes(order, this.parts.graph.outputs, (v) => this.size(v, repeated.copies));
    return { kept, repeated, peak, cost: this.cost(repeated) };
  }

  private cost({ repeated }: Repeated): number {
    return repeated.reduce((n, node) => n + workOf(this.parts.graph, node), 0);
  }

  /** Returns plans with segments of several lengths, the longest first. */
  segmentations(): Plan[] {
    const { forward } = this.parts;
    const crossing = this.crossing();
    // saved[i]: bytes that the backward pass reads of the results of the nodes before i.
    const saved = [0];
    for (const node of forward)
      saved.push(
        saved.at(-1)! + node.outputs.reduce((n, v) => n + (this.saved.has(v) ? this.size(v) : 0), 0),
      );
    const bytes = crossing.map((values) => [...values].reduce((n, v) => n + this.size(v), 0));
    const known = new Set<string>();
    const plans: Plan[] = [];
    for (let i = 0; i < lengths; i++) {
      const cuts = cheapestCuts(saved, bytes, saved.at(-1)! / 2 ** (i / 2));
      const key = cuts?.join(" ");
      if (cuts === undefined || key === undefined || known.has(key)) continue;
      known.add(key);
      plans.push(this.plan(new Set([...this.always, ...cuts.flatMap((c) => [...crossing[c]!])])));
    }
    return plans;
  }

  /** For each place between two nodes (i: before node i), the computed values that both sides need. */
  private crossing(): ReadonlySet<Value>[] {
    const { forward, producers } = this.parts;
    const last = new Map<Value, number>();
    forward.forEach((node, i) => {
      for (const v of readsOf(node)) if (producers.has(v)) last.set(this.owner(v), i);
    });
    const alive = new Set<Value>();
    return forward.map((node, i) => {
      const now = new Set(alive);
      for (const v of node.outputs) if ((last.get(v) ?? -1) > i && !this.base.has(v)) alive.add(v);
      for (const v of alive) if (last.get(v)! <= i) alive.delete(v);
      return now;
    });
  }

  /** Keeps the values that save most work per byte, as long as there is room. */
  refine(plan: Plan, room: number): Plan {
    const { graph } = this.parts;
    const dropped = new Set(plan.repeated.repeated.flatMap((n) => n.outputs).filter((v) => v !== none));
    const gains = [...dropped]
      .filter((v) => this.saved.has(v) && !plan.kept.has(v))
      .map((v) => {
        const { repeated } = repeatForward(this.parts, new Set([...plan.kept, v]));
        const cost = repeated.reduce((n, node) => n + workOf(graph, node), 0);
        return { v, gain: (plan.cost - cost) / Math.max(1, this.size(v)) };
      })
      .sort((a, b) => b.gain - a.gain);
    let best = plan;
    for (const { v, gain } of gains) {
      if (gain <= 0) break;
      const next = this.plan(new Set([...best.kept, v]));
      if (next.peak <= room && next.cost < best.cost) best = next;
    }
    return best;
  }
}

/**
 * Returns the cuts (before node i) that the fewest bytes cross, with at most `most` saved bytes in each segment:
 * f(j) = min over i with saved[j] - saved[i] ≤ most of f(i) + bytes[i].
 */
function cheapestCuts(
  saved: readonly number[],
  bytes: readonly number[],
  most: number,
): number[] | undefined {
  const n = bytes.length;
  const least = new Float64Array(n + 1).fill(Number.POSITIVE_INFINITY);
  const from = new Int32Array(n + 1).fill(-1);
  least[0] = 0;
  for (let j = 1; j <= n; j++) {
    for (let i = j - 1; i >= 0 && saved[j]! - saved[i]! <= most; i--) {
      const cost = least[i]! + (i === 0 ? 0 : bytes[i]!);
      if (cost < least[j]!) {
        least[j] = cost;
        from[j] = i;
      }
    }
    // A node that saves more than a segment may becomes a segment of its own.
    if (from[j] === -1) {
      least[j] = least[j - 1]! + (j === 1 ? 0 : bytes[j - 1]!);
      from[j] = j - 1;
    }
  }
  const cuts: number[] = [];
  for (let j = from[n]!; j > 0; j = from[j]!) cuts.push(j);
  return cuts.reverse();
}

/** Returns the multiplications of a node; an elementwise node counts by its output elements. */
function workOf(graph: Graph, node: Node): number {
  if (node.kind !== "op" || isView(node)) return 0;
  const elements = (v: Value | undefined): number => {
    const shape = v === undefined || v === none ? undefined : graph.types.get(v)?.shape;
    return shape ? shape.reduce<number>((n, d) => n * (typeof d === "number" ? d : 1), 1) : 0;
  };
  const written = elements(node.outputs[0]);
  const shapeOf = (v: Value | undefined) => (v ? (graph.types.get(v)?.shape ?? []) : []);
  switch (node.op) {
    case "Conv":
      return (written * elements(node.inputs[1])) / Math.max(1, Number(shapeOf(node.inputs[1])[0] ?? 1));
    case "ConvTranspose":
      return (
        (elements(node.inputs[0]) * elements(node.inputs[1])) /
        Math.max(1, Number(shapeOf(node.inputs[1])[0] ?? 1))
      );
    case "MatMul":
    case "FusedMatMul":
    case "Gemm": {
      // (m k) (k n) (m n) = (m k n)²
      const product = elements(node.inputs[0]) * elements(node.inputs[1]);
      const batch = Math.max(1, sizeOf(shapeOf(node.inputs[1]).slice(0, -2).map(Number)));
      return batch === 1 ? Math.sqrt(product * written) : Math.sqrt((product * written) / batch);
    }
    case "MaxPool":
    case "AveragePool":
      return elementwiseWork * elements(node.inputs[0]);
    default:
      return elementwiseWork * written;
  }
}

function tooSmall(fixed: number, least: number, now: number, limit: number): EngraftError {
  const mb = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;
  return new EngraftError(
    "OptionError",
    `a training step cannot do with ${mb(limit)} of memory: it takes ${mb(fixed + now)}, and ${mb(fixed + least)} when all that can be is computed twice`,
    {
      help: "use a smaller batch (batch size), smaller pictures (image size), train fewer layers (trainable), or cut the base earlier (cut)",
      details: { needs: fixed + least, usual: fixed + now, available: limit },
    },
  );
}
