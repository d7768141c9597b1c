import type { OptimizerName } from "./names.js";
import {
  addWeightDecay,
  chain,
  scaleByAdam,
  scaleByRate,
  scaleByRms,
  signOfMomentum,
  type Transform,
  traceMomentum,
} from "./transform.js";

/** Stochastic gradient descent: θ ← θ - η v, v ← μ v + g; weight decay is decoupled. */
export function sgd({
  weightDecay = 0,
  nesterov = false,
}: {
  readonly weightDecay?: number;
  readonly nesterov?: boolean;
} = {}): Transform {
  return chain(traceMomentum({ nesterov }), addWeightDecay(weightDecay), scaleByRate());
}

/** Adam without weight decay. */
export function adam(options: { readonly beta2?: number; readonly epsilon?: number } = {}): Transform {
  return chain(scaleByAdam(options), scaleByRate());
}

/** Adam with decoupled weight decay (fastai's and PyTorch's default λ = 0.01). */
export function adamW({
  weightDecay = 0.01,
  ...options
}: {
  readonly weightDecay?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
} = {}): Transform {
  return chain(scaleByAdam(options), addWeightDecay(weightDecay), scaleByRate());
}

/** RMSprop as in PyTorch, without momentum; weight decay is decoupled. */
export function rmsprop({
  weightDecay = 0,
  ...options
}: {
  readonly weightDecay?: number;
  readonly alpha?: number;
  readonly epsilon?: number;
} = {}): Transform {
  return chain(scaleByRms(options), addWeightDecay(weightDecay), scaleByRate());
}

/**
 * Lion: θ ← θ - η (sign(β₁ m + (1 - β₁) g) + λ θ). One slot per weight. Its steps are larger than AdamW's: the paper
 * uses a learning rate 3 to 10 times smaller, and a λ larger by the same factor.
 * @see Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023
 */
export function lion({
  weightDecay = 0,
  ...options
}: {
  readonly weightDecay?: number;
  readonly beta2?: number;
} = {}): Transform {
  return chain(signOfMomentum(options), addWeightDecay(weightDecay), scaleByRate());
}

/** The optimisers by name, as in options and the manifest. */
export const optimizers = { sgd, adam, adamw: adamW, rmsprop, lion } as const satisfies Record<
  OptimizerName,
  (o?: never) => Transform
>;
