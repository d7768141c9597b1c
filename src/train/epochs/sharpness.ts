import { differentiate } from "../../autodiff/index.js";
import type { Builder } from "../../graph/builder.js";
import type { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { removeDeadCode } from "../../graph/passes/dead-code.js";
import { inline } from "../../graph/surgery/index.js";

/** Keeps a division by the norm finite if the gradient is 0, as in the authors' code. */
const epsilon = 1e-12;

/** Input of {@link gradientsUphill}. */
export interface Uphill {
  /** The forward pass, before any gradient was appended. */
  readonly forward: Graph;
  readonly loss: Value;
  readonly constants: readonly Value[];
  /** Gradients at the current weights. */
  readonly gradients: ReadonlyMap<Value, Value>;
  /** ρ, the radius. */
  readonly radius: number;
  /** Returns a scalar for each weight that is 0 while it is frozen; undefined if none is. */
  readonly gate?: (value: Value) => Value;
}

/**
 * Sharpness-aware minimisation: uses the gradient at the worst point nearby, one step of length ρ uphill, appended to
 * the same graph as a second forward and backward pass:
 *
 * ε = ρ g / (‖g‖₂ + 1e-12),   g = ∇L(w).   The optimiser gets ∇L at w + ε; w itself does not move.
 *
 * The norm is over all weights that train together. A step takes twice as long. With batch statistics the second pass
 * uses its own and leaves the running averages alone.
 * @see Foret et al., "Sharpness-Aware Minimization for Efficiently Improving Generalization", 2021, algorithm 1
 */
export function gradientsUphill(g: Builder, options: Uphill): Map<Value, Value> {
  const { forward, loss, constants, gradients, radius, gate } = options;
  const { graph } = g;
  const squares = [...gradients].map(([value, gradient]) => {
    const square = g.reduceSumSquare(gradient);
    return gate ? g.mul(square, gate(value)) : square;
  });
  const norm = g.sqrt(squares.reduce((a, b) => g.add(a, b)));
  const scale = g.div(g.number(radius), g.add(norm, g.number(epsilon)));
  const uphill = new Map<Value, Value>();
  for (const [value, gradient] of gradients) {
    const share = gate ? g.mul(scale, gate(value)) : scale;
    uphill.set(value, g.add(value, g.mul(gradient, share)));
  }
  const again = forward.clone();
  again.outputs.splice(0, again.outputs.length, loss);
  const pass = removeDeadCode(again);
  const same = [...pass.inputs, ...pass.initializers.keys()].map((v): [Value, Value] => [v, v]);
  const names = inline(graph, pass, new Map([...same, ...uphill]));
  const stops = constants.map((v) => names.get(v)).filter((v) => v !== undefined);
  const there = differentiate(graph, names.get(loss)!, [...uphill.values()], { constants: stops });
  return new Map([...uphill].map(([value, moved]) => [value, there.get(moved)!]));
}
