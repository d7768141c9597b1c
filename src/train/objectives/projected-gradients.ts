import { differentiate } from "../../autodiff/index.js";
import type { Builder } from "../../graph/builder.js";
import type { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import type { Projection } from "./objective.js";

/**
 * Returns the gradients of a loss of several terms: those of {@link Projection} projected, the others added.
 * @param forward each term with its weight, and values that no gradient passes
 */
export function gradientsOfTerms(
  graph: Graph,
  g: Builder,
  forward: {
    readonly parts: Readonly<Record<string, Value>>;
    readonly projection: Projection;
    readonly constants: readonly Value[];
  },
  wanted: readonly Value[],
): Map<Value, Value> {
  const { parts, projection, constants } = forward;
  const of = (loss: Value): Map<Value, Value> => differentiate(graph, loss, wanted, { constants });
  const own = new Set(projection.own);
  const shared = new Set(wanted.filter((w) => !own.has(w)));
  const tasks = projection.terms.map((name) => of(parts[name]!));
  const combined = projectedGradients(g, tasks, shared, projection.order);
  for (const [name, part] of Object.entries(parts)) {
    if (projection.terms.includes(name)) continue;
    for (const [weight, gradient] of of(part)) combined.set(weight, g.add(combined.get(weight)!, gradient));
  }
  return combined;
}

/** Squared length below which a gradient has no direction to project on. */
const tiny = 1e-30;

/**
 * Gradient surgery (PCGrad): if the gradients of two tasks conflict, each loses its conflicting part.
 *
 * g_i ← g_i - min(⟨g_i, g_j⟩, 0) / ‖g_j‖² · g_j   for each other task j in turn;   g = Σ_i g_i
 *
 * The inner products are over all shared weights together. Results stay in the span of the tasks' gradients, so the
 * projections are computed on coefficients and the products ⟨g_i, g_j⟩ alone, without further values of the model's
 * size.
 * @param gradients of each task, by weight
 * @param shared the weights that several tasks train; the others get the plain sum
 * @param order float32[T, T - 1]: row i lists the other tasks in the order of projection; the paper draws it anew for
 * each step
 * @returns the replacement for the gradient of Σ_i L_i
 * @see Yu et al., "Gradient Surgery for Multi-Task Learning", 2020, algorithm 1
 */
export function projectedGradients(
  g: Builder,
  gradients: readonly ReadonlyMap<Value, Value>[],
  shared: ReadonlySet<Value>,
  order: Value,
): Map<Value, Value> {
  const tasks = gradients.length;
  const weights = [...gradients[0]!.keys()];
  const products = gram(
    g,
    gradients,
    weights.filter((w) => shared.has(w)),
  );
  const indices = g.cast(order, "int64");
  const eye = (i: number): Value =>
    g.constant({
      dtype: "float32",
      dims: [tasks],
      data: Float32Array.from({ length: tasks }, (_, k) => (k === i ? 1 : 0)),
    });
  const rows = Array.from({ length: tasks }, (_, i) => {
    let a = eye(i);
    const own = g.squeeze(g.slice(indices, { starts: [i], ends: [i + 1], axes: [0] }), [0]);
    for (let turn = 0; turn < tasks - 1; turn++) {
      const at = g.slice(own, { starts: [turn], ends: [turn + 1], axes: [0] });
      const j = g.squeeze(at, [0]);
      const row = g.gather(products, j);
      const along = g.min(g.reduceSum(g.mul(a, row)), g.number(0));
      const square = g.max(g.gather(row, j), g.number(tiny));
      a = g.sub(a, g.mul(g.squeeze(g.oneHot(at, tasks), [0]), g.div(along, square)));
    }
    return a;
  });
  const coefficients = rows.reduce(g.add);
  const combined = new Map<Value, Value>();
  for (const weight of weights) {
    const parts = gradients.map((one) => one.get(weight)!);
    const turned = parts.map((part, t) =>
      g.mul(part, g.squeeze(g.slice(coefficients, { starts: [t], ends: [t + 1], axes: [0] }), [0])),
    );
    combined.set(weight, (shared.has(weight) ? turned : parts).reduce(g.add));
  }
  return combined;
}

/** ⟨g_i, g_j⟩ over all weights, float32[T, T]. */
function gram(g: Builder, gradients: readonly ReadonlyMap<Value, Value>[], weights: readonly Value[]): Value {
  const products = new Map<string, Value>();
  for (let i = 0; i < gradients.length; i++)
    for (let j = i; j < gradients.length; j++) {
      const parts = weights.map((w) => g.reduceSum(g.mul(gradients[i]!.get(w)!, gradients[j]!.get(w)!)));
      products.set(`${i} ${j}`, g.unsqueeze(parts.reduce(g.add), [0]));
    }
  const rows = gradients.map((_, i) =>
    g.unsqueeze(
      g.concat(
        gradients.map((_, j) => products.get(i < j ? `${i} ${j}` : `${j} ${i}`)!),
        0,
      ),
      [0],
    ),
  );
  return g.concat(rows, 0);
}
