/** How far training moved the weights of a body. */
import type { Graph } from "../graph/graph.js";
import { parametersOf } from "../graph/surgery/index.js";

/** A weight of a graph: its first use, and its change. */
export interface MovedWeights {
  readonly name: string;
  readonly depth: number;
  readonly parameters: number;
  /** ‖w - w₀‖² and ‖w₀‖² */
  readonly change: number;
  readonly before: number;
}

/**
 * Returns the change of each weight that both graphs have under one name and of one size; BatchNormalization's averages
 * are no weights.
 * @param before the base
 * @param after the trained model
 */
export function movedWeights(before: Graph, after: Graph): readonly MovedWeights[] {
  return parametersOf(before).flatMap(({ value, kind, depth, size }) => {
    const [a, b] = [before.initializers.get(value)?.data, after.initializers.get(value)?.data];
    if (kind === "statistic" || !a || !b || a.length !== b.length) return [];
    let [change, square] = [0, 0];
    for (let i = 0; i < a.length; i++) {
      const was = Number(a[i]);
      change += (Number(b[i]) - was) ** 2;
      square += was ** 2;
    }
    return [{ name: value, depth, parameters: size, change, before: square }];
  });
}

/** ‖w - w₀‖ / ‖w₀‖ of several weights together; 0 if they did not change, also if they are all 0. */
export function movedShare(weights: readonly MovedWeights[]): number {
  const change = weights.reduce((sum, w) => sum + w.change, 0);
  const before = weights.reduce((sum, w) => sum + w.before, 0);
  return change === 0 ? 0 : Math.sqrt(change / Math.max(before, Number.MIN_VALUE));
}
