import type { Builder } from "../graph/builder.js";
import type { Value } from "../graph/node.js";

/**
 * Gradient reversal: the identity, whose gradient has the opposite sign.
 *
 * R(x) = x,   dx = -λ dy
 *
 * Built from plain operators: s + λ (s - x), where s is x without gradient. s - x is exactly 0, so the value is x to
 * the last bit, and onnxruntime needs no custom operator.
 * @param x float32[…].
 * @param factor λ, float32[]. 0: no gradient; 1: the full reversed gradient.
 * @returns the value, and s, which must be among the constants of `differentiate()` or of an objective.
 * @see Ganin et al., "Domain-Adversarial Training of Neural Networks", 2016, section 4.1
 */
export function reverseGradient(
  g: Builder,
  x: Value,
  factor: Value,
): { readonly value: Value; readonly constants: readonly Value[] } {
  const still = g.identity(x);
  return { value: g.add(still, g.mul(g.sub(still, x), factor)), constants: [still] };
}

/**
 * λ over a run, small while the features are noise: λ(p) = 2 (hi - lo) / (1 + e^(-α p)) - (hi - lo) + lo.
 *
 * The paper has lo 0, hi 1, α 10, with p from 0 to 1: λ rises from 0 to .9999. Transfer-Learning-Library has α 1, which
 * ends at .46.
 * @param progress p: steps done of all steps, 0 … 1
 * @see Ganin et al., 2016, section 5.2.2
 */
export function reversalFactor(
  progress: number,
  {
    low = 0,
    high = 1,
    alpha = 10,
  }: { readonly low?: number; readonly high?: number; readonly alpha?: number } = {},
): number {
  return (2 * (high - low)) / (1 + Math.exp(-alpha * progress)) - (high - low) + low;
}
